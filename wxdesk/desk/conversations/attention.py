"""Watches which conversations need attention, by events and closing windows.

Attention is judged from stored facts (`core.conversations.attention_judging`) and stored as well: so each
is raised once, also across a restart, and ends by itself when its facts do.
"""

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from wxdesk.core import events
from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.attention_judging import attention_for, should_have_arrived
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.errors import StoreError
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Conversation
from wxdesk.desk.ports import Clock
from wxdesk.desk.runtime.timers import keep_looking
from wxdesk.desk.settings.preferences import CurrentPreferences
from wxdesk.store.inbox.attention import AttentionList

GATHER_SECONDS = 0.1
"""Events within this time are judged together."""

AT_ONCE = 200
"""Conversations judged together."""

REST_FACTOR = 4
"""Rest after a check, in lengths of the check, so that a flood is not doubled."""


@dataclass(eq=False, repr=False)
class AttentionWatch:
    """Keeps attention up to date; `unseen` and `ringing` are readable from any thread.

    `me` names the operator of a desk beside a server, to whom what a colleague has is no call.
    """

    _calls: AttentionList
    _accounts: Mapping[str, Account]
    _preferences: CurrentPreferences
    _publish: Callable[[events.Event], None]
    _clock: Clock

    def __post_init__(self) -> None:
        self._touched: set[int] = set()
        self._answered: dict[int, datetime] = {}
        """Conversations with an operator's reply on its way, and the time to check it."""
        self._awake = asyncio.Event()
        self._unseen: dict[tuple[int, AttentionReason], Attention] = {}  # replaced, as other threads read it
        self._due: datetime | None = None
        self._by_new_settings = False
        self._comparing = asyncio.Lock()
        """Lock against marking as seen while attention entries are being compared."""
        self.me: Callable[[], str] = str

    @property
    def unseen(self) -> tuple[Attention, ...]:
        """Attention that nobody has looked at yet."""
        return tuple(self._unseen.values())

    @property
    def ringing(self) -> frozenset[int]:
        """Conversations that ring, to fetch the operator."""
        return frozenset(call.conversation_id for call in self.unseen if call.rings)

    def on_event(self, event: events.Event) -> None:
        """Check again where something happened; subscribed to the bus."""
        match event:
            case events.ConversationEvent(conversation_id):
                self._touched.add(conversation_id)
            case _:  # by other preferences or accounts, any conversation may call
                self._by_new_settings = True
        self._awake.set()

    async def load(self) -> None:
        """Load what was stored before the restart, and find what has changed since."""
        await self.refresh()
        await self._bring_back()
        await self._touch_all()
        await self._look_at_touched()

    async def refresh(self) -> None:
        """Read what another process has stored, where that one judges attention."""
        self._unseen = {(call.conversation_id, call.cause): call for call in await self._calls.unseen(self.me())}

    async def _touch_all(self) -> None:
        last = 0
        while ids := await self._calls.candidates(last, self._clock()):
            self._touched.update(ids)
            last = ids[-1]

    async def look(self, conversation_id: int) -> None:
        """Mark a conversation's attention as seen, so that it stops ringing."""
        async with self._comparing:
            if not await self._calls.look(conversation_id):
                return
            self._unseen = {key: call for key, call in self._unseen.items() if key[0] != conversation_id}
        self._publish(events.AttentionChanged(conversation_id))

    async def longest_waiting(self) -> Conversation | None:
        """Return the longest waiting conversation that can still be answered."""
        return await self._calls.longest_waiting(self._clock())

    async def run(self) -> None:
        """Work until cancelled."""
        await keep_looking(self._look, self._awake, self._clock)

    async def _look(self) -> datetime | None:
        began, due, self._due = time.monotonic(), self._due, None  # unless the store fails
        self._due = await self._look_where_needed(due)
        await asyncio.sleep(max(GATHER_SECONDS, REST_FACTOR * (time.monotonic() - began)))
        return self._due

    async def _look_where_needed(self, due: datetime | None) -> datetime | None:
        """Check conversations with events and, when due, those whose window closes."""
        now = self._clock()
        if self._by_new_settings:
            self._by_new_settings = False
            await self._touch_all()
        if due is None or due <= now:
            await self._bring_back()
            self._touched.update(await self._calls.closing(now, now + self._preferences.now.warning))
        self._touched.update(one for one, at in self._answered.items() if at <= now)
        await self._look_at_touched()
        return await self._next_due(now)

    async def _bring_back(self) -> None:
        """End snoozes and transfers that are over; this raises attention."""
        for conversation_id in await self._calls.bring_back(self._clock()):
            self._touched.add(conversation_id)
            self._publish(events.ConversationChanged(conversation_id))

    async def _next_due(self, now: datetime) -> datetime | None:
        """Return the next time to check.

        That is when a reply window closes or enters its warning time, a snooze or transfer ends, or an operator's
        reply should have arrived.
        """
        warn = self._preferences.now.warning
        closes, closes_later = await self._calls.next_close(now), await self._calls.next_close(now + warn)
        moments = (
            closes,
            closes_later - warn if closes_later else None,
            await self._calls.next_return(),
            *self._answered.values(),
        )
        return min((moment for moment in moments if moment is not None), default=None)

    async def _look_at_touched(self) -> None:
        while self._touched:
            ids = [self._touched.pop() for _ in range(min(AT_ONCE, len(self._touched)))]
            try:
                async with self._comparing:
                    await self._look_at(ids)
            except StoreError:
                self._touched.update(ids)
                raise

    async def _look_at(self, ids: Sequence[int]) -> None:
        put: list[Attention] = []
        ended: list[Attention] = []
        present: list[Attention] = []
        for conversation_id in ids:
            self._answered.pop(conversation_id, None)
        for row in await self._calls.rows_to_judge(ids):
            calls = self._calls_now(row)
            self._look_again_at(row)
            causes = {call.cause for call in calls}
            present += calls
            put += [call for call in calls if call not in row.calls]
            ended += [call for call in row.calls if call.cause not in causes]
        if put or ended:
            await self._calls.change(put, ended)
        self._publish_changes(frozenset(ids), present, {call.conversation_id for call in ended})

    def _look_again_at(self, row: InboxRow) -> None:
        arrives = should_have_arrived(row)
        if arrives is not None and arrives > self._clock() and row.conversation.awaits_answer:
            self._answered[row.conversation.id] = arrives

    def _calls_now(self, row: InboxRow) -> tuple[Attention, ...]:
        account = self._accounts.get(row.conversation.account)
        if account is None:  # its mini program is not in config.toml any more
            return ()
        return attention_for(row, account.reserve, self._preferences.now, self._clock())

    def _publish_changes(self, ids: frozenset[int], present: Sequence[Attention], ended: set[int]) -> None:
        """Publish new attention, each once, and conversations where some has ended."""
        unseen = {(call.conversation_id, call.cause): call for call in present if not call.seen}
        known = {key: call for key, call in self._unseen.items() if key[0] in ids}
        raised = [call for key, call in unseen.items() if key not in known or known[key].at < call.at]
        gone = {key[0] for key in known.keys() - unseen.keys()} | ended
        if not raised and not gone:
            return
        self._unseen = {key: call for key, call in self._unseen.items() if key[0] not in ids} | unseen
        for call in raised:
            self._publish(events.AttentionRaised(call.conversation_id, call.cause))
        for conversation_id in gone:
            self._publish(events.AttentionChanged(conversation_id))
