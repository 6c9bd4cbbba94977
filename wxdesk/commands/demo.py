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
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from wxdesk import logs
from wxdesk.app import OpenDesk, Setup
from wxdesk.config import AccountEntry, Config, ListenerSettings, WeChatSettings
from wxdesk.core.conversations.contact_change import ContactChange
from wxdesk.core.conversations.listing import InboxFilter, InboxRow, TimelineItem
from wxdesk.core.events import Event, MessageKept
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import can_be_undone
from wxdesk.desk.templates.starters import starter_templates
from wxdesk.desktop import has_display
from wxdesk.i18n import tr
from wxdesk.paths import resource
from wxdesk.runner import DeskThread
from wxdesk.sandbox import scenario
from wxdesk.sandbox.demo_customers import CUSTOMERS, MISS_CHEN, STRANGER, WANG_FANG, ZHANG_SANFENG, demo_account
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox
from wxdesk.sandbox.window_port import SandboxSimulator
from wxdesk.threads import LoopThread
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.settings.facts import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.window import grab_pages, run_window
from wxdesk.ui.wording.messages import author_word, clock_time, kind_word, name_of
from wxdesk.ui.wording.reply_status import status_of_reply

HOLD_SECONDS = 90
"""Seconds a reply is held in the demo: long enough to look at it."""

PICTURES = Path("wxdesk-demo")
"""Default folder of screenshots when there is no display."""


def run_demo(home: Path | None, screenshots: Path | None, log_level: str) -> int:
    """Run the demonstration; return 0 if it ended well."""
    offscreen = screenshots is not None or not has_display()
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    with _folder(home) as folder, _sandbox_and_desk(folder, log_level) as (wechat, sandbox, desk):
        if not offscreen:
            return _live(wechat, sandbox, desk, folder)
        pictures = screenshots or PICTURES
        *opening, last = scenario.OPENING
        _play(wechat, sandbox, desk, opening)
        desk.call(_act_as_operator(desk.opened, sandbox))
        _play(wechat, sandbox, desk, (last,))
        desk.call(_print_conversations(desk.opened))
        simulator = SandboxSimulator(sandbox, wechat.loop)
        saved = grab_pages(desk.desk, desk.loop, InstallationFacts(folder, desk.url), pictures, _pose(desk), simulator)
        print(tr("{n} pictures are in {folder}", n=len(saved), folder=pictures.resolve()))  # noqa: T201
        return 0


def _play(wechat: LoopThread, sandbox: Sandbox, desk: DeskThread, steps: Sequence[scenario.ScenarioStep]) -> None:
    """Play the steps one by one, waiting for the desk, so that every run is the same."""
    for step in steps:
        wechat.call(scenario.play(sandbox, 0, (step,)))
        desk.call(_wait_until_idle(desk.opened))


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
    """Start the simulated WeChat and the desk on two threads and connect them."""
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
        await desk.rules.rulebook.import_text(rules.read_text(encoding="utf-8"), rules.name)
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


async def _act_as_operator(opened: OpenDesk, sandbox: Sandbox) -> None:
    """Act as the operator of the scenario: take over, reply, set hold, meet a refusal."""
    conversations = {row.conversation.contact.openid: row.conversation.id for row in await _rows(opened)}
    desk = opened.desk
    await desk.conversations.take_over(conversations[ZHANG_SANFENG.openid])
    await desk.conversations.hand_back(conversations[WANG_FANG.openid])
    await desk.conversations.set_mode(conversations[WANG_FANG.openid], ReplyMode.HOLD)
    await desk.replies.write(conversations[MISS_CHEN.openid], "已经帮您改好地址了，请放心")
    await _wait_until_idle(opened)
    sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45015))
    await desk.replies.write(conversations[STRANGER.openid], "照片收到了，这就给您补发一个")
    await _wait_until_idle(opened)


async def _rows(opened: OpenDesk) -> list[InboxRow]:
    return await opened.store.inbox.page(InboxFilter.ALL)


def _pose(desk: DeskThread) -> Callable[[MainWindow], None]:
    """Arrange the window for screenshots: one open conversation, one rule trial."""
    rows = desk.call(_rows(desk.opened))
    chosen = next(row.conversation.id for row in rows if row.conversation.contact.openid == WANG_FANG.openid)

    def pose(window: MainWindow) -> None:
        _page(window, InboxPage).open_conversation(chosen)
        trial = _page(window, RulesPage).trial
        trial.sentence.setText(scenario.OPENING[-1].what)
        trial.try_now()

    return pose


def _page[T](window: MainWindow, kind: type[T]) -> T:
    return next(page.widget for page in window.pages if isinstance(page.widget, kind))


async def _wait_until_idle(opened: OpenDesk) -> None:
    """Wait until every message has a decision and no reply is queued or sending."""
    changed = asyncio.Event()
    unsubscribe = opened.desk.bus.subscribe(lambda _: changed.set())
    try:
        while await _busy(opened):
            changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await changed.wait()
    finally:
        unsubscribe()


async def _busy(opened: OpenDesk) -> bool:
    if await opened.store.decisions.undecided(1) or await opened.store.pushes.underived(1):
        return True
    moving = {ReplyState.QUEUED, ReplyState.SENDING}
    last = [row.last_reply for row in await _rows(opened) if row.last_reply is not None]
    return any(reply.state in moving or can_be_undone(reply) for reply in last)


async def _print_conversations(opened: OpenDesk) -> None:
    for row in reversed(await _rows(opened)):
        print(f"\n── {name_of(row.conversation.contact)}")  # noqa: T201 - the demonstration's output
        for item in await opened.store.inbox.timeline(row.conversation.id):
            print(_line(item, opened.desk.clock()))  # noqa: T201


def _line(item: TimelineItem, now: datetime) -> str:
    if isinstance(item, Reply):
        said = item.content.summary or kind_word(item.content.kind)
        return f"{clock_time(item.at)}  → {said}  ({author_word(item)} · {status_of_reply(item, now).text})"
    said = item.text or item.session_from or ""
    kind = "" if item.type is MessageType.TEXT else kind_word(item.type)
    return f"{clock_time(item.at)}  {' '.join(part for part in (kind, said) if part)}"
