"""Deletes everything about one person, when asked or after long silence."""

import logging
from collections.abc import Callable

from wxdesk.core.events import ContactErased, Event, RepliesRecalled, TakeoverChanged
from wxdesk.core.model.erasure import Erasure
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.runtime.decision_lock import DecisionLock
from wxdesk.store import Store

log = logging.getLogger(__name__)


class Erasing:
    """Deletion of persons, for good."""

    def __init__(
        self, store: Store, pictures: Pictures, decision_lock: DecisionLock, publish: Callable[[Event], None]
    ) -> None:
        self._store = store
        self._pictures = pictures
        self._decision_lock = decision_lock
        self._publish = publish

    async def erase(self, conversation_id: int) -> Erasure:
        """Delete the person of a conversation with everything that was kept of them.

        Messages, replies, WeChat's pushes, decisions, pictures, notes, and their words in the search. Replies that
        wait do not leave.

        Raises:
            NotFound: there is no such conversation.
            BadInput: a reply is just being sent.
        """
        self._publish(RepliesRecalled(conversation_id))
        async with self._decision_lock:  # no decision about them is being made
            receipt, pictures = await self._store.person_rows.erase(conversation_id)
        for digest in pictures:
            await self._pictures.remove(digest)
        log.info(
            "A person of %s was deleted: %s messages, %s replies", receipt.account, receipt.messages, receipt.replies
        )
        self._publish(TakeoverChanged(conversation_id, None))
        self._publish(ContactErased(conversation_id))
        return receipt
