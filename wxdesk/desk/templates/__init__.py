"""The room `desk.templates`."""
