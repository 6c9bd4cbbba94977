"""The room `store.messages`."""
