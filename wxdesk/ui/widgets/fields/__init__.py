"""The room `ui.widgets.fields`."""
