"""The room `desk.rules.file`."""
