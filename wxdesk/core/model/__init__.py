"""The room `core.model`."""
