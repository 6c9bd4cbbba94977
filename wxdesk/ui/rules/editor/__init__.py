"""The room `ui.rules.editor`."""
