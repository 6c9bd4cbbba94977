"""The room `ui.inbox.timeline.bubbles`."""
