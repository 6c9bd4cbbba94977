"""The room `desk.replies`."""
