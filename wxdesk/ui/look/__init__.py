"""The room `ui.look`."""
