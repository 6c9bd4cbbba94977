"""Claims in the window: whose face a conversation has, and what colleagues do.

Imported by `chat`, `composer`, `details` and `open_conversation`; imports the kit only.
"""
