"""Alembic's folder: how the schema came to be what it is, step by step. Run by `store.migrate` at every start."""
