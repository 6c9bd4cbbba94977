"""The room `ui.rules.import_export`."""
