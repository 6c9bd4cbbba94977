"""What waits follows what has been changed since it was said: how accounts and conversations answer, and the rules.

A command that changes one of these returns once nothing that it has ruled out can leave by itself any more. Of what
the outbox has in hand by then, whose call has not begun comes back here (`again`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from wxdesk.core.events import Event, ReplyChanged
from wxdesk.core.lifecycle import mode_of
from wxdesk.core.model import Account, Author, Reply, ReplyMode
from wxdesk.desk.deciding import Deciding
from wxdesk.desk.ports import Clock, Store

_BY_HAND = frozenset({ReplyMode.DRAFT, ReplyMode.OFF})
"""The modes in which nothing leaves by itself."""


class Following:
    """Holds back what may not leave by itself any more. What a human has in hand or has released stays his."""

    def __init__(
        self,
        store: Store,
        accounts: Mapping[str, Account],
        deciding: Deciding,
        publish: Callable[[Event], None],
        clock: Clock,
    ) -> None:
        self._store = store
        self._accounts = accounts
        self._deciding = deciding
        self._publish = publish
        self._clock = clock

    async def account(self, account: Account) -> None:
        """Its mode has changed: what waits follows where no conversation says otherwise.

        Where drafts are wanted, a rule's own word goes first; where nothing is, none does.
        """
        await self._deciding.settled()
        await self._account(account)

    async def conversation(self, conversation_id: int) -> None:
        """Its mode has changed, or it follows its account's again. Raises `NotFound`."""
        conversation = await self._store.conversations.get(conversation_id)
        account = self._accounts.get(conversation.account)
        mode = conversation.mode if account is None else mode_of(conversation, account)
        if mode in _BY_HAND:
            moved = await self._store.waiting.withhold(conversation_id, mode, Author.OPERATOR, self._clock())
            self._tell(moved)

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
        if account.reply_mode in _BY_HAND:
            self._tell(
                await self._store.waiting.withhold_account(
                    account.name, account.reply_mode, Author.OPERATOR, self._clock()
                )
            )

    async def _rules(self) -> None:
        self._tell(await self._store.waiting.withhold_unruled(self._clock()))

    def _tell(self, replies: Iterable[Reply]) -> None:
        for reply in replies:
            self._publish(ReplyChanged(reply.conversation_id, reply.id, reply.state))
