"""The room `store.decisions`."""
