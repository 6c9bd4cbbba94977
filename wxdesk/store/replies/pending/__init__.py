"""The room `store.replies.pending`."""
