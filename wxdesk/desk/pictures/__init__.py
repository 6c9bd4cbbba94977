"""Pictures: converting, keeping, fetching, uploading and sending them.

Imported by the rooms of `desk` above it, by `ui` and `app`; imports `desk.runtime` and `desk.ports`.
"""
