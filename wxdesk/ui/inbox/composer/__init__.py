"""The room `ui.inbox.composer`."""
