"""Alembic's folder: the history of the schema.

Run by `store.migrate` at every start; imported by nothing.
"""
