"""The room `ui.runtime`."""
