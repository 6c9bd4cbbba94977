"""The room `ui.rules.review`."""
