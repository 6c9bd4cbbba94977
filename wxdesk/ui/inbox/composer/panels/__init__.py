"""The room `ui.inbox.composer.panels`."""
