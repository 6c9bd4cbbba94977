"""Messages that await their decision, with the known facts of their conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message
from wxdesk.desk.ports.store import Undecided
from wxdesk.store.decisions.superseding import waiting_in
from wxdesk.store.replies.quota_counts import Unsent, unsent


def undecided_of(
    connection: Connection, found: Sequence[Message], threads: Mapping[int, Conversation]
) -> list[Undecided]:
    """Build an `Undecided` for each message, in order; `threads` is keyed by id."""
    known = unsent(connection, threads)
    waiting = waiting_in(connection, [thread for thread, one in known.items() if one.waits])
    return [
        Undecided(
            message,
            threads[message.conversation_id],
            known.get(message.conversation_id, Unsent()).promised,
            waiting=waiting.get(message.conversation_id, ()),
        )
        for message in found
    ]
