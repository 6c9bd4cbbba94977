"""The room `desk.pictures`."""
