"""The room `ui.inbox.takeover`."""
