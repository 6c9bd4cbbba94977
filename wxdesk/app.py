"""The whole program in one place: builds every part, starts them, stops them in order. Read this first.

`OpenDesk` lives on one asyncio loop and knows no window. `wxdesk serve` runs it on the main thread; with a
window it runs on a thread of its own (`DeskThread`), so that a busy window never keeps WeChat waiting.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wxdesk.config import Config
from wxdesk.core.credentials import Credentials
from wxdesk.core.events import ListenerChanged
from wxdesk.core.model import Account
from wxdesk.desk.answering import Answering
from wxdesk.desk.bus import Bus
from wxdesk.desk.desk import Desk
from wxdesk.desk.handoff import Handoff
from wxdesk.desk.health import Health
from wxdesk.desk.intake import Intake
from wxdesk.desk.liquid import LiquidRenderer
from wxdesk.desk.outbox import Outbox
from wxdesk.desk.patterns import compile_pattern
from wxdesk.desk.pause import Pause
from wxdesk.desk.ports import Clock
from wxdesk.desk.rulebook import Rulebook
from wxdesk.desk.traffic import Traffic
from wxdesk.store import SqlStore, open_store
from wxdesk.webhook.parse import read_push
from wxdesk.webhook.server import Listener
from wxdesk.wechat.client import WeChatClient

log = logging.getLogger(__name__)

STOP_SECONDS = 3.0
"""What a stop may take, whatever is under way."""


def utc_now() -> datetime:
    """The clock of the real world."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Setup:
    """What a desk is built from. `credentials` is by account name; an account without any can do nothing."""

    home: Path
    config: Config
    credentials: Mapping[str, Credentials] = field(default_factory=dict)
    clock: Clock = utc_now

    @property
    def accounts(self) -> dict[str, Account]:
        """The configured accounts by name."""
        return {entry.name: entry.account() for entry in self.config.accounts}


class OpenDesk:
    """A desk at work: made by `open_desk`, ended by `stop`."""

    def __init__(
        self, desk: Desk, store: SqlStore, intake: Intake, outbox: Outbox, outside: tuple[Listener, WeChatClient]
    ) -> None:
        self.desk = desk
        self.url = ""
        self._store = store
        self._intake = intake
        self._outbox = outbox
        self._listener, self._client = outside
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Finish what the last run left, then go to work; the listener last, when all behind it is ready."""
        await self._outbox.recover()
        await self._intake.recover()
        self._run("intake", self._intake.run())
        self._run("outbox", self._outbox.run())
        self._run("tokens", self._client.run())
        self.url = await self._listener.start()
        self.desk.bus.publish(ListenerChanged(self.url))

    async def stop(self) -> None:
        """Stop in the order in which a message travels, so that each part's last work finds the next one open."""
        await self._listener.stop()
        self.desk.bus.publish(ListenerChanged(""))
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._client.close()
        await self._store.close()

    def _run(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_report_end)
        self._tasks.append(task)


async def open_desk(setup: Setup) -> OpenDesk:
    """Build a desk and start it.

    Raises:
        StoreError: the database is in use, damaged or too new.
        PortInUse: the listener's port is taken. Nothing is left open then.
    """
    config, accounts, clock = setup.config, setup.accounts, setup.clock
    store = await open_store(config.store.url, setup.home)
    try:
        await store.register(list(accounts.values()))
        bus, health, traffic = Bus(), Health(), Traffic()
        bus.subscribe(health.hear)
        bus.subscribe(traffic.hear)

        pause = Pause(store.settings, bus.publish)
        rulebook = Rulebook(store.rules, compile_pattern, LiquidRenderer(), clock, bus.publish)
        handoff = Handoff(store, pause, bus.publish, clock)
        intake = Intake(store, read_push, Answering(accounts, rulebook, pause, clock), bus.publish)

        client = WeChatClient(
            config.wechat.api_base, config.wechat.token_endpoint, setup.credentials, bus.publish, clock
        )
        outbox = Outbox(store, client, accounts, pause, bus.publish, clock)
        bus.subscribe(outbox.hear)

        known = {
            name: (account, setup.credentials[name]) for name, account in accounts.items() if name in setup.credentials
        }
        listener = Listener(known, intake.keep, bus.publish, clock, config.listener.host, config.listener.port)

        desk = Desk(accounts, store, handoff, rulebook, health, traffic, bus, clock)
        await pause.load()
        await rulebook.load()
        opened = OpenDesk(desk, store, intake, outbox, (listener, client))
    except BaseException:
        await store.close()
        raise
    try:
        await opened.start()
    except BaseException:
        await opened.stop()
        raise
    return opened


class DeskThread:
    """Runs a desk on a thread of its own, with a standard asyncio loop."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._ready = threading.Event()
        self._stopping: asyncio.Event | None = None
        self._failure: BaseException | None = None
        self._opened: OpenDesk | None = None
        self._thread = threading.Thread(target=self._main, name="desk", daemon=True)
        self.loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> OpenDesk:
        """Open the desk and wait until it listens. Raises what `open_desk` raises."""
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._thread.join()
            raise self._failure
        assert self._opened is not None  # noqa: S101 - either failed or opened
        return self._opened

    def stop(self) -> bool:
        """Stop the desk and wait for its end; False if that took longer than it may."""
        if self.loop is not None and self._stopping is not None and self._thread.is_alive():
            self.loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(STOP_SECONDS)
        return not self._thread.is_alive()

    def _main(self) -> None:
        try:
            asyncio.run(self._work())
        except BaseException as error:  # noqa: BLE001 - handed to whoever waits in `start`
            self._failure = error
            log.debug("The desk thread ended: %s", type(error).__name__)
        finally:
            self._ready.set()

    async def _work(self) -> None:
        self.loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._opened = await open_desk(self._setup)
        self._ready.set()
        await self._stopping.wait()
        await self._opened.stop()


def _report_end(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.critical("The %s stopped working", task.get_name(), exc_info=error)
