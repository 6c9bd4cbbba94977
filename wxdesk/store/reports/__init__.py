"""The room `store.reports`."""
