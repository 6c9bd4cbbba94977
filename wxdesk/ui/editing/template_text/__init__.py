"""The room `ui.editing.template_text`."""
