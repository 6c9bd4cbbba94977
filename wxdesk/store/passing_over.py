"""Drafts that an operator passes over by writing himself, and that ask again when he takes back what he wrote."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, false, func, select, update

from wxdesk.core.model import Author, Reply, ReplyState
from wxdesk.core.waiting import WORD_TAKEN_BACK
from wxdesk.store.aside import reopen_for, wanting_a_word
from wxdesk.store.many_replies import DRAFT, changed
from wxdesk.store.reply_kinds import PASSED_OVER, by_hand
from wxdesk.store.schema import replies


def pass_over(connection: Connection, conversation_id: int, written: int, at: datetime) -> list[Reply]:
    """Let no draft of a conversation ask any more that a human does not have in hand: he wrote `written` instead."""
    here = DRAFT & (replies.c.conversation_id == conversation_id) & ~by_hand(replies)
    asks = here & replies.c.edited.is_(false()) & replies.c.passed_by.is_(None)
    return changed(connection, update(replies).where(asks).values(passed_by=written, updated_at=at))


def ask_again(connection: Connection, undone: Collection[int], conversation_id: int, at: datetime) -> list[Reply]:
    """Let what was passed over by `undone` ask again, unless he has written something else since."""
    since = select(func.min(replies.c.id)).where(
        replies.c.conversation_id == conversation_id,
        replies.c.id > max(undone),
        replies.c.author == Author.OPERATOR,
        replies.c.state != ReplyState.CANCELLED,
    )
    later = connection.scalar(since)
    passed = update(replies).where(replies.c.passed_by.in_(undone), PASSED_OVER)
    if later is not None:
        return changed(connection, passed.values(passed_by=later))
    unexplained = passed.where(replies.c.error == "").values(error=WORD_TAKEN_BACK, passed_by=None, updated_at=at)
    asking = changed(connection, unexplained) + changed(connection, passed.values(passed_by=None, updated_at=at))
    reopen_for(connection, wanting_a_word(asking))
    return asking
