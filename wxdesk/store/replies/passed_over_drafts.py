"""Drafts passed over by an operator's own reply, and restored if that is undone."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Update, case, false, func, select, update

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import ReplyStep, StepKind
from wxdesk.core.replies.on_new_message import SPOKE_MEANWHILE, WORD_TAKEN_BACK
from wxdesk.store.conversations.status import needing_operator, reopen_conversations
from wxdesk.store.replies.bulk_moves import BY_RULE, DRAFT, update_replies
from wxdesk.store.replies.history import write_passed_over, write_steps
from wxdesk.store.schema.messaging import conversations, replies, reply_steps
from wxdesk.store.schema.reply_predicates import PASSED_OVER, UNTOUCHED, by_hand


def pass_over_drafts(connection: Connection, conversation_id: int, written: int, at: datetime) -> list[Reply]:
    """Pass over untouched drafts, because an operator wrote `written` instead."""
    here = DRAFT & BY_RULE & (replies.c.conversation_id == conversation_id)
    asks = here & UNTOUCHED & replies.c.passed_by.is_(None)
    error = case((replies.c.error == WORD_TAKEN_BACK, ""), else_=replies.c.error)
    passed = update_replies(
        connection, update(replies).where(asks).values(passed_by=written, error=error, updated_at=at)
    )
    write_passed_over(connection, passed, at)
    return passed


def restore_passed_over(connection: Connection, cancelled: Sequence[Reply], at: datetime) -> list[Reply]:
    """Restore the drafts passed over by those of `cancelled` that an operator wrote.

    A later reply of an operator stands instead. Drafts being edited whose reason changes are returned too.
    """
    asking: list[Reply] = []
    written: defaultdict[int, list[int]] = defaultdict(list)
    for reply in cancelled:
        if reply.author is Author.OPERATOR:
            written[reply.conversation_id].append(reply.id)
    for conversation_id, ids in written.items():
        asking += _restore_passed_over(connection, conversation_id, ids, at)
    reopen_conversations(connection, needing_operator(asking))
    return asking


def _restore_passed_over(
    connection: Connection, conversation_id: int, reply_ids: list[int], at: datetime
) -> list[Reply]:
    since = select(func.min(replies.c.id)).where(
        replies.c.conversation_id == conversation_id,
        replies.c.id > max(reply_ids),
        replies.c.author == Author.OPERATOR,
        replies.c.state != ReplyState.CANCELLED,
    )
    later = connection.scalar(since)
    passed = update(replies).where(replies.c.passed_by.in_(reply_ids), DRAFT).values(updated_at=at)
    if later is not None:
        return update_replies(connection, passed.values(passed_by=later))
    unexplained = PASSED_OVER & (replies.c.error == "")  # one locked for editing asks already
    error = case((unexplained, WORD_TAKEN_BACK), else_=replies.c.error)
    asking = update_replies(connection, passed.values(passed_by=None, error=error))
    asked = [one for one in asking if not one.edited]  # one that was edited has asked all the time
    write_steps(connection, [ReplyStep(one.id, at, StepKind.ASK, reason=WORD_TAKEN_BACK) for one in asked])
    return asking + update_replies(connection, _EXPLAIN_WITHDRAWAL.where(replies.c.conversation_id == conversation_id))


def _explain_withdrawal() -> Update:
    """Build the update of drafts being edited that no operator's reply stops any more.

    Only their reason changes; they stay drafts. A takeover not begun by writing stays, whatever is undone.
    """
    written, columns = replies.alias("written"), reply_steps.c
    locks = columns.kind.in_((StepKind.KEEP, StepKind.LOCK)) & (columns.by != "")
    locked = select(func.max(columns.at)).where(columns.reply_id == replies.c.id, locks).correlate(replies)
    stands = select(written.c.id).where(
        written.c.conversation_id == replies.c.conversation_id,
        written.c.author == Author.OPERATOR,
        written.c.state != ReplyState.CANCELLED,
        written.c.created_at >= func.coalesce(locked.scalar_subquery(), replies.c.created_at),
    )
    chosen = select(conversations.c.id).where(
        conversations.c.id == replies.c.conversation_id,
        conversations.c.taken_over,
        conversations.c.takeover_by_writing.is_(false()),
    )
    stopped = DRAFT & BY_RULE & by_hand(replies) & (replies.c.error == SPOKE_MEANWHILE)
    change = update(replies).where(stopped, ~stands.exists(), ~chosen.exists())
    return change.values(error=WORD_TAKEN_BACK)


_EXPLAIN_WITHDRAWAL = _explain_withdrawal()
