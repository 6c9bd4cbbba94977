"""The page of stored answers: list, editor, and the bubble that the customer would see."""
