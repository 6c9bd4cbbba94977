"""The room `ui.inbox.timeline`."""
