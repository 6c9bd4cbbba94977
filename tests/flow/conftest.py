"""A whole world for journeys: the simulated WeChat and a real desk, joined by real HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.prepared import prepare
from tests.store.recounted import assert_sums_are_a_count
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import AccountEntry, Config, ListenerSettings, WeChatSettings
from wxdesk.core.conversations.listing import InboxFilter, InboxRow
from wxdesk.core.events import DecisionMade, Event
from wxdesk.core.model.decision import Decision
from wxdesk.core.preferences import Preferences
from wxdesk.desk.settings.configuration import Setup
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.server import Sandbox

RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"], none = ["退款"] }
then = [{ reply = "我们 9:00–21:00 营业。" }]

[[rules]]
name = "echo"
when = { prefix = ["回声"] }
then = [{ reply = "听到了：{{ message.text }}" }]

[[rules]]
name = "human"
when = { any = ["退款"] }
then = [{ reply = "马上为您转人工。" }, { take_over = true }]
"""


def setup_for(sandbox: Sandbox, home: Path, **account: Any) -> Setup:
    """A desk's set-up for the sandbox's one account, on a free port, in a home that is prepared."""
    prepare(home)
    facts, credentials = demo_account()
    entry = AccountEntry(facts.name, facts.app_id, facts.original_id, **account)
    config = Config(ListenerSettings(port=0), wechat=WeChatSettings(sandbox.url), accounts=(entry,))
    return Setup(home, config, {facts.name: credentials})


@dataclass
class World:
    """The sandbox and the desk on it."""

    sandbox: Sandbox
    opened: OpenDesk
    setup: Setup

    async def row_of(self, openid: str) -> InboxRow:
        """The conversation with this customer, as the list shows it."""
        for row in await self.opened.store.inbox.page(InboxFilter.ALL):
            if row.conversation.contact.openid == openid:
                return row
        raise AssertionError("nobody with this openid has written")

    async def says(self, openid: str, text: str) -> Decision:
        """The decision about what the customer says; the replies to it have been sent then."""
        before = len(self.sandbox.sent)
        decided = asyncio.create_task(self.heard(lambda event: isinstance(event, DecisionMade)))
        await self.sandbox.say(openid, text)
        event = await decided
        assert isinstance(event, DecisionMade)
        decision = await self.opened.store.decision_history.for_message(event.message_id)
        assert decision is not None
        replies = sum(said.matched and not said.shadow for said in decision.verdicts)
        for number in range(replies):
            await self.sandbox.wait_for_reply(openid, after=before + number)
        return decision

    async def restart(self) -> None:
        """Close the desk and open it again on the same folder."""
        await self.opened.stop()
        self.opened = await open_desk(self.setup)
        self.sandbox.set_push_url(f"{self.opened.url}/wx/shop")

    async def heard(self, wanted: Callable[[Event], bool]) -> Event:
        """The next event of the bus for which `wanted` is true."""
        return await next_event(self.opened, wanted)

    async def hears(self, openid: str, text: str, wanted: Callable[[Event], bool]) -> Event:
        """The first such event after the customer began to say this; it may come before WeChat has its answer."""
        event = asyncio.create_task(self.heard(wanted))
        await asyncio.sleep(0)  # it listens from here on
        await self.sandbox.say(openid, text)
        return await event


async def next_event(opened: OpenDesk, wanted: Callable[[Event], bool]) -> Event:
    """Wait for an event of the desk's bus."""
    found: asyncio.Future[Event] = asyncio.get_running_loop().create_future()

    def hear(event: Event) -> None:
        if wanted(event) and not found.done():
            found.set_result(event)

    unsubscribe = opened.desk.bus.subscribe(hear)
    try:
        async with asyncio.timeout(20):
            return await found
    finally:
        unsubscribe()


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    """A simulated WeChat."""
    made = Sandbox()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def world(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[World]:
    """The sandbox with a desk that has a few rules."""
    setup = setup_for(sandbox, tmp_path)
    made = World(sandbox, await open_desk(setup), setup)
    await made.opened.desk.preferences.set(Preferences(undo_seconds=0))
    await made.opened.desk.rules.exchange.take_in(RULES, "rules.toml")
    sandbox.set_push_url(f"{made.opened.url}/wx/shop")
    yield made
    await assert_sums_are_a_count(made.opened.store)
    await made.opened.stop()
