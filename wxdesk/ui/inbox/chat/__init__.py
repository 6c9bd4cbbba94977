"""The room `ui.inbox.chat`."""
