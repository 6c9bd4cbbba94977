"""A desk at work in a process that may end at any moment: customers write, operators command, and all that the world
was told is written down line by line, in the order in which it was told.
"""

import asyncio
import json
import os
import signal
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from queue import SimpleQueue
from random import Random
from typing import Any

from tests.campaign.disk.recorder import CONFIRMED, Layer
from tests.flow.conftest import setup_for
from wxdesk.app import OpenDesk, open_desk
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.errors import MoveNotAllowed, StoreError
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.preferences import Preferences
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.platform.platform import Sent
from wxdesk.sandbox.push import bodies
from wxdesk.sandbox.server import Sandbox
from wxdesk.store.engine import sqlite

PREFERRED = Preferences(undo_seconds=1, writing_takes_over=False)
CONTACTS, CUSTOMERS, OPERATORS = 12, 4, 3
ENOUGH = 12
"""So many messages kept after a fault show that the desk has recovered."""

RULES = """
[[rules]]
name = "auto {version}"
when = {{ prefix = ["auto"] }}
then = [{{ reply = "re {{{{ message.text }}}}" }}]

[[rules]]
name = "held {version}"
when = {{ prefix = ["held"] }}
delivery = {{ hold = 60 }}
then = [{{ reply = "re {{{{ message.text }}}}" }}]

[[rules]]
name = "draft {version}"
when = {{ prefix = ["draft"] }}
delivery = "draft"
then = [{{ reply = "re {{{{ message.text }}}}" }}]
"""

FAULTS = (FaultKind.RESET_AFTER, FaultKind.RESET_BEFORE, FaultKind.TRUNCATED)
"""WeChat's answers to some of the calls: those that leave a reply unknown are there to be sent again."""

DECIDABLE = {ReplyState.DRAFT, ReplyState.HELD}
REPEATABLE = {ReplyState.FAILED, ReplyState.UNKNOWN}


