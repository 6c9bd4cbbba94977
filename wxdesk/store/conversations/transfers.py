"""Transfers of contacts to WeChat's own customer service tool."""

from typing import Any

from sqlalchemy import Connection, select

from wxdesk.core.model.decision import Outcome
from wxdesk.store.conversations.conversations import change_conversation
from wxdesk.store.engine.database import StorePart, reading
from wxdesk.store.schema.messaging import ARMED, contacts, conversations, decisions, messages, raw_pushes
from wxdesk.store.schema.records import person_in


class TransferStore(StorePart):
    """Contacts, by account and openid, to be transferred, and pushes answered so."""

    @reading
    def armed(self, connection: Connection) -> set[tuple[str, str]]:
        """Return the contacts whose next message is to be answered with a transfer."""
        query = select(contacts.c.account, contacts.c.openid).join(conversations).where(ARMED)
        return {(row.account, row.openid) for row in connection.execute(query)}

    async def arm(self, conversation_id: int, armed: bool) -> tuple[str, str]:
        """Set if the next message is answered with a transfer; return account and openid."""
        return await self._db.write(_changed, conversation_id, {"transfer_armed": armed})

    async def take_back(self, conversation_id: int) -> None:
        """Mark the contact as served here again; raises `NotFound`."""
        await self._db.write(_changed, conversation_id, {"transferred_until": None})

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


def _changed(connection: Connection, conversation_id: int, values: dict[str, Any]) -> tuple[str, str]:
    change_conversation(connection, conversation_id, values)
    return person_in(connection, conversation_id)
