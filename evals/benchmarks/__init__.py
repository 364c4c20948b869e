"""Benchmarks of time and memory, each a command that prints its table."""
