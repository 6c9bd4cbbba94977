"""The room `core.conversations`."""
