"""Templates page: list, editor and preview of stored answers."""
