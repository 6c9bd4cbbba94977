"""A desk and the WeChat in front of it, over real HTTP, both by one clock that the test moves."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import structs
from msgspec.structs import replace

from tests.flow.conftest import setup_for
from tests.store.recounted import assert_sums_are_a_count
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import StoreSettings
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.events import ApiCalled, DecisionMade, Event, PauseChanged, PreferencesChanged, ReplyChanged
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.decision import Decision
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.desk.settings.configuration import Setup
from wxdesk.i18n import tr
from wxdesk.sandbox.server import Sandbox

START = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """So long after the start."""
    return START + timedelta(seconds=seconds)


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Desk:
    """The two, and all that was told."""

    sandbox: Sandbox
    opened: OpenDesk
    setup: Setup
    clock: HandClock
    events: list[Event] = field(default_factory=list)
    states: dict[int, list[ReplyState]] = field(default_factory=lambda: defaultdict(list))
    most_under_way: int = 0
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, event: Event) -> None:
        self.events.append(event)
        if isinstance(event, ReplyChanged):
            self.states[event.reply_id].append(event.state)
            self.most_under_way = max(self.most_under_way, self.under_way())
        self._more.set()

    async def says(self, openid: str, text: str) -> Decision:
        """A contact writes; what the desk has decided."""
        return await self.decided(self.sandbox.say(openid, text))

    async def enters(self, openid: str) -> Decision:
        """A contact opens the chat; what the desk has decided."""
        return await self.decided(self.sandbox.enter(openid))

    async def decided(self, act: Awaitable[object]) -> Decision:
        """The newest decision, once `act` has brought one more."""
        count = len(self.decided_on)
        await act
        await self.until(lambda: len(self.decided_on) > count)
        decision = await self.opened.store.decision_history.for_message(self.decided_on[-1])
        assert decision is not None
        return decision

    @property
    def decided_on(self) -> list[int]:
        """The messages that have a decision, in the order in which they got it."""
        return [event.message_id for event in self.events if isinstance(event, DecisionMade)]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(20):
            while not holds():
                self._more.clear()
                await self._more.wait()

    async def until_sent(self, count: int) -> None:
        """WeChat has accepted so many replies, and the desk knows."""
        await self.until(lambda: sum(states[-1:] == [ReplyState.SENT] for states in self.states.values()) >= count)

    async def until_refused(self, reply_id: int) -> None:
        ends = {ReplyState.QUEUED, ReplyState.FAILED}
        await self.until(lambda: ReplyState.SENDING in self.states[reply_id] and self.states[reply_id][-1] in ends)

    def move_to(self, at: datetime) -> None:
        """Let the time be `at`, and whoever waits for a time notice."""
        self.clock.now = at
        self.opened.desk.attention.on_event(PreferencesChanged())
        self.opened.out.outbox.on_event(PauseChanged(False))
        self.opened.desk.takeovers.check_again()

    async def reply(self, reply_id: int) -> Reply:
        return await self.opened.store.replies.get(reply_id)

    async def thread(self, openid: str) -> Conversation:
        rows = await self.opened.store.inbox.page(InboxFilter.ALL)
        return next(row.conversation for row in rows if row.conversation.contact.openid == openid)

    async def window_left(self, openid: str) -> int:
        return (await self.thread(openid)).window.left

    async def restart(self) -> None:
        """Close the desk and open it again on the same folder."""
        await self.opened.stop()
        self.opened = await open_desk(self.setup)
        self.opened.desk.bus.subscribe(self.hear)
        self.sandbox.set_push_url(f"{self.opened.url}/wx/shop")

    @property
    def trouble(self) -> str:
        return " ".join(tr(trouble.text) for trouble in self.opened.desk.health.state.troubles)

    def sent_at(self, openid: str) -> list[datetime]:
        return [sent.at for sent in self.sandbox.sent if sent.openid == openid]

    def under_way(self) -> int:
        """Replies that are being sent now."""
        return sum(states[-1:] == [ReplyState.SENDING] for states in self.states.values())

    def calls(self) -> int:
        return sum(isinstance(event, ApiCalled) and event.call == "custom/send" for event in self.events)


@asynccontextmanager
async def timed_desk(
    home: Path,
    rules: str,
    undo_seconds: int = 0,
    store: StoreSettings = StoreSettings(),  # noqa: B008 - frozen
    **account: object,
) -> AsyncIterator[Desk]:
    """A desk with these rules; `account` are settings of its one account. What is written can be undone so long."""
    clock = HandClock()
    sandbox = Sandbox(clock=clock)
    await sandbox.start()
    plain = setup_for(sandbox, home, **account)
    setup = Setup(plain.home, structs.replace(plain.config, store=store), plain.credentials, clock)
    made = Desk(sandbox, await open_desk(setup), setup, clock)
    try:
        made.opened.desk.bus.subscribe(made.hear)
        preferences = made.opened.desk.preferences
        await preferences.set(replace(preferences.now, undo_seconds=undo_seconds))
        if rules:
            await made.opened.desk.rules.exchange.take_in(rules, "rules.toml")
        sandbox.set_push_url(f"{made.opened.url}/wx/shop")
        yield made
        await assert_sums_are_a_count(made.opened.store)
    finally:
        await made.opened.stop()
        await sandbox.stop()


def sent(desk: Desk) -> list[str]:
    """The texts that WeChat has accepted, in their order."""
    return [message.text for message in desk.sandbox.sent]


async def stands(desk: Desk, *ids: int) -> list[tuple[ReplyState, datetime | None]]:
    """How these replies stand, and until when those that are held wait."""
    found = [await desk.reply(reply_id) for reply_id in ids]
    return [(reply.state, reply.due_at) for reply in found]
