"""A desk under a human's eyes for thousands of short schedules, with the simulated WeChat as the judge.

One event loop, turned by hand: each call does one thing and then lets the desk come to rest, so that a schedule is a
plain sequence that can be repeated and made shorter. The clock stands still between the calls, and the order within
them is drawn (`simulated_loop.py`).
"""

import asyncio
import shutil
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from tests.campaign.moments import Jump, Meanwhile, Moment
from tests.campaign.shop import RULES, Contact
from tests.campaign.simulated_loop import SimulatedLoop, simulated
from tests.flow.conftest import setup_for
from tests.flow.timed_desk import HandClock
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import StoreSettings
from wxdesk.core.events import Event, MessageKept, ReplyChanged
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import Message
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.preferences import Preferences
from wxdesk.core.replies import parts
from wxdesk.core.replies.lifecycle import can_be_undone, is_automatic
from wxdesk.desk.desk import Desk
from wxdesk.desk.runtime import timers
from wxdesk.desk.settings.configuration import Setup
from wxdesk.sandbox.push.pusher import PushOutcome
from wxdesk.sandbox.server import Sandbox

LATEST = 25
"""Steps that something else may take until it begins."""

LONG_ENOUGH = 2 * timers.TICK_SECONDS
"""Seconds of the loop after which the desk has noticed that the clock was moved."""

PENDING = frozenset({ReplyState.DRAFT, ReplyState.HELD, ReplyState.QUEUED})


@dataclass(frozen=True)
class Running:
    """An open desk, and the work that it began when it was opened."""

    opened: OpenDesk
    work: tuple[asyncio.Task[Any], ...]

    @classmethod
    async def open(cls, setup: Setup) -> "Running":
        """Open a desk. It names its work; what has a number only is the listener's or the simulated WeChat's."""
        before = asyncio.all_tasks()
        opened = await open_desk(setup)
        begun = sorted(asyncio.all_tasks() - before, key=asyncio.Task.get_name)
        return cls(opened, tuple(task for task in begun if not task.get_name().startswith("Task-")))

    async def kill(self) -> None:
        """End it without a word: nothing of it is finished, stored or sent.

        Tasks take turns meanwhile: one that comes first more than once between two cancellations would do what a
        desk does when it is closed.
        """
        assert self.work, "a desk that does nothing proves nothing"
        while not all(task.done() for task in self.work):
            for task in self.work:  # again and again: a stop would still send what was just written by hand
                task.cancel()
            await asyncio.sleep(0)
        await asyncio.gather(*self.work, return_exceptions=True)
        await self.opened.listener.stop()
        await self.opened.out.uploads.close()
        await self.opened.out.client.close()
        await self.opened.store.close()