class Confirmed:
    """What the world was told: lines of a file in the desk's home, each a list of JSON."""

    def __init__(self, home: Path) -> None:
        self.before = read_confirmed(home)
        self._file = os.open(home / CONFIRMED, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.kept = 0
        self._told = SimpleQueue[tuple[object, ...]]()

    def note(self, *line: object) -> None:
        self.kept += line[0] == "kept"
        os.write(self._file, json.dumps(line).encode() + b"\n")
        self._told.put(line)

    def die_after(self, lines: int, seconds: float, moment: tuple[str, str] | None = None) -> None:
        """End this process, whatever it does then, so long after so many lines, or after a command's `moment` later on.

        A moment is `begun` or `done`, and a kind of commands.
        """

        def dies() -> None:
            for _ in range(lines):
                self._told.get()
            while moment is not None and _moment(*self._told.get()) != moment:
                pass
            time.sleep(seconds)
            os.kill(os.getpid(), signal.SIGKILL)

        threading.Thread(target=dies, daemon=True).start()

    @contextmanager
    def command(self, fact: str, value: object, gone: str = "", again: str = "") -> Iterator[None]:
        """Note that a command begins that makes `fact` be `value`, and that its operator was told so.

        After that the text `gone` may not reach anybody; `again` may now do so once more.
        """
        self.note("begun", fact, value, again)
        try:
            yield
        except (MoveNotAllowed, StoreError):
            return
        self.note("done", fact, value, gone)


def _moment(word: object, subject: object = "", *_: object) -> tuple[object, str]:
    """The command that a line is about, without what it commands."""
    return word, str(subject).partition(":")[0]


def read_confirmed(home: Path) -> list[list[Any]]:
    """All lines that were written down whole.

    Where two threads wrote at once and the power went between, the first of them has left a hole.
    """
    file = home / CONFIRMED
    text = file.read_text(encoding="utf-8").replace("\0", "") if file.exists() else ""
    return [json.loads(line) for line in text.splitlines(keepends=True) if line.endswith("\n")]


@dataclass
class World:
    """The desk, the WeChat in front of it, and what the world was told."""

    opened: OpenDesk
    sandbox: Sandbox
    said: Confirmed
    chance: Random
    life: int
    numbers: "count[int]" = field(default_factory=lambda: count(1))

    # -- customers

    async def customer(self) -> None:
        """Write to the desk for ever, at first what was written last: WeChat repeats itself."""
        for _, number, openid, text in [line for line in self.said.before if line[0] == "wrote"][-3:]:
            await self.writes(number, openid, text)
        while True:
            number = self.life * 100_000 + next(self.numbers)
            kind = self.chance.choice(("auto", "auto", "held", "draft"))
            await self.writes(number, f"oDISK{self.chance.randrange(CONTACTS):023d}", f"{kind} {number}")

    async def writes(self, number: int, openid: str, text: str) -> None:
        self.said.note("wrote", number, openid, text)
        self.sandbox.platform.wrote(self.sandbox.platform.program(""), openid)
        outcome = await self.sandbox.push(openid, bodies.text(text, str(number)))
        if outcome.accepted:
            self.said.note("kept", text)

    def answered(self, sent: Sent) -> None:
        self.said.note("accepted", sent.text)
        self.sandbox._wake_waiting(sent)

    # -- operators

    async def operator(self, own: int) -> None:
        """Command for ever, at random; each conversation has one operator, and so have the whole desk's switches."""
        while True:
            try:
                rows = await self.opened.store.inbox.page(InboxFilter.ALL)
                ids = sorted(row.conversation.id for row in rows)[own::OPERATORS]
                commands = [*self.at_conversations(ids), *(self.at_the_desk() if own == 0 else [])]
                if commands:
                    await self.chance.choice(commands)()
            except StoreError:
                pass
            await asyncio.sleep(0.002)  # somebody else's turn, also where the store refuses at once

    def at_the_desk(self) -> list[Callable[[], Awaitable[None]]]:
        return [self.pauses, self.resumes, self.imports]

    async def pauses(self) -> None:
        with self.said.command("paused", True):
            await self.opened.desk.outbox.pause()

    async def resumes(self) -> None:
        with self.said.command("paused", False):
            await self.opened.desk.outbox.resume()

    async def imports(self) -> None:
        version = f"{self.life}-{next(self.numbers)}"
        with self.said.command("rules", version):
            await self.opened.desk.rules.exchange.take_in(RULES.format(version=version), "rules.toml")

    def at_conversations(self, ids: list[int]) -> list[Callable[[], Awaitable[None]]]:
        if not ids:
            return []
        one = self.chance.choice(ids)
        conversations, text = self.opened.desk.conversations, f"text {self.life}-{next(self.numbers)}"

        async def takes_over() -> None:
            with self.said.command(f"taken over:{one}", True):
                await conversations.take_over(one)

        async def hands_back() -> None:
            with self.said.command(f"taken over:{one}", False):
                await conversations.hand_back(one)

        async def sets_mode() -> None:
            mode = self.chance.choice((None, None, ReplyMode.AUTO, ReplyMode.HOLD, ReplyMode.DRAFT))
            with self.said.command(f"mode:{one}", mode):
                await conversations.set_mode(one, mode)

        async def describes() -> None:
            with self.said.command(f"note:{one}", text):
                await conversations.describe(one, ContactChange(note=text))

        async def writes() -> None:
            with self.said.command(f"said:{text}", True):
                await self.opened.desk.replies.write(one, text)

        async def decides() -> None:
            await self.decides_on(one, text)

        return [takes_over, hands_back, hands_back, sets_mode, describes, writes, writes, *[decides] * 6]

    async def decides_on(self, conversation_id: int, text: str) -> None:
        """Undo, edit, cancel, release or repeat one of the replies that let this happen."""
        timeline = await self.opened.store.inbox.timeline(conversation_id, limit=30)
        found = [one for one in timeline if isinstance(one, Reply) and one.state in DECIDABLE | REPEATABLE]
        if not found:
            return
        reply, replies = self.chance.choice(found), self.opened.desk.replies
        if reply.state in REPEATABLE:
            with self.said.command(f"released:{reply.id}", True, again=reply.content.text):
                await replies.retry(reply.id)
        elif reply.author is Author.OPERATOR:
            with self.said.command(f"stopped:{reply.id}", True, gone=reply.content.text):
                await replies.undo(reply.id)
        elif (click := self.chance.randrange(3)) == 0:
            with self.said.command(f"text:{reply.id}", text, gone=reply.content.text):
                await replies.edit(reply.id, text)
        elif click == 1:
            with self.said.command(f"stopped:{reply.id}", True, gone=reply.content.text):
                await replies.cancel(reply.id)
        else:
            with self.said.command(f"released:{reply.id}", True):
                await replies.release(reply.id)


async def patiently[R](said: Confirmed, act: Callable[[], Awaitable[R]]) -> R:
    """Try again as people do, when a disk refuses."""
    while True:
        try:
            return await act()
        except StoreError as error:
            said.note("refused", str(error))


async def begin(home: Path, life: int, said: Confirmed, *, faults: bool = True) -> World:
    """Open the desk and the WeChat in front of it."""
    sandbox = Sandbox()
    await sandbox.start()
    sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, milliseconds=8, times=None))
    for number, kind in enumerate(FAULTS if faults else ()):
        sandbox.faults.plan(SimulatedFault(kind, times=None, chance=0.03, seed=life * 3 + number))
    setup = setup_for(sandbox, home)
    opened = await patiently(said, lambda: open_desk(setup))
    if opened.desk.preferences.now != PREFERRED:  # a start that writes nothing has nothing to sync
        await patiently(said, lambda: opened.desk.preferences.set(PREFERRED))
    world = World(opened, sandbox, said, Random(life), life)
    sandbox.platform.on_sent = world.answered
    sandbox.set_push_url(f"{opened.url}/wx/shop")
    if not opened.desk.rules.rulebook.has_rules:
        await world.imports()
    return world


