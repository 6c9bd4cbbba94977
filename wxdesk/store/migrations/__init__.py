"""Alembic's folder: the schema's history, run by `store.migrate` at every start."""
