"""The room `ui.inbox.details`."""
