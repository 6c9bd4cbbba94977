"""The room `ui.wording`."""
