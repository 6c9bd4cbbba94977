"""Past messages and replies, read in slices for dry runs and the unmatched list."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, func, not_, or_, select

from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import MessageType
from wxdesk.core.rules.past_messages import PastMessage
from wxdesk.store.decisions import rule_facts
from wxdesk.store.engine.database import StorePart, read_by, reading
from wxdesk.store.replies.operator_replies import operator_replies_since
from wxdesk.store.reports.statistics import newest_unmatched
from wxdesk.store.schema.messaging import WRITTEN, decisions, messages, replies
from wxdesk.store.schema.records import conversations_by_id
from wxdesk.store.schema.reply_predicates import never_arrives

_ASKED = or_(WRITTEN, messages.c.type == MessageType.ENTER_SESSION)
_COLUMNS = [messages.c[name] for name in PastMessage.__struct_fields__]


class MessageHistory(StorePart):
    """Reader of stored messages and replies, in slices."""

    @reading
    def extent(self, connection: Connection, newest: int) -> tuple[int, int]:
        """Count messages, at most `newest`, and return the id before the first as well."""
        newest_ids = select(messages.c.id).where(_ASKED).order_by(messages.c.id.desc()).limit(newest).subquery()
        count, first = connection.execute(select(func.count(), func.min(newest_ids.c.id))).one()
        return count, (first or 1) - 1

    @reading
    def messages(self, connection: Connection, after_id: int, limit: int) -> list[PastMessage]:
        """Return messages that rules are asked about, with ids above `after_id`, in order."""
        query = select(*_COLUMNS).where(messages.c.id > after_id, _ASKED).order_by(messages.c.id).limit(limit)
        return [PastMessage(*row) for row in connection.execute(query).all()]

    operator_replies_since = read_by(operator_replies_since)

    conversations_by_id = read_by(conversations_by_id)

    @reading
    def replies_by_rules(self, connection: Connection, told: Collection[PastMessage]) -> dict[int, str]:
        """Return the texts of rules' replies to these messages, by message id.

        A message is left out where no reply has arrived or still may arrive.
        """
        # The conversations are named for the index; there is none on message_id.
        query = (
            select(replies.c.message_id, replies.c.content)
            .where(
                replies.c.conversation_id.in_({message.conversation_id for message in told}),
                replies.c.message_id.in_([message.id for message in told]),
                replies.c.author == Author.RULE,
                not_(never_arrives(replies)),
            )
            .order_by(replies.c.id)
        )
        said: defaultdict[int, list[str]] = defaultdict(list)
        for row in connection.execute(query):
            said[row.message_id].append(row.content.summary)
        return {message_id: "\n".join(texts) for message_id, texts in said.items()}

    @reading
    def unmatched(self, connection: Connection, since: datetime, limit: int) -> list[PastMessage]:
        """Return the newest messages since `since` that no rule answered.

        Also those with an incomplete answer, or only one by a rule that is a default now.
        """
        newest = newest_unmatched(connection, limit, decisions.c.decided_at >= since).subquery()
        query = (
            select(*_COLUMNS)
            .join_from(newest, messages, messages.c.id == newest.c.message_id)
            .order_by(newest.c.decided_at.desc(), newest.c.id.desc())
        )
        return [PastMessage(*row) for row in connection.execute(query)]

    histories_when_written = read_by(rule_facts.histories_when_written)
