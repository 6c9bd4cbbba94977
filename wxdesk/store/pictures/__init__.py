"""The room `store.pictures`."""
