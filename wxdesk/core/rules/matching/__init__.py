"""The room `core.rules.matching`."""
