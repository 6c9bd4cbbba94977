"""Replies: the outbox's table, state moves, parts of answers, and history.

Imported by `store.decisions` and the rooms above it; imports `store.conversations` and those below.
"""

from wxdesk.store.replies.drafts import DraftStore
from wxdesk.store.replies.outbox import OutboxStore

__all__ = ["DraftStore", "OutboxStore"]
