"""The room `ui.inbox.composer.templates`."""
