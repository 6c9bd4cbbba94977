"""A conversation's columns: status, takeover, transfer, preview, waiting since.

Imported by `store.replies` and the rooms above it; imports `store.engine` and `store.schema`.
"""
