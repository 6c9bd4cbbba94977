"""The room `desk.rules.trial`."""
