"""Cancels pending automatic replies on a takeover; those being edited stay drafts."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, false, func, select, update

from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import BEFORE_SENDING, Move
from wxdesk.core.replies.on_new_message import SPOKE_MEANWHILE, WINDOW_CLOSED, WROTE_INSTEAD
from wxdesk.store.conversations.takeovers import set_takeover
from wxdesk.store.replies.bulk_moves import BY_RULE, DRAFT, move_all
from wxdesk.store.schema.messaging import conversations, replies
from wxdesk.store.schema.reply_predicates import by_hand, leaves_by_itself

_NOT_SENT_YET = BEFORE_SENDING | {ReplyState.SENDING}
"""States that can be cancelled, and `sending`, which may come back unsent."""


def cancel_automatic(
    connection: Connection, conversation_id: int, by: str, at: datetime, *, but_answer: int | None = None
) -> list[Reply]:
    """Cancel a conversation's automatic replies that have not left; return those.

    The answer whose first part is `but_answer` is not touched. Replies that an operator released or sends again
    stay, and so do drafts that an operator edited or kept. What was edited and would have left by itself
    becomes a draft.
    """
    its = _lock_automatic(connection, conversation_id, but_answer)
    return _cancel_or_draft(connection, its & replies.c.state.in_(BEFORE_SENDING), by, at)


def take_over(
    connection: Connection, conversation_id: int, takeover: Takeover, at: datetime, by: str = Author.OPERATOR
) -> list[Reply]:
    """Take over; cancel and return replies that would leave by themselves.

    Edited ones become drafts, as by `cancel_automatic`. Raises `NotFound`.
    """
    its = _lock_automatic(connection, conversation_id)
    set_takeover(connection, conversation_id, takeover)
    _mark_in_edit(connection, conversation_id)
    return _cancel_or_draft(connection, its & leaves_by_itself(replies), by, at)


def draft_leaving(connection: Connection, conversation_id: int, at: datetime) -> list[Reply]:
    """Make drafts of automatic replies that would leave by themselves."""
    its = _lock_automatic(connection, conversation_id)
    _mark_in_edit(connection, conversation_id)
    return move_all(connection, Move.KEEP, its, at, WROTE_INSTEAD)


def _mark_in_edit(connection: Connection, conversation_id: int) -> None:
    """Mark replies being edited, so that they stay held after the edit lock."""
    here = DRAFT & BY_RULE & by_hand(replies) & (replies.c.conversation_id == conversation_id)
    change = update(replies).where(here, replies.c.error != WINDOW_CLOSED)
    connection.execute(change.values(error=SPOKE_MEANWHILE))


def _cancel_or_draft(connection: Connection, its: ColumnElement[bool], by: str, at: datetime) -> list[Reply]:
    cancelled = move_all(connection, Move.CANCEL, its & replies.c.edited.is_(false()), at, by=by)
    return cancelled + move_all(connection, Move.KEEP, its, at)


def _lock_automatic(connection: Connection, conversation_id: int, but_answer: int | None = None) -> ColumnElement[bool]:
    """Lock a conversation's unsent rule replies, then itself; match automatic ones.

    Transactions that store a decision or a call's outcome, or end an edit lock, lock in the same order:
    each finds what the other has done.
    """
    here = replies.c.conversation_id == conversation_id
    its = here & ~by_hand(replies)  # made by a rule, and not released, sent again or locked for editing
    if but_answer is not None:
        its &= func.coalesce(replies.c.part_of, replies.c.id) != but_answer
    unsettled = select(replies.c.id).where(BY_RULE, here, replies.c.state.in_(_NOT_SENT_YET)).order_by(replies.c.id)
    connection.execute(unsettled.with_for_update()).all()
    itself = select(conversations.c.id).where(conversations.c.id == conversation_id)
    connection.execute(itself.with_for_update(key_share=True)).all()
    return its
