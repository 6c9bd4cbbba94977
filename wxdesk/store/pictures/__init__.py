"""Pictures: files, records, uploads, and pictures that messages still await.

Imported by `store.opening`, `app` and `commands`; imports `store.engine` and `store.schema`.
"""
