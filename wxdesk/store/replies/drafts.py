"""Drafts of operators, a row a conversation."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, select

from wxdesk.core.model.reply import EDITABLE, Draft, UnsentContent
from wxdesk.store.engine.database import StorePart, reading, writing
from wxdesk.store.replies.inserting import load_replies
from wxdesk.store.schema.messaging import conversations, operator_drafts


class DraftStore(StorePart):
    """Drafts by conversation and operator, whose name is empty without a sign-in."""

    @reading
    def stored(self, connection: Connection, operator: str = "") -> list[tuple[int, Draft]]:
        """Return all drafts with their conversations' ids, of each the lowest first.

        One that changes a reply which has left or ended meanwhile is a new one.
        """
        rows = connection.execute(select(operator_drafts).where(operator_drafts.c.operator == operator)).all()
        found = [(row.conversation_id, one) for row in rows for one in row.drafts]
        loaded = load_replies(connection, {one.reply_id for _, one in found if one.reply_id is not None})
        edited = {reply.id: reply for reply in loaded if reply.state in EDITABLE}
        return [(conversation_id, Draft(one.content, edited.get(one.reply_id))) for conversation_id, one in found]

    @writing
    def keep(
        self, connection: Connection, changed: Mapping[int, tuple[UnsentContent, ...]], operator: str = ""
    ) -> None:
        """Store the drafts of these conversations instead of the earlier ones."""
        drafts = operator_drafts.c
        connection.execute(
            delete(operator_drafts).where(drafts.conversation_id.in_(changed), drafts.operator == operator)
        )
        known = connection.scalars(select(conversations.c.id).where(conversations.c.id.in_(changed)))
        rows = [{"conversation_id": one, "operator": operator, "drafts": changed[one]} for one in known if changed[one]]
        if rows:
            connection.execute(operator_drafts.insert(), rows)
