"""The room `desk.rules`."""
