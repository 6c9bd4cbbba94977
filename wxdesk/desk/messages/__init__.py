"""The room `desk.messages`."""
