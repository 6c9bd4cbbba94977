"""The room `ui.inbox.lists`."""
