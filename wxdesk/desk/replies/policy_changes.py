"""What waits follows what has been changed since it was said: how accounts and conversations answer, and the rules.

A command that changes one of these returns once nothing that it has ruled out can leave by itself any more. Of what
the outbox has in hand by then, whose call has not begun comes back here (`again`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from wxdesk.core.events import Event, ReplyChanged
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import mode_of
from wxdesk.desk.ports.pending_replies import NewMode
from wxdesk.desk.ports.store import Clock, Store
from wxdesk.desk.replies.outcomes import TOO_LATE
from wxdesk.desk.runtime.decision_lock import Deciding
from wxdesk.desk.settings.preferences import KeptPreferences


class Following:
    """Holds back what may not leave by itself any more, or not yet. What a human has in hand or released stays his."""

    def __init__(
        self,
        store: Store,
        accounts: Mapping[str, Account],
        deciding: Deciding,
        preferences: KeptPreferences,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._deciding = deciding
        self._preferences = preferences
        self._publish = publish
        self._clock = clock

    async def account(self, account: Account) -> None:
        """Its mode has changed: what waits follows where no conversation says otherwise.

        Where replies shall be held or drafts, a rule's own word goes first; where nothing is said, none does.
        """
        await self._deciding.settled()
        await self._account(account)

    async def conversation(self, conversation_id: int) -> None:
        """Its mode has changed, or it follows its account's again. Raises `NotFound`."""
        conversation = await self._store.conversations.get(conversation_id)
        account = self._accounts.get(conversation.account)
        mode = conversation.mode if account is None else mode_of(conversation, account)
        if mode is not None:
            now = self._clock()
            new = self._new(mode, 0 if account is None else account.hold_seconds, now)
            self._tell(await self._store.waiting.withhold(conversation_id, new, Author.OPERATOR, now))

    async def rules(self) -> None:
        """Other rules speak now: what one has said that is switched off or gone is left to a human."""
        await self._deciding.settled()
        await self._rules()

    async def again(self, conversation_id: int) -> None:
        """A reply came back unsent into the queue of this conversation, and meanwhile something has changed."""
        await self.conversation(conversation_id)
        await self._rules()

    async def recover(self) -> None:
        """At start: config.toml or the rules may be others than when what still waits was said."""
        for account in self._accounts.values():
            await self._account(account)
        await self._rules()

    async def _account(self, account: Account) -> None:
        now = self._clock()
        new = self._new(account.reply_mode, account.hold_seconds, now)
        self._tell(await self._store.waiting.withhold_account(account.name, new, Author.OPERATOR, now))

    def _new(self, mode: ReplyMode, hold_seconds: int, now: datetime) -> NewMode:
        return NewMode(mode, hold_seconds, now - self._preferences.now.late_after, TOO_LATE)

    async def _rules(self) -> None:
        self._tell(await self._store.waiting.withhold_unruled(self._clock()))

    def _tell(self, replies: Iterable[Reply]) -> None:
        for reply in replies:
            self._publish(ReplyChanged(reply.conversation_id, reply.id, reply.state))
