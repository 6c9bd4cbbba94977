"""All places of the window, the store and the rows agree after any steps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytestqt.exceptions import TimeoutError as TooLong
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.inbox.conftest import HOURS
from tests.ui.world import World, open_world
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.conversations.listing import InboxFilter, InboxRow, matches, sort_key
from wxdesk.core.errors import WxdeskError
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import Reply
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.model.statistics import RuleFigures, TimeSpan
from wxdesk.core.replies.lifecycle import is_taken_over, leaves_by_itself
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.inbox.held_replies.control import BAR
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

PEOPLE = [f"oCustomer000000000000000000{n}" for n in range(4)]
RULES = (
    Rule(
        "Refund",
        when=Condition(any=("refund",)),
        then=(Action(ActionKind.REPLY, text="Somebody comes."), Action(ActionKind.TAKE_OVER)),
    ),
    Rule("Thanks", when=Condition(any=("thanks",)), then=(Action(ActionKind.RESOLVE),)),
    HOURS,
    Rule("Default", default=True, then=(Action(ActionKind.REPLY, text="We have it."),)),
)
SAYINGS = ("refund", "opening?", "thanks", "hello")
DEEDS = (
    *SAYINGS, "write", "fail", "take", "back", "release", "stop", "edit",
    "resolve", "snooze", "block", "unblock", "unread", "pin", "pause", "resume", "wait", "look",
)  # fmt: skip

COUNTED = (InboxFilter.NEEDS_HUMAN, InboxFilter.PENDING, InboxFilter.FAILED)

pytestmark = pytest.mark.expects_log(".*")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        for rule in RULES:
            made.call(made.desk.rules.rulebook.save(rule))
        for one in PEOPLE:
            made.say(one, "opening?")
        yield made


def do(world: World, window: MainWindow, deed: str, who: int) -> None:
    desk, openid, at = world.desk, PEOPLE[who], world.clock()
    [thread] = [row.conversation.id for row in everybody(world) if row.conversation.contact.openid == openid]
    held = [one.reply.id for one in world.call(desk.inbox.held_replies()) if one.reply.conversation_id == thread]

    def change(act: RowAct, until: datetime | None = None) -> object:
        return world.call(desk.conversations.change((thread,), RowChange(act, until)))

    deeds: dict[str, Callable[[], object]] = {
        "write": lambda: world.wait_until_sent(world.call(desk.replies.write(thread, "by hand")).id),
        "take": lambda: world.call(desk.conversations.take_over(thread)),
        "back": lambda: world.call(desk.conversations.hand_back(thread)),
        "resolve": partial(change, RowAct.RESOLVE),
        "snooze": partial(change, RowAct.SNOOZE, at + timedelta(hours=1)),
        "unread": partial(change, RowAct.UNREAD),
        "pin": partial(change, RowAct.PIN),
        "block": partial(change, RowAct.BLOCK),
        "unblock": partial(change, RowAct.UNBLOCK),
        "pause": lambda: world.call(desk.outbox.pause(None)),
        "resume": lambda: world.call(desk.outbox.resume()),
        "wait": lambda: world.move_to(at + timedelta(seconds=61)),
        "look": lambda: window.open_conversation(thread),
    }
    if held:
        deeds |= {
            "release": lambda: world.wait_until_sent(world.call(desk.replies.release(held[0])).id),
            "stop": lambda: world.call(desk.replies.cancel(held[0])),
            "edit": lambda: world.call(desk.replies.edit(held[0], "better")),
        }
    if deed == "fail":
        world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45015))
        deed = "write"
    with suppress(WxdeskError):
        deeds.get(deed, lambda: world.say(openid, deed) if deed in SAYINGS else None)()


def everybody(world: World) -> list[InboxRow]:
    return world.call(world.store.inbox.page(InboxFilter.ANY_STATUS))


def differences(world: World, window: MainWindow) -> list[str]:
    """Where two places differ, in words."""
    rows = everybody(world)
    said = pages(world, rows) | shown(world, window, rows)
    found = [f"{place}: {ours} is not {theirs}" for place, (ours, theirs) in said.items() if ours != theirs]
    return found + chat(window)


def pages(world: World, rows: list[InboxRow]) -> dict[str, tuple[object, object]]:
    """The store's pages, and the rows that match."""
    return {
        f"page {chip}": (
            [row.conversation.id for row in world.call(world.store.inbox.page(chip))],
            [row.conversation.id for row in sorted(rows, key=lambda row: sort_key(row, chip)) if matches(row, chip)],
        )
        for chip in InboxFilter
    }


