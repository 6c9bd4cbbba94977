"""An intake on a real store, which thinks only when it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from msgspec.structs import replace

from tests.prepared import SQLITE, prepare
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.events import DecisionMade, Event, TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.push import BodyFormat, Incoming, Push
from wxdesk.core.presence import PresenceState
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.conversations.transfers import Transfers
from wxdesk.desk.messages.answering import Answering
from wxdesk.desk.messages.intake import Intake
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.desk.runtime.decision_lock import DecisionLock
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.settings.pause import Pause
from wxdesk.desk.wechat.clock_skew import ClockCheck
from wxdesk.i18n import tr
from wxdesk.store import Store, open_store
from wxdesk.webhook.dedupe import push_key
from wxdesk.webhook.parse import read_push

SHOP = Account("shop", "wx1", "gh_1")
CONTACTS = 5


def written(n: int) -> Push:
    """Message number `n` as it came over the wire: read again from the store, it is the same."""
    now = datetime.now(UTC)
    body = (
        f'{{"ToUserName":"gh_1","FromUserName":"o{n % CONTACTS}","CreateTime":{int(now.timestamp())},'
        f'"MsgType":"text","Content":"{n}","MsgId":"{n}"}}'
    ).encode()
    incoming = read_push(body)
    return Push("shop", push_key(incoming, body), body, BodyFormat.JSON, now, incoming)


@dataclass
class Room:
    """An intake on a real store, which thinks only when it is told to."""

    store: Store
    rulebook: Rulebook
    transfers: Transfers
    intake: Intake
    heard: asyncio.Event = field(default_factory=asyncio.Event)
    sent: int = 0
    decided: int = 0
    troubles: list[str] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    def push(self, text: str, openid: str = "o1", **changes: object) -> Push:
        self.sent += 1
        now = datetime.now(UTC)
        incoming = Incoming("gh_1", openid, now, MessageType.TEXT, "text", msg_id=str(self.sent), text=text)
        incoming = replace(incoming, **changes)
        return Push("shop", f"k{self.sent}", b"{}", None, now, incoming)

    def hear(self, event: Event) -> None:
        if isinstance(event, DecisionMade):
            self.decided += 1
            self.heard.set()
        elif isinstance(event, TroubleRaised):
            self.troubles.append(tr(event.text))
            self.told.set()

    async def think(self, decisions: int = 1) -> None:
        """Let the intake work until it has decided on so many messages more."""
        goal = self.decided + decisions
        work = asyncio.create_task(self.intake.run())
        async with asyncio.timeout(10):
            while self.decided < goal:
                self.heard.clear()
                await self.heard.wait()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)

    async def outcomes(self) -> list[Outcome]:
        page = await self.store.inbox.page(InboxFilter.ALL)
        found = []
        for row in page:
            for item in await self.store.inbox.timeline(row.conversation.id):
                decision = await self.store.decision_history.for_message(item.id)
                assert decision is not None
                found.append(decision.outcome)
        return found

    async def conversation(self) -> Conversation:
        (row,) = await self.store.inbox.page(InboxFilter.ALL)
        return row.conversation


@asynccontextmanager
async def open_room(home: Path) -> AsyncIterator[Room]:
    """Open a store and an intake on it."""
    prepare(home)
    store = await open_store(SQLITE, home)

    def clock() -> datetime:
        return datetime.now(UTC)

    def hear(event: Event) -> None:
        made.hear(event)

    pause = Pause(store.settings, hear)
    rulebook = Rulebook(store.rules, Calendars(store.settings), LiquidRenderer(), clock, hear)
    transfers = Transfers(store.transfers, lambda: rulebook.transfers)
    answering = Answering(
        {"shop": SHOP},
        rulebook,
        pause,
        transfers,
        lambda: PresenceState(clock()),
        clock,
        ClockCheck(lambda _: None, clock),
    )
    made = Room(store, rulebook, transfers, Intake(store, read_push, answering, transfers, DecisionLock(), hear, clock))
    yield made
    await store.close()
