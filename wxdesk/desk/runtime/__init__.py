"""The room `desk.runtime`."""
