"""All places of the window, the store and the rows agree after any steps."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytestqt.exceptions import TimeoutError as TooLong
from pytestqt.qtbot import QtBot

from tests.ui.deeds import DEEDS, PEOPLE, Pair, apart, do, everybody, figures_of, open_shop, stored
from tests.ui.world import World
from wxdesk.core.conversations.listing import InboxFilter, InboxRow, matches
from wxdesk.core.model.reply import Reply
from wxdesk.core.replies.lifecycle import is_taken_over, leaves_by_itself
from wxdesk.ui.inbox.held_replies.control import BAR
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

COUNTED = (InboxFilter.NEEDS_HUMAN, InboxFilter.PENDING, InboxFilter.FAILED)

pytestmark = pytest.mark.expects_log(".*")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_shop(tmp_path) as made:
        yield made


def differences(world: World, window: MainWindow) -> list[str]:
    """Where two places differ, in words."""
    rows = everybody(world)
    return apart(stored(world, rows) | shown(world, window, rows)) + chat(window)


def shown(world: World, window: MainWindow, rows: list[InboxRow]) -> dict[str, Pair]:
    """Figures of the window, and those counted from rows and held replies."""
    figures = figures_of(world)
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
        "insights": (figures.waiting, under[InboxFilter.WAITING]),
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
    if session.row is None or session.visit.fresh:
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
        do(world, window.open_conversation, deed, who)
    with suppress(TooLong):
        qtbot.waitUntil(lambda: bridge.is_idle and not differences(world, window))
    assert not differences(world, window), "\n".join([*differences(world, window), repr(deeds)])
