"""The room `desk.ports`."""