async def work_and_die(
    home: Path, life: int, lines: int, seconds: float, word: str | None = None, command: str = ""
) -> None:
    """Work until so long after so many lines were written down, and one with that word about such a command."""
    said = Confirmed(home)
    said.die_after(lines, seconds, None if word is None else (word, command))
    await _work(await begin(home, life, said))


async def work(home: Path, life: int, kept: int = 0) -> None:
    """Work until the process is ended; or until so much was kept, and since the last fault of the disk enough."""
    said = Confirmed(home)
    said.note("life", life)
    await _work(await begin(home, life, said), kept)


async def work_carelessly(home: Path, life: int, kept: int, synchronous: str) -> None:
    """Work with a database that is told to take less care of what it was given; the control of a campaign."""
    run = sqlite._run_pragmas
    sqlite._run_pragmas = lambda connection, pragmas: run(connection, [*pragmas, f"synchronous = {synchronous}"])
    await work(home, life, kept)


async def _work(world: World, kept: int = 0) -> None:
    layer = Layer.here()
    people = [world.customer() for _ in range(CUSTOMERS)] + [world.operator(own) for own in range(OPERATORS)]
    tasks = [asyncio.create_task(one) for one in people]
    seen, since = 0, 0
    while not kept or world.said.kept < kept or world.said.kept < since + ENOUGH:
        done, _ = await asyncio.wait(tasks, timeout=0.02)
        for task in done:
            task.result()
        hits = layer.hits if layer is not None else 0
        if hits != seen:
            seen, since = hits, world.said.kept


async def finish(home: Path, life: int) -> None:
    """Leave the desk alone until the last message has its answer; then stop it as people do."""
    world = await begin(home, life, Confirmed(home), faults=False)
    await world.resumes()
    await world.writes(life * 100_000, "oDISK-LAST", f"auto {life}")
    await world.sandbox.wait_for_reply("oDISK-LAST")
    await world.opened.stop()
    await world.sandbox.stop()
