"""The room `desk.settings`."""
