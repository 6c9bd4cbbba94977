"""The page where the operator says what is answered by itself: list, editor, and a sentence to try."""
