"""Drafts that an operator passes over by writing himself, and that ask again when he takes back what he wrote."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Update, case, false, func, select, update

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.history import Step, StepKind
from wxdesk.core.replies.on_new_message import SPOKE_MEANWHILE, WORD_TAKEN_BACK
from wxdesk.store.conversations.status import reopen_for, wanting_a_word
from wxdesk.store.replies.bulk_moves import BY_RULE, DRAFT, changed
from wxdesk.store.replies.history import write_passed_over, write_steps
from wxdesk.store.schema import conversations, replies, reply_steps
from wxdesk.store.schema.reply_predicates import PASSED_OVER, by_hand


def pass_over(connection: Connection, conversation_id: int, written: int, at: datetime) -> list[Reply]:
    """Let no draft of a conversation ask any more that a human does not have in hand: he wrote `written` instead."""
    here = DRAFT & (replies.c.conversation_id == conversation_id) & ~by_hand(replies)
    asks = here & replies.c.edited.is_(false()) & replies.c.passed_by.is_(None)
    error = case((replies.c.error == WORD_TAKEN_BACK, ""), else_=replies.c.error)
    passed = changed(connection, update(replies).where(asks).values(passed_by=written, error=error, updated_at=at))
    write_passed_over(connection, passed, at)
    return passed


def ask_again(connection: Connection, cancelled: Sequence[Reply], at: datetime) -> list[Reply]:
    """Let ask again what was passed over by those of the `cancelled` that an operator wrote; which ones.

    Where he has written something else since, it is that which stands instead. With those comes what he has in hand and
    what says now that he took his word back, not that he has spoken meanwhile.
    """
    asking: list[Reply] = []
    words: defaultdict[int, list[int]] = defaultdict(list)
    for reply in cancelled:
        if reply.author is Author.OPERATOR:
            words[reply.conversation_id].append(reply.id)
    for thread, ids in words.items():
        asking += _ask_again(connection, thread, ids, at)
    reopen_for(connection, wanting_a_word(asking))
    return asking


def _ask_again(connection: Connection, conversation_id: int, words: list[int], at: datetime) -> list[Reply]:
    since = select(func.min(replies.c.id)).where(
        replies.c.conversation_id == conversation_id,
        replies.c.id > max(words),
        replies.c.author == Author.OPERATOR,
        replies.c.state != ReplyState.CANCELLED,
    )
    later = connection.scalar(since)
    passed = update(replies).where(replies.c.passed_by.in_(words), DRAFT).values(updated_at=at)
    if later is not None:
        return changed(connection, passed.values(passed_by=later))
    unexplained = PASSED_OVER & (replies.c.error == "")  # what he has in hand meanwhile asks already
    error = case((unexplained, WORD_TAKEN_BACK), else_=replies.c.error)
    asking = changed(connection, passed.values(passed_by=None, error=error))
    asked = [one for one in asking if not one.edited]  # what he has changed since asked all the time
    write_steps(connection, [Step(one.id, at, StepKind.ASK, reason=WORD_TAKEN_BACK) for one in asked])
    return asking + changed(connection, _UNSPOKEN.where(replies.c.conversation_id == conversation_id))


def _unspoken() -> Update:
    """What he has in hand, and what nothing that he has said since he took it keeps from leaving any more.

    It asks still, because he has spoken: only why is told as of what he did not have in hand. A takeover that was not
    made by writing stands, whatever he takes back.
    """
    word, columns = replies.alias("word"), reply_steps.c
    takes = columns.kind.in_((StepKind.KEEP, StepKind.TAKE)) & (columns.by != "")
    taken = select(func.max(columns.at)).where(columns.reply_id == replies.c.id, takes).correlate(replies)
    stands = select(word.c.id).where(
        word.c.conversation_id == replies.c.conversation_id,
        word.c.author == Author.OPERATOR,
        word.c.state != ReplyState.CANCELLED,
        word.c.created_at >= func.coalesce(taken.scalar_subquery(), replies.c.created_at),
    )
    chosen = select(conversations.c.id).where(
        conversations.c.id == replies.c.conversation_id,
        conversations.c.taken_over,
        conversations.c.takeover_by_writing.is_(false()),
    )
    in_hand = DRAFT & BY_RULE & by_hand(replies) & (replies.c.error == SPOKE_MEANWHILE)
    change = update(replies).where(in_hand, ~stands.exists(), ~chosen.exists())
    return change.values(error=WORD_TAKEN_BACK)


_UNSPOKEN = _unspoken()
