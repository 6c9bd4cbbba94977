"""Replies: the outbox's table, state moves, parts of answers, and history."""

from wxdesk.store.replies.drafts import DraftStore
from wxdesk.store.replies.outbox import OutboxStore

__all__ = ["DraftStore", "OutboxStore"]
