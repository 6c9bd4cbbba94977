"""A real desk with a real store, and the simulated WeChat in front of it, for the window's tests."""

import asyncio
import dataclasses
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import structs
from msgspec.structs import replace

from tests.flow.timed_desk import HandClock
from tests.prepared import prepare
from tests.store.chats import add_reply
from wxdesk.app import OpenDesk, open_desk, open_window_desk
from wxdesk.config.reading import AccountEntry, Config, ListenerSettings, StoreSettings, WeChatSettings
from wxdesk.core.events import DecisionMade, Event, PauseChanged, ReplyChanged, TemplatesChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import NewReply, Reply, ReplyState
from wxdesk.desk.desk import Desk
from wxdesk.desk.ports import Clock, utc_now
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.push.pusher import PushOutcome
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import Store
from wxdesk.team_desk import TeamDesk
from wxdesk.threads import LoopThread

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 20.0


@dataclass(frozen=True)
class World:
    """`say` and `enter` go the whole way: signed, encrypted, over HTTP, kept, decided and, by a rule, answered."""

    sandbox: Sandbox
    home: Path
    clock: Clock
    _wechat: LoopThread
    _thread: DeskThread[OpenDesk] | DeskThread[TeamDesk]
    _server: DeskThread[OpenDesk]

    def move_to(self, at: datetime) -> None:
        """Let the time be `at` for desk and WeChat, and whoever waits for a time notice; the window beats by itself."""
        assert isinstance(self.clock, HandClock), "this world goes by the real clock"
        self.clock.now = at
        opened = self._server.opened

        async def notice() -> None:
            opened.out.outbox.on_event(PauseChanged(False))
            opened.desk.takeovers.check_again()

        self._server.call(notice())

    @property
    def desk(self) -> Desk:
        return self._thread.desk

    @property
    def store(self) -> Store:
        return self._thread.opened.store

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        return self._thread.loop

    def call[T](self, work: Awaitable[T]) -> T:
        """Let the desk do something and wait for it."""

        async def done() -> T:
            return await work

        return self._thread.call(done())

    def reply(self, new: NewReply) -> Reply:
        """Store a reply as the server does that works, which may not be this desk."""
        return self._server.call(add_reply(self._server.opened.store, new, self.clock()))

    def at_work[T](self, work: Callable[[OpenDesk], Coroutine[Any, Any, T]]) -> T:
        """Run a coroutine of the desk that works, which may be a server beside this one."""
        return self._server.call(work(self._server.opened))

    def say(self, openid: str, text: str) -> int:
        """A customer writes; returns the conversation's id once the desk has decided on it."""
        return self._decided(self.sandbox.say(openid, text))

    def tell(self, openid: str, text: str) -> None:
        """A customer writes; returns once WeChat has pushed it, or not, as while its own tool serves the customer."""
        self._wechat.call(self.sandbox.say(openid, text))

    def show(self, openid: str, picture: bytes) -> int:
        """A customer sends an own picture; returns like `say`."""
        return self._decided(self.sandbox.send_own_picture(openid, picture))

    def enter(self, openid: str, session_from: str = "") -> int:
        """A customer opens the chat; returns the conversation's id once the desk has decided on it."""
        return self._decided(self.sandbox.enter(openid, session_from))

    def push(self, openid: str, **fields: str | int) -> int:
        """WeChat pushes these fields about a customer; returns the conversation's id once the desk has decided."""
        return self._decided(self.sandbox.push(openid, fields))

    def push_event(self, openid: str, event: str) -> PushOutcome:
        """WeChat pushes an event that is no part of any conversation; returns when it has been answered."""
        return self._wechat.call(self.sandbox.push(openid, {"MsgType": "event", "Event": event}))

    def configure(self, **tables: object) -> None:
        """Let these tables of config.toml be in force, and tell nobody."""
        now = self.desk.configuration.now

        async def take() -> None:
            self.desk.configuration.use(dataclasses.replace(now, config=structs.replace(now.config, **tables)))

        self.call(take())

    def publish(self, event: Event) -> None:
        """Put an event on the desk's bus, as the desk would."""

        async def tell() -> None:
            self.desk.bus.publish(event)

        self.call(tell())

    def wait_until_sent(self, reply_id: int) -> None:
        """Return once WeChat has accepted a reply, or refused it for good."""
        ends = {ReplyState.SENT, ReplyState.FAILED, ReplyState.UNKNOWN, ReplyState.CANCELLED}
        self.wait_until(reply_id, lambda reply: reply.state in ends)

    def wait_until(self, reply_id: int, holds: Callable[[Reply], bool]) -> None:
        """Return once this holds of a reply."""

        async def wait() -> None:
            changed = asyncio.Event()

            def hear(event: Event) -> None:
                if isinstance(event, ReplyChanged) and event.reply_id == reply_id:
                    changed.set()

            unsubscribe = self.desk.bus.subscribe(hear)
            async with asyncio.timeout(PATIENCE):
                while not holds(await self.store.replies.get(reply_id)):
                    await changed.wait()
                    changed.clear()
            unsubscribe()

        self.call(wait())

    def grant(self, openid: str) -> None:
        """WeChat allows replies to a customer as though the customer had just written; no desk hears of it."""
        platform = self.sandbox.platform
        platform.wrote(platform.program(""), openid, "text", {"content": "hello"})

    def _decided(self, writing: Coroutine[Any, Any, object]) -> int:
        async def wait() -> int:
            decided: asyncio.Queue[int] = asyncio.Queue()

            def hear(event: Event) -> None:
                if isinstance(event, DecisionMade):
                    decided.put_nowait(event.conversation_id)

            unsubscribe = self.desk.bus.subscribe(hear)
            pushed = asyncio.wrap_future(asyncio.run_coroutine_threadsafe(writing, self._wechat.loop))
            await asyncio.wait_for(pushed, PATIENCE)
            conversation_id = await asyncio.wait_for(decided.get(), PATIENCE)
            unsubscribe()
            return conversation_id

        return self.call(wait())


