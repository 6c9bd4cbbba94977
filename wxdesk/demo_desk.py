"""Desk on a simulated WeChat with simulated customers, in a folder of its own.

`wxdesk demo` shows it; the window of any other desk opens one beside itself for who has no account yet.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from itertools import chain, cycle
from pathlib import Path

from msgspec import Struct

from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import AccountEntry, Config, ListenerSettings, WeChatSettings
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.errors import BadInput
from wxdesk.core.events import Event, MessageKept
from wxdesk.core.setup.public_url import push_path
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desk.templates import starter_templates
from wxdesk.i18n import name_accounts
from wxdesk.paths import resource
from wxdesk.runner import DeskThread
from wxdesk.sandbox import scenario
from wxdesk.sandbox.demo_customers import CUSTOMERS, demo_account
from wxdesk.sandbox.server import Sandbox
from wxdesk.sandbox.window_port import SandboxSimulator
from wxdesk.threads import LoopThread
from wxdesk.tunnel.connection import Surroundings
from wxdesk.ui.runtime.installation import InstallationFacts

HOLD_SECONDS = 90
"""Seconds a reply is held in the demo: long enough to look at it."""

TITLE = "示范小店"

PUBLIC_URL = "http://desk.example.com"
"""Public address of the demo, which leads to this machine there alone."""


class WayToLoopback:
    """Network of a demonstration: every public name leads to the desk on this machine."""

    def __init__(self) -> None:
        self._port = 9  # discards what comes, until the desk listens
        self.surroundings = Surroundings(
            self._resolve, port_of=lambda _: self._port, is_private=lambda _: False, own=lambda: ("127.0.0.1",)
        )

    def leads_to(self, url: str) -> None:
        """Lead to the listener at `url` from now on."""
        self._port = int(url.rpartition(":")[2])

    async def _resolve(self, _: str) -> Sequence[str]:
        return ("127.0.0.1",)


class DemoDesk(Struct, frozen=True):
    """A running desk, and the simulated WeChat on its own thread."""

    folder: Path
    wechat: LoopThread
    sandbox: Sandbox
    desk: DeskThread[OpenDesk]

    @property
    def facts(self) -> InstallationFacts:
        """Facts for its window, which has a page for the simulated WeChat."""
        return InstallationFacts(self.folder, simulator=SandboxSimulator(self.sandbox, self.wechat.loop))


@contextlib.contextmanager
def temporary_folder() -> Iterator[Path]:
    """Make a home for a demonstration that leaves nothing behind; raises `BadInput`."""
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        reason = "No folder for temporary files can be written. Set TMPDIR to one that can, or name a home: --home DIR"
        raise BadInput(reason=reason) from None
    with tempfile.TemporaryDirectory(prefix="wxdesk-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextlib.contextmanager
def demo_desk(folder: Path) -> Iterator[DemoDesk]:
    """Run a desk in `folder`, with the starter rules, on a simulated WeChat."""
    account, credentials = demo_account()
    name_accounts({account.name: TITLE})
    wechat = LoopThread("wechat")
    sandbox = Sandbox()
    try:
        api_base = wechat.call(sandbox.start())
        entry = AccountEntry(account.name, account.app_id, account.original_id, hold_seconds=HOLD_SECONDS, title=TITLE)
        listener = ListenerSettings(port=0, public_url=PUBLIC_URL)
        config = Config(listener, wechat=WeChatSettings(api_base), accounts=(entry,))
        way = WayToLoopback()
        desk = DeskThread(open_desk(Setup(folder, config, {account.name: credentials}), way.surroundings))
        try:
            way.leads_to(desk.url)
            desk.call(desk.desk.reachability.check())
            desk.call(_fill_desk(desk.opened))
            sandbox.set_push_url(desk.url + push_path(account.name))
            wechat.call(sandbox.verify_push_url())
            yield DemoDesk(folder, wechat, sandbox, desk)
        finally:
            desk.stop()
    finally:
        wechat.call(sandbox.stop())
        wechat.stop()


@contextlib.contextmanager
def customers_writing(demo: DemoDesk) -> Iterator[None]:
    """Let the simulated customers write, and go on writing."""
    steps = chain(scenario.OPENING, cycle(scenario.LATER))
    writing = asyncio.run_coroutine_threadsafe(scenario.play(demo.sandbox, steps), demo.wechat.loop)
    try:
        yield
    finally:
        writing.cancel()


async def _fill_desk(opened: OpenDesk) -> None:
    """Import the starter rules and templates, and name customers once they write."""
    desk, rules = opened.desk, resource("rules", "starter.zh_CN.toml")
    if not await desk.rules.rulebook.all():
        await desk.rules.exchange.take_in(rules.read_text(encoding="utf-8"), rules.name)
    if not await desk.templates.all():
        await desk.templates.save_all(starter_templates("zh_CN"))
    names = {customer.openid: customer.alias for customer in CUSTOMERS}
    introductions: set[asyncio.Task[None]] = set()

    async def introduce(conversation_id: int) -> None:
        contact = (await opened.store.conversations.get(conversation_id)).contact
        alias = names.get(contact.openid, "")
        if alias and not contact.alias:
            await desk.conversations.describe(conversation_id, ContactChange(alias=alias))

    def on_event(event: Event) -> None:
        if isinstance(event, MessageKept):
            task = asyncio.create_task(introduce(event.conversation_id))
            introductions.add(task)
            task.add_done_callback(introductions.discard)

    desk.bus.subscribe(on_event)
