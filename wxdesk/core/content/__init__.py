"""The room `core.content`."""
