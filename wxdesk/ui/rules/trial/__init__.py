"""The room `ui.rules.trial`."""
