"""The room `ui.rules.editor.conditions`."""
