"""The room `desk.rules.review`."""
