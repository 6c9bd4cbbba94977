"""Conversations with all that was said in them, one after the other, for export."""

from collections.abc import Callable, Iterator
from functools import partial
from heapq import merge
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, func, select

from wxdesk.core.conversations.listing import TimelineItem
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.reply import Reply
from wxdesk.store.engine.database import Database, StorePart, reading
from wxdesk.store.schema.messaging import PLACE, contacts, conversations, messages, replies
from wxdesk.store.schema.records import SELECT_CONVERSATIONS, SELECT_REPLIES, conversation_of, message_of, reply_of

type ExportedConversations = Iterator[tuple[Conversation, Iterator[TimelineItem]]]
"""Conversations, each with its items, which are read before the next."""

type ReadPicture = Callable[[str], bytes]
"""Reader of a picture's bytes by its digest; raises `NotFound`, `StoreError`."""

type UseOfExport = Callable[[ExportedConversations, ReadPicture], None]

_STREAM = {"yield_per": 1000}
"""Rows that are in memory at once."""


class Exports(StorePart):
    """Reader of everything; it holds one page of rows in memory."""

    def __init__(self, db: Database, picture: Callable[[Connection, str], bytes]) -> None:
        super().__init__(db)
        self._picture = picture

    @reading
    def count(self, connection: Connection, account: str = "", openid: str = "") -> int:
        """Count the conversations of an account or of one person; all if neither is given."""
        query = _chosen(account, openid).with_only_columns(func.count(conversations.c.id))
        return int(connection.scalar(query.order_by(None)) or 0)

    @reading
    def read(
        self, connection: Connection, use: UseOfExport, account: str = "", openid: str = "", *, said: bool
    ) -> None:
        """Call `use` with all conversations of one moment and a reader of pictures.

        Without what was `said` they have no items. On a file it runs in another thread. Whatever it raises ends this.
        """
        chosen = _conversations(connection, _chosen(account, openid), said=said)
        use(chosen, partial(self._picture, connection))


def _chosen(account: str, openid: str) -> Select[Any]:
    named = {contacts.c.account: account, contacts.c.openid: openid}
    query = SELECT_CONVERSATIONS.where(*(column == value for column, value in named.items() if value))
    return query.order_by(conversations.c.id)


def _conversations(connection: Connection, chosen: Select[Any], *, said: bool) -> ExportedConversations:
    by_conversation = groupby(_items(connection, chosen) if said else (), key=attrgetter("conversation_id"))
    coming = next(by_conversation, None)
    for row in connection.execute(chosen, execution_options=_STREAM):
        if coming is not None and coming[0] == row.id:
            yield conversation_of(row), coming[1]
            coming = next(by_conversation, None)
        else:
            yield conversation_of(row), iter(())


def _items(connection: Connection, chosen: Select[Any]) -> Iterator[TimelineItem]:
    """Read all items by conversation at once; a query each would take minutes."""
    ids = chosen.with_only_columns(conversations.c.id).order_by(None)
    of_it = messages.c.conversation_id, replies.c.conversation_id
    written = select(messages).where(of_it[0].in_(ids)).order_by(of_it[0], messages.c.at, messages.c.id)
    answered = SELECT_REPLIES.where(of_it[1].in_(ids)).order_by(of_it[1], PLACE, replies.c.id)
    return merge(
        map(message_of, connection.execute(written, execution_options=_STREAM)),
        map(reply_of, connection.execute(answered, execution_options=_STREAM)),
        key=lambda item: (item.conversation_id, item.at, isinstance(item, Reply), item.id),
    )
