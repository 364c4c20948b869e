"""The neural reader: where in a passage the answer to a question stands."""
