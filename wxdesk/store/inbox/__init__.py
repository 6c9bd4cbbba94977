"""The room `store.inbox`."""
