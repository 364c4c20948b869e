"""Attacks on a running page, by kind."""
