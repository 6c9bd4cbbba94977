"""The room `ui.templates.editor`."""
