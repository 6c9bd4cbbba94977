"""Messages that await their decision, with the known facts of their conversations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message
from wxdesk.core.rules.resolution import UndecidedMessage
from wxdesk.store.decisions.superseding import pending_in
from wxdesk.store.replies.quota_counts import UnsentCount, unsent_counts


def undecided_of(
    connection: Connection, found: Sequence[Message], threads: Mapping[int, Conversation]
) -> list[UndecidedMessage]:
    """Build the `UndecidedMessage` of each message, in order; `threads` by id."""
    known = unsent_counts(connection, threads)
    waiting = pending_in(connection, [thread for thread, one in known.items() if one.waits])
    return [
        UndecidedMessage(
            message,
            threads[message.conversation_id],
            known.get(message.conversation_id, UnsentCount()).promised,
            waiting=waiting.get(message.conversation_id, ()),
        )
        for message in found
    ]
