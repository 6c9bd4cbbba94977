"""Re-applies changed modes and rules to replies that are still pending.

A command that changes one of these returns once nothing that it has ruled out can leave by itself any more.
A reply that the outbox has claimed, and whose call has not begun, comes back here (`again`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from wxdesk.core.events import Event
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.core.model.operator import acting
from wxdesk.core.replies.lifecycle import mode_of
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.bus import publish_replies
from wxdesk.desk.runtime.decision_lock import DecisionLock
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.store import Store
from wxdesk.store.replies.pending.policy_changes import NewMode


class PolicyChanges(Struct, frozen=True):
    """Holds back pending replies, except those an operator edits or has released."""

    _store: Store
    _accounts: Mapping[str, Account]
    _decision_lock: DecisionLock
    _preferences: CurrentPreferences
    _publish: Callable[[Event], None]
    _clock: Clock

    async def account(self, account: Account) -> None:
        """Apply the changed mode of an account where no conversation has its own.

        For hold and draft, a rule's own delivery goes first; for off, none does. One that is paused is off everywhere.
        """
        await self._decision_lock.wait_for_stored()
        await self._account(account)

    async def conversation(self, conversation_id: int) -> None:
        """Apply the changed or inherited mode of a conversation. Raises `NotFound`."""
        conversation = await self._store.conversations.get(conversation_id)
        account = self._accounts.get(conversation.account)
        mode = conversation.mode if account is None else mode_of(conversation, account)
        if mode is not None:
            now = self._clock()
            new = self._new(mode, 0 if account is None else account.hold_seconds, now)
            publish_replies(
                self._publish,
                await self._store.pending_replies.withhold_in_conversation(conversation_id, new, acting(), now),
            )

    async def rules(self) -> None:
        """Leave replies of rules that are switched off or deleted to an operator."""
        await self._decision_lock.wait_for_stored()
        await self._rules()

    async def again(self, conversation_id: int) -> None:
        """Apply changes to a reply that came back to the queue unsent."""
        await self.conversation(conversation_id)
        await self._rules()

    async def recover(self) -> None:
        """At start, apply changes made to config.toml or the rules since the last run."""
        for account in self._accounts.values():
            await self._account(account)
        await self._rules()

    async def _account(self, account: Account) -> None:
        now = self._clock()
        new = self._new(ReplyMode.OFF if account.paused else account.reply_mode, account.hold_seconds, now)
        withheld = await self._store.pending_replies.withhold_in_account(
            account.name, new, acting(), now, everywhere=account.paused
        )
        publish_replies(self._publish, withheld)

    def _new(self, mode: ReplyMode, hold_seconds: int, now: datetime) -> NewMode:
        return NewMode(mode, hold_seconds, now - self._preferences.now.late_after)

    async def _rules(self) -> None:
        publish_replies(self._publish, await self._store.pending_replies.withhold_without_rule(self._clock()))
