"""The room `ui.inbox.held_replies`."""
