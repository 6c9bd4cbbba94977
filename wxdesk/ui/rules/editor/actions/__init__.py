"""The room `ui.rules.editor.actions`."""
