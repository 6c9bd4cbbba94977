"""The room `desk.rules.patterns`."""