def shown(world: World, window: MainWindow, rows: list[InboxRow]) -> dict[str, tuple[object, object]]:
    """Figures of the window, and those counted from rows and held replies."""
    span = TimeSpan(START - timedelta(hours=11), world.clock() + timedelta(seconds=1))
    figures = world.call(world.store.statistics.over(span, ZoneInfo("UTC")))
    rules = world.call(world.store.decision_history.rule_figures(span.since))
    under = {chip: sum(matches(row, chip) for row in rows) for chip in InboxFilter}
    asking = [one for one in world.call(world.desk.inbox.held_replies()) if one.reply.due_at is None]
    bar, opened = window.notices.bars.texts().get(BAR), {window.inbox.session.conversation_id}
    foot = [int(n) for n in re.findall(r"\d+", window.status_bar.figures.full_text())]
    chips = {chip: re.findall(r"\d+", window.inbox.list.chips.by_filter[chip].text()) for chip in COUNTED}
    return {
        "list": (
            {row.conversation.id for row in window.inbox.list.model.rows()} - opened,
            {row.conversation.id for row in rows if matches(row, InboxFilter.ALL)} - opened,
        ),
        "rail": (window.rail.items[0].badge, under[InboxFilter.UNREAD]),
        "chips": (chips, {chip: [str(under[chip])] if under[chip] else [] for chip in COUNTED}),
        "strip": (len(window.inbox.held.replies.held), sum(row.held for row in rows)),
        "bar": (bar is None or bar.startswith(f"{len(asking)} "), True),
        "foot": (
            foot,
            [under[InboxFilter.WAITING], figures.messages.total, figures.sent_by_rule, figures.sent_by_operator],
        ),
        "waiting": (figures.waiting, under[InboxFilter.WAITING]),
        "unanswered": (figures.messages.unanswered > 0, any(row.conversation.waiting_since for row in rows)),
        "rules": (
            {one.rule_id: (one.hits, one.corrected) for one in figures.rules},
            {one: (its.hits, its.corrected) for one, its in rules.items() if its != RuleFigures(last_at=its.last_at)},
        ),
        "longest": (window.status_bar.longest.conversation is None, not any(map(answerable(world), rows))),
    }


def answerable(world: World) -> Callable[[InboxRow], bool]:
    def holds(row: InboxRow) -> bool:
        window = row.conversation.window
        alive = window.until is not None and window.until > world.clock() and window.left > 0
        return row.conversation.awaits_answer and alive

    return holds


def chat(window: MainWindow) -> list[str]:
    """What the open chat says of who has the word."""
    session, header = window.inbox.session, window.inbox.chat.header
    if session.row is None or session.fresh:
        return []
    replies = [item for item in session.known.in_order() if isinstance(item, Reply)]
    taken = is_taken_over(session.row.conversation, window._bridge.desk.clock())
    leaving = any(map(leaves_by_itself, replies))
    expected = "Hand back" if taken and not leaving else "Take over"
    chip = "By hand after this reply" if taken and leaving else "By hand"
    found = [] if header.takeover.text() == expected else [f"button: {header.takeover.text()}"]
    if taken != header.mode.text().startswith("By hand") or (taken and not header.mode.text().startswith(chip)):
        found.append(f"chip: {header.mode.text()}")
    if taken != bool(window.inbox.detail.speaker.full_text()):
        found.append(f"panel: {window.inbox.detail.speaker.full_text()}")
    return found


@settings(
    max_examples=3, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck), derandomize=True
)
@given(deeds=st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, len(PEOPLE) - 1)), min_size=14, max_size=14))
def test_all_places_agree_whatever_has_happened(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge, deeds: list[tuple[str, int]]
) -> None:
    for deed, who in deeds:
        do(world, window, deed, who)
    with suppress(TooLong):
        qtbot.waitUntil(lambda: bridge.is_idle and not differences(world, window))
    assert not differences(world, window), "\n".join([*differences(world, window), repr(deeds)])