async def beside(setup: Setup) -> TeamDesk:
    """A desk that knows by now what its server knows."""
    opened = await open_window_desk(setup)
    assert isinstance(opened, TeamDesk)
    caught_up = asyncio.Event()
    opened.desk.bus.subscribe(lambda event: caught_up.set() if isinstance(event, TemplatesChanged) else None)
    async with asyncio.timeout(PATIENCE):
        await caught_up.wait()
    return opened


type Threads = tuple[DeskThread[OpenDesk], DeskThread[OpenDesk] | DeskThread[TeamDesk]]


def _alone(setup: Setup) -> Threads:
    thread = DeskThread(open_desk(setup))
    return thread, thread


def _beside_a_server(setup: Setup, database: str) -> Threads:
    store = StoreSettings(database)
    there = dataclasses.replace(setup, home=setup.home / "server", config=structs.replace(setup.config, store=store))
    server = DeskThread(open_desk(there))
    return server, DeskThread(beside(Setup(setup.home, Config(store=store), clock=setup.clock)))


@contextmanager
def open_world(
    home: Path,
    mode: ReplyMode = ReplyMode.AUTO,
    clock: Clock = utc_now,
    undo_seconds: int = 0,
    others: Sequence[str] = (),
    timezone: str = "",
    shared: str = "",
) -> "Iterator[World]":
    """A desk in `home` with the account `shop`, whose WeChat is simulated on this machine; both go by `clock`.

    What an operator writes leaves at once, or can be undone for `undo_seconds`. To the `others`, which are set up as
    well, nobody writes. With a `shared` database it is a desk beside a server, and has no secrets.
    """
    prepare(home)
    account, credentials = demo_account()
    more = [replace(account, name=name, app_id=f"wx_{name}", original_id=f"gh_{name}") for name in others]
    programs = [MiniProgram(one, credentials) for one in (account, *more)]
    wechat, sandbox = LoopThread("wechat"), Sandbox(programs, clock=clock)
    api_base = wechat.call(sandbox.start())
    entries = tuple(
        AccountEntry(one.name, one.app_id, one.original_id, reply_mode=mode, hold_seconds=600, timezone=timezone)
        for one in (account, *more)
    )
    config = Config(ListenerSettings(port=0), wechat=WeChatSettings(api_base), accounts=entries)
    setup = Setup(home, config, dict.fromkeys((account.name, *others), credentials), clock)
    server, thread = _beside_a_server(setup, shared) if shared else _alone(setup)
    sandbox.set_push_url(f"{server.url}/wx/{account.name}")
    thread.call(thread.desk.preferences.set(replace(thread.desk.preferences.now, undo_seconds=undo_seconds)))
    try:
        yield World(sandbox, home, clock, wechat, thread, server)
    finally:
        stopped = thread.stop() and (server is thread or server.stop())
        wechat.call(sandbox.stop())
        stopped = wechat.stop() and stopped
    assert stopped, "the desk did not stop in time"
