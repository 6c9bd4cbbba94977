"""The room `store.rules`."""
