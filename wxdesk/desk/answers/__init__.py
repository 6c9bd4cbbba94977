"""The room `desk.answers`."""
