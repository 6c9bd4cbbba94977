"""The room `store.engine`."""
