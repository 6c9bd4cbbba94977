"""The room `ui.shell.pause`."""
