"""The room `ui.widgets.dialogs`."""
