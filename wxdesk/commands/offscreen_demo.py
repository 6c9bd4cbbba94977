"""Demonstration without a display: plays by itself (no Qt), poses for pictures."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from wxdesk.app import OpenDesk
from wxdesk.core.conversations.listing import InboxFilter, InboxRow, TimelineItem
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.lifecycle import can_be_undone
from wxdesk.core.setup.findings import Check
from wxdesk.desk.runtime.timers import sleep
from wxdesk.runner import DeskThread
from wxdesk.sandbox import scenario
from wxdesk.sandbox.demo_customers import MISS_CHEN, STRANGER, WANG_FANG, ZHANG_SANFENG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox
from wxdesk.threads import LoopThread
from wxdesk.ui.wording.messages import author_word, kind_text, name_of
from wxdesk.ui.wording.reply_status import status_of_reply
from wxdesk.ui.wording.times import clock_time

if TYPE_CHECKING:
    from wxdesk.ui.shell.main_window import MainWindow


def play_offscreen(wechat: LoopThread, sandbox: Sandbox, desk: DeskThread[OpenDesk]) -> None:
    """Play the scenario step by step, with its operator, and print the conversations."""
    *opening, last = scenario.OPENING
    _play(wechat, sandbox, desk, opening)
    desk.call(_act_as_operator(desk.opened, sandbox))
    _play(wechat, sandbox, desk, (last,))
    desk.call(_print_conversations(desk.opened))


def _play(
    wechat: LoopThread, sandbox: Sandbox, desk: DeskThread[OpenDesk], steps: Sequence[scenario.ScenarioStep]
) -> None:
    """Play the steps one by one, waiting for the desk, so that every run is the same."""
    for step in steps:
        wechat.call(scenario.play(sandbox, (step,), 0))
        desk.call(_wait_until_idle(desk.opened))


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


def pose(desk: DeskThread[OpenDesk]) -> "Callable[[MainWindow], None]":
    """Arrange the window for screenshots: an open conversation, a trial, a set-up."""
    rows = desk.call(_rows(desk.opened))
    chosen = next(row.conversation.id for row in rows if row.conversation.contact.openid == WANG_FANG.openid)

    def arrange(window: "MainWindow") -> None:
        window.pages.inbox.widget.open_conversation(chosen)
        trial = window.pages.rules.widget.trial
        trial.sentence.setText(scenario.OPENING[-1].what)
        trial.try_now()
        window.pages.guide.widget.open(next(iter(desk.opened.desk.accounts)), Check.SECRETS)

    return arrange


async def _wait_until_idle(opened: OpenDesk) -> None:
    """Wait until every message has a decision and no reply is queued or sending."""
    changed = asyncio.Event()
    unsubscribe = opened.desk.bus.subscribe(lambda _: changed.set())
    try:
        while await _busy(opened):
            changed.clear()
            await sleep(1, changed)
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
        said = item.content.summary or kind_text(item.content.kind)
        return f"{clock_time(item.at)}  → {said}  ({author_word(item)} · {status_of_reply(item, now).text})"
    said = item.text or item.session_from or ""
    kind = "" if item.type is MessageType.TEXT else kind_text(item.type)
    return f"{clock_time(item.at)}  {' '.join(part for part in (kind, said) if part)}"
