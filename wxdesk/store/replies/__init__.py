"""The room `store.replies`."""
