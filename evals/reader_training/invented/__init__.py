"""Invented news: people with offices, results with numbers, events with dates and places, and questions on them.

Nothing in them is real. Every passage holds several people, or several numbers, of the same kind, so that a reader
which only knows the type of the answer picks the wrong one; some questions ask for one that is not told.
"""
