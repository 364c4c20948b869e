"""What was said before a question, and the question read in its light."""
