"""The room `core.rules`."""
