"""WeChat's contract: errcodes, quota, session_from, emoticon codes, credentials.

Imported by `core.normalise` and the rooms above it, and by all other layers; imports `core.model`.
"""
