"""The room `core.replies`."""
