"""Training of the extractive reader: the data it learns from, the model, the run and its evaluation."""
