"""Transfers of contacts to WeChat's own customer service tool."""

from sqlalchemy import Connection, select

from wxdesk.core.errors import required
from wxdesk.core.model.decision import Outcome
from wxdesk.store.conversations.conversations import change_conversation
from wxdesk.store.engine.database import StorePart, reading, writing
from wxdesk.store.schema.messaging import ARMED, contacts, conversations, decisions, messages, raw_pushes
from wxdesk.store.schema.records import person_in


class TransferStore(StorePart):
    """Contacts, by account and openid, to be transferred, and pushes answered so."""

    @reading
    def armed(self, connection: Connection) -> set[tuple[str, str]]:
        """Return the contacts whose next message is to be answered with a transfer."""
        query = select(contacts.c.account, contacts.c.openid).join(conversations).where(ARMED)
        return {(row.account, row.openid) for row in connection.execute(query)}

    @writing
    def arm(self, connection: Connection, conversation_id: int, armed: bool) -> tuple[str, str]:
        """Set if the next message is answered with a transfer; return account and openid."""
        change_conversation(connection, conversation_id, {"transfer_armed": armed})
        return person_in(connection, conversation_id)

    @writing
    def take_back(self, connection: Connection, conversation_id: int) -> None:
        """Mark the contact as served here again; raises `NotFound`."""
        required(change_conversation(connection, conversation_id, {"transferred_until": None}), "conversation")

    @reading
    def was_transferred(self, connection: Connection, account: str, key: str) -> bool:
        """Tell if the answer to the kept push with this key was a transfer."""
        query = (
            select(decisions.c.id)
            .join(messages, messages.c.id == decisions.c.message_id)
            .join(raw_pushes, raw_pushes.c.id == messages.c.push_id)
            .where(raw_pushes.c.account == account, raw_pushes.c.key == key, decisions.c.outcome == Outcome.TRANSFERRED)
        )
        return connection.scalar(query) is not None
