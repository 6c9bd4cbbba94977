"""Changes of conversations by an operator, several in one transaction."""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, select, update

from wxdesk.core.conversations.changes import REOPENING, SETTING_ASIDE, RowAct, RowChange, RowsChanged
from wxdesk.core.errors import NotFound, UnsettledReply
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply
from wxdesk.store.conversations.conversations import change_contact
from wxdesk.store.conversations.status import reopen, set_aside_by_operator
from wxdesk.store.engine.database import StorePart, writing
from wxdesk.store.replies.pending.takeover import cancel_automatic
from wxdesk.store.schema.messaging import PINNED, UNREAD, conversations


class RowChanges(StorePart):
    """Changes of rows; resolving and snoozing end attention."""

    @writing
    def change(
        self, connection: Connection, ids: Collection[int], change: RowChange, at: datetime, by: str = Author.OPERATOR
    ) -> tuple[RowsChanged, list[Reply]]:
        """Change these conversations; return also the replies that blocking cancelled.

        A conversation with a draft, held, failed or unknown reply is not set aside. Where the contact waits, a snooze
        ends before the reply window closes (`snooze_end_before_closing`).

        Raises `NotFound` if there is none of them.
        """
        its = conversations.c.id.in_(ids)
        if change.act in _COLUMNS:
            others, values = _COLUMNS[change.act]
            changed = update(conversations).where(its, others).values(values).returning(conversations.c.id)
            return RowsChanged(tuple(connection.scalars(changed))), []
        rows = connection.execute(
            select(conversations.c.id, conversations.c.contact_id, conversations.c.resolved_at)
            .where(its)
            .order_by(conversations.c.id)
        ).all()
        if not rows:
            raise NotFound("conversation")
        if change.act is RowAct.RESOLVE:
            rows = [row for row in rows if row.resolved_at is None]  # undo reopens no other
        of_contact, cancelled = change.of_contact, list[Reply]()
        if of_contact is not None:
            rows = [row for row in rows if change_contact(connection, row.contact_id, of_contact)]
        conversation_ids = tuple(row.id for row in rows)
        if change.blocks:
            for conversation_id in conversation_ids:
                cancelled += cancel_automatic(connection, conversation_id, by, at)
        return _set_status(connection, conversation_ids, change, at), cancelled


_COLUMNS: dict[RowAct, tuple[ColumnElement[bool], dict[str, Any]]] = {
    RowAct.READ: (UNREAD, {"unread": 0}),
    RowAct.UNREAD: (~UNREAD, {"unread": 1}),
    RowAct.PIN: (~PINNED, {"pinned": True}),
    RowAct.UNPIN: (PINNED, {"pinned": False}),
}
"""Acts that change a column, with the rows that still differ."""


def _set_status(connection: Connection, ids: tuple[int, ...], change: RowChange, at: datetime) -> RowsChanged:
    if change.act in REOPENING:
        for conversation_id in ids:
            reopen(connection, conversation_id)
    if change.act not in SETTING_ASIDE:
        return RowsChanged(ids)
    ends: dict[int, datetime | None] = {}
    for conversation_id in ids:
        with suppress(UnsettledReply):  # nothing was written for it
            ends[conversation_id] = set_aside_by_operator(connection, conversation_id, at, change.until)
    unsettled = tuple(one for one in ids if one not in ends)
    until = min(filter(None, ends.values()), default=None)
    return RowsChanged(ids if change.blocks else tuple(ends), unsettled, until)
