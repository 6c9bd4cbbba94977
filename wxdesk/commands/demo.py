"""`wxdesk demo`: a simulated WeChat, simulated customers and a real desk.

Nothing to configure. The desk is the same as any other: its own folder and listener, rules from the starter
file, signed and encrypted pushes over HTTP. With a display the window opens while customers go on writing;
without one the scenario is played offscreen, printed, and screenshots are saved.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

from wxdesk import logs
from wxdesk.app import OpenDesk, Setup
from wxdesk.commands.offscreen_demo import play_offscreen, pose
from wxdesk.config import AccountEntry, Config, ListenerSettings, WeChatSettings
from wxdesk.core.conversations.contact_change import ContactChange
from wxdesk.core.events import Event, MessageKept
from wxdesk.desk.templates.starters import starter_templates
from wxdesk.desktop import has_display
from wxdesk.i18n import tr
from wxdesk.paths import resource
from wxdesk.runner import DeskThread
from wxdesk.sandbox import scenario
from wxdesk.sandbox.demo_customers import CUSTOMERS, demo_account
from wxdesk.sandbox.server import Sandbox
from wxdesk.sandbox.window_port import SandboxSimulator
from wxdesk.threads import LoopThread
from wxdesk.ui.settings.facts import InstallationFacts
from wxdesk.ui.window import grab_pages, run_window

HOLD_SECONDS = 90
"""Seconds a reply is held in the demo: long enough to look at it."""


def run_demo(home: Path | None, screenshots: Path | None, log_level: str) -> int:
    """Run the demonstration; return 0 if it ended well."""
    offscreen = screenshots is not None or not has_display()
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with _folder(home) as folder, _sandbox_and_desk(folder, log_level) as (wechat, sandbox, desk):
        if not offscreen:
            return _live(wechat, sandbox, desk, folder)
        pictures = screenshots or Path("wxdesk-demo")
        play_offscreen(wechat, sandbox, desk)
        simulator = SandboxSimulator(sandbox, wechat.loop)
        saved = grab_pages(desk.desk, desk.loop, InstallationFacts(folder, desk.url), pictures, pose(desk), simulator)
        print(tr("{n} pictures are in {folder}", n=len(saved), folder=pictures.resolve()))  # noqa: T201
        return 0


@contextlib.contextmanager
def _folder(home: Path | None) -> Iterator[Path]:
    if home is not None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        yield home.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="wxdesk-demo-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@contextlib.contextmanager
def _sandbox_and_desk(folder: Path, log_level: str) -> Iterator[tuple[LoopThread, Sandbox, DeskThread]]:
    account, credentials = demo_account()
    logs.set_up(folder, log_level, (credentials.app_secret, credentials.push_token, credentials.encoding_aes_key))
    wechat = LoopThread("wechat")
    sandbox = Sandbox()
    try:
        api_base = wechat.call(sandbox.start())
        entry = AccountEntry(account.name, account.app_id, account.original_id, hold_seconds=HOLD_SECONDS)
        config = Config(ListenerSettings(port=0), wechat=WeChatSettings(api_base), accounts=(entry,))
        desk = DeskThread(Setup(folder, config, {account.name: credentials}))
        try:
            desk.call(_fill_desk(desk.opened))
            sandbox.set_push_url(f"{desk.url}/wx/{account.name}")
            wechat.call(sandbox.verify_push_url())
            yield wechat, sandbox, desk
        finally:
            desk.stop()
    finally:
        wechat.call(sandbox.stop())
        wechat.stop()


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

    def hear(event: Event) -> None:
        if isinstance(event, MessageKept):
            task = asyncio.create_task(introduce(event.conversation_id))
            introductions.add(task)
            task.add_done_callback(introductions.discard)

    desk.bus.subscribe(hear)


def _live(wechat: LoopThread, sandbox: Sandbox, desk: DeskThread, folder: Path) -> int:
    async def customers() -> None:
        await scenario.play(sandbox)
        await scenario.keep_playing(sandbox)

    writing = asyncio.run_coroutine_threadsafe(customers(), wechat.loop)
    try:
        simulator = SandboxSimulator(sandbox, wechat.loop)
        return run_window(desk.desk, desk.loop, InstallationFacts(folder, desk.url), simulator=simulator)
    finally:
        writing.cancel()