@dataclass
class World:
    """The desk and the WeChat in front of it."""

    folder: Path
    loop: SimulatedLoop
    sandbox: Sandbox
    setup: Setup
    clock: HandClock
    running: Running
    moves: list[tuple[int, ReplyState]] = field(default_factory=list)
    tries: Counter[int] = field(default_factory=Counter)
    paused: bool = False
    paused_until: datetime | None = None
    pushed: list[PushOutcome] = field(default_factory=list)
    meanwhile: Meanwhile | None = None
    between_desks: bool = False
    jump: Jump | None = None
    order: int = 0
    _acts: "count[int]" = field(default_factory=count)
    _homes: "count[int]" = field(default_factory=lambda: count(1))
    _contacts: "count[int]" = field(default_factory=lambda: count(1))
    _sending: dict[int, int] = field(default_factory=dict)
    _kept: asyncio.Queue[MessageKept] = field(default_factory=asyncio.Queue)
    _others: list[asyncio.Task[object]] = field(default_factory=list)

    @classmethod
    @contextmanager
    def open(
        cls,
        folder: Path,
        order: int = 0,
        store: StoreSettings = StoreSettings(),  # noqa: B008 - frozen
    ) -> "Iterator[World]":
        """A desk with the rules above; `order` says what comes first where more than one thing can happen."""
        elsewhere = store != StoreSettings()
        with simulated() as loop:
            loop.waits_outside = lambda: elsewhere
            world = loop.run_until_complete(cls._open(folder, store, loop))
            world.order = order
            if elsewhere:
                loop.waits_outside = world._waits_for_database
            loop.at_step = world._jump_if_it_is_time
            try:
                yield world
            finally:
                loop.waits_outside = lambda: elsewhere
                loop.run_until_complete(world._close())

    @classmethod
    async def _open(cls, folder: Path, store: StoreSettings, loop: SimulatedLoop) -> "World":
        clock = HandClock()
        sandbox = Sandbox(clock=clock)
        await sandbox.start()
        home = folder / "home"
        home.mkdir()
        plain = setup_for(sandbox, home)
        config = msgspec.structs.replace(plain.config, store=store)
        setup = Setup(home, config, plain.credentials, clock)
        running = await Running.open(setup)
        await running.opened.desk.preferences.set(Preferences(undo_seconds=0))
        await running.opened.desk.rules.exchange.take_in(RULES, "rules.toml")
        world = cls(folder, loop, sandbox, setup, clock, running)
        world._join()
        return world

    def _waits_for_database(self) -> bool:
        store: Any = self.opened.store
        return self.between_desks or bool(store._db._underway)

    async def _close(self) -> None:
        await self.opened.stop()
        await self.sandbox.stop()
        await self.loop.shutdown_asyncgens()

    @property
    def opened(self) -> OpenDesk:
        """The desk that is open now."""
        return self.running.opened

    @property
    def desk(self) -> Desk:
        """The one at which the operator sits."""
        return self.opened.desk

    def _join(self) -> None:
        self.opened.desk.bus.subscribe(self._hear)
        self.sandbox.set_push_url(f"{self.opened.url}/wx/shop")

    def _hear(self, event: Event) -> None:
        if isinstance(event, ReplyChanged):
            self.moves.append((event.reply_id, event.state))
            self.tries[event.reply_id] += event.state is ReplyState.SENDING
            if event.state is ReplyState.SENDING:
                self._sending[event.reply_id] = event.conversation_id
            else:
                self._sending.pop(event.reply_id, None)
        if isinstance(event, MessageKept):
            self._kept.put_nowait(event)
        self._begin_meanwhile(Moment.of(event))

    # -- what happens

    def new_contact(self) -> Contact:
        """Somebody who has never written."""
        return Contact(f"oSCHEDULE{next(self._contacts):019d}")

    def says(self, contact: Contact, opening: str, meanwhile: Meanwhile | None = None) -> None:
        """Let the contact write a text that no other message has."""
        contact.written += 1
        text = f"{opening} {contact.openid[-6:]}-{contact.written}"
        self._act(self._says(contact, text), [contact], meanwhile)

    async def _says(self, contact: Contact, text: str) -> None:
        self._kept = asyncio.Queue()
        self.pushed.append(await self.sandbox.say(contact.openid, text))
        if not contact.conversation_id:
            async with asyncio.timeout(20):
                contact.conversation_id = (await self._kept.get()).conversation_id

    def does(self, command: Coroutine[Any, Any, object], contacts: list[Contact]) -> None:
        """The operator commands. Then the desk comes to rest."""
        self._act(command, contacts)

    def passes(self, span: timedelta, contacts: list[Contact], meanwhile: Meanwhile | None = None) -> None:
        """So much time passes at once, or the clock is set back; the desk is not told."""
        self._jump(span)
        self._act(asyncio.sleep(0), contacts, meanwhile)

    def _act(
        self, what: Coroutine[Any, Any, object], contacts: list[Contact], meanwhile: Meanwhile | None = None
    ) -> None:
        """Let it happen in an order of its own, so that a schedule made shorter is the same one in what is left."""

        async def act() -> None:
            self._begin_meanwhile(Moment.AT_ONCE)
            await what
            if self.jump is not None:
                self._jump(self.jump.span)
            await self._rest(contacts)
            self.meanwhile = None

        self.meanwhile = meanwhile
        number = next(self._acts)
        self.loop.reorder(f"{self.order}.{number}" if self.order else "")
        self.loop.run_until_complete(act())

    def _begin_meanwhile(self, moment: Moment | None) -> None:
        if self.meanwhile is not None and self.meanwhile.moment is moment:
            self._others.append(asyncio.create_task(self._late(self.meanwhile.act)))
            self.meanwhile = None

    async def _late(self, act: Callable[[], Coroutine[Any, Any, object]]) -> None:
        for _ in range(self.loop.random.randrange(LATEST) if self.loop.random else 0):
            await asyncio.sleep(0)
        await act()

    def _jump_if_it_is_time(self) -> None:
        if self.jump is not None:
            self.jump.steps -= 1
            if self.jump.steps == 0:
                self._jump(self.jump.span)

    def _jump(self, span: timedelta) -> None:
        self.jump = None
        self.clock.now += span
        if self.paused_until is not None and self.paused_until <= self.clock.now:
            self.paused, self.paused_until = False, None

    def restarts(self, contacts: list[Contact]) -> None:
        """The program is closed and opened again."""

        async def again() -> None:
            self.between_desks = True
            await self.opened.stop()
            await self._begin_again()

        self._act(again(), contacts)

    def crashes(self, contacts: list[Contact]) -> None:
        """The machine stops: another desk goes on from what is on the disk at this moment."""

        async def again() -> None:
            home = self.folder / f"home{next(self._homes)}"
            shutil.copytree(
                self.setup.home, home, ignore=shutil.ignore_patterns("*.lock", "*.socket", "*-shm", "backups", "logs")
            )
            self.between_desks = True
            accepted = len(self.sandbox.sent)
            with self.loop.by_turns():
                await self.running.kill()
            assert len(self.sandbox.sent) == accepted, "a machine that has stopped sends nothing"
            shutil.rmtree(self.setup.home)
            self.setup = Setup(home, self.setup.config, self.setup.credentials, self.clock)
            await self._begin_again()

        self._act(again(), contacts)

    async def _begin_again(self) -> None:
        self.running = await Running.open(self.setup)
        self.between_desks = False
        self._join()

    # -- what is there

    def under_way(self) -> frozenset[int]:
        """Replies that are claimed for a call to WeChat that has not ended, as far as was told."""
        return frozenset(self._sending)

    def asked(self) -> frozenset[int]:
        """Those of them whose call has begun: whether WeChat takes them is not in the desk's hands any more."""
        begun = self.opened.out.outbox._under_way.begun
        return frozenset(reply_id for reply_id, conversation_id in self._sending.items() if conversation_id in begun)

    def replies(self, contact: Contact) -> list[Reply]:
        """All replies to a contact, oldest first."""
        return [item for item in self.timeline(contact) if isinstance(item, Reply)]

    def conversation_with(self, contact: Contact) -> int:
        """The conversation of a contact that `says` did not wait for."""
        (found,) = self.loop.run_until_complete(self.opened.store.inbox.customers(contact.openid))
        return found.id

    def timeline(self, contact: Contact) -> list[Message | Reply]:
        """What both have said, as it is shown."""
        if not contact.conversation_id:
            return []
        return self.loop.run_until_complete(self._read(contact))

    async def _read(self, contact: Contact) -> list[Message | Reply]:
        return await self.opened.store.inbox.timeline(contact.conversation_id, limit=500)

    def received(self, contact: Contact) -> list[str]:
        """What WeChat has accepted for a contact, in order: the judge."""
        return [sent.text for sent in self.sandbox.sent if sent.openid == contact.openid]

    # -- coming to rest

    async def _rest(self, contacts: list[Contact]) -> None:
        """Let the loop's time pass until nothing can happen any more while the clock stands still."""
        for _ in range(6):
            await asyncio.sleep(LONG_ENOUGH)
            while self._others:
                await self._others.pop()
                await asyncio.sleep(LONG_ENOUGH)
            # What is under way tells when it has ended, and need not be read before.
            paused = self.opened.pause.on is self.paused
            if paused and not self.under_way() and await self._all_at_rest(contacts):
                return
        raise AssertionError(await self._what_is_there(contacts))

    async def _what_is_there(self, contacts: list[Contact]) -> str:
        """Why the desk does not come to rest."""
        clocks = f"now {self.clock.now}, paused {self.paused}/{self.opened.pause.on}, under way {self.under_way()}"
        known = [contact for contact in contacts if contact.conversation_id]
        return "\n".join([clocks, *[told(item) for contact in known for item in await self._read(contact)]])

    async def _all_at_rest(self, contacts: list[Contact]) -> bool:
        return all([await self._at_rest(contact) for contact in contacts if contact.written])

    async def _at_rest(self, contact: Contact) -> bool:
        items = await self._read(contact)
        messages = [item for item in items if isinstance(item, Message)]
        if len(messages) < contact.written or not all(message.decided for message in messages):
            return False
        if self.under_way():
            return False
        replies = [item for item in items if isinstance(item, Reply)]
        return not any(self._can_leave(reply) and not self._is_behind(reply, replies) for reply in replies)

    def _can_leave(self, reply: Reply) -> bool:
        if reply.state is ReplyState.SENDING:
            return True
        if reply.state is ReplyState.HELD:
            return reply.due_at is not None and reply.due_at <= self.clock.now and not self._kept_back(reply)
        if reply.state is not ReplyState.QUEUED:
            return False
        later = reply.not_before is not None and reply.not_before > self.clock.now
        rests = self.opened.out.backoff
        resting = reply.account in rests.shut() and reply.account not in rests.to_probe(self.clock.now)
        return not (later or resting or self._kept_back(reply))

    def _is_behind(self, reply: Reply, replies: list[Reply]) -> bool:
        """Whether an older one is first in line and has to wait, or an earlier part of its answer needs its human."""
        if reply.state is not ReplyState.QUEUED:
            return False
        waiting = parts.blocked_parts(replies)
        older = [one for one in replies if one.id < reply.id and one.state is ReplyState.QUEUED]
        if reply.author is Author.OPERATOR and any(can_be_undone(one) and one.id < reply.id for one in replies):
            return True
        return reply.id in waiting or any(not self._kept_back(one) and one.id not in waiting for one in older)

    def _kept_back(self, reply: Reply) -> bool:
        return self.paused and is_automatic(reply)  # a pause does not keep what a human has released


def told(item: Message | Reply) -> str:
    """One line about it, for whoever has to find out."""
    if isinstance(item, Message):
        return f"{item.conversation_id} message {item.id} decided {item.decided}"
    when = f"due {item.due_at} not before {item.not_before}"
    return f"{item.conversation_id} reply {item.id} {item.author} {item.state} {when} by {item.by!r} {item.error}"
