"""The room `store.conversations`."""
