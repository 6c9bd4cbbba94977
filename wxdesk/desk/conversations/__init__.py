"""The room `desk.conversations`."""
