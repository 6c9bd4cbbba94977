"""The room `ui.shell`."""
