"""The day of what is read is in sight, and is spoken, unless it is today."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.ui.shell.main_window import MainWindow

LI = "oCustomer0000000000000001"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.OFF, HandClock()) as opened:
        yield opened


def test_what_was_written_yesterday_says_so_until_its_line_is_in_sight(
    qtbot: QtBot, world: World, window: MainWindow
) -> None:
    conversation = [world.say(LI, f"question {n}") for n in range(14)][-1]
    world.move_to(START + timedelta(days=1))
    world.say(LI, "and today")
    window.open_conversation(conversation)
    timeline, model = window.inbox.chat.timeline, window.inbox.session.model
    qtbot.waitUntil(lambda: model.rowCount() > 15)
    top = QPoint(timeline.viewport().width() // 2, 0)
    qtbot.waitUntil(lambda: timeline.indexAt(top).data() == "New messages · Yesterday")
    assert timeline.day.isHidden(), "that line tells it"
    timeline.verticalScrollBar().setValue(timeline.verticalScrollBar().value() + 100)
    assert timeline.day.isVisible()
    assert timeline.day.full_text() == "Yesterday"
    spoken = [model.index(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(model.rowCount())]
    assert all("Yesterday" in words for words in spoken if "question" in words)
    assert not any("Yesterday" in words for words in spoken if "and today" in words)
    timeline.verticalScrollBar().setValue(0)
    assert timeline.indexAt(top).data() == "Yesterday"
    assert timeline.day.isHidden()
    timeline.to_end()
    assert timeline.day.isVisible()


def test_today_is_told_by_its_line_alone(qtbot: QtBot, world: World, window: MainWindow) -> None:
    conversation = [world.say(LI, f"question {n}") for n in range(14)][-1]
    window.open_conversation(conversation)
    timeline = window.inbox.chat.timeline
    qtbot.waitUntil(lambda: timeline.verticalScrollBar().value() > 0)
    assert timeline.day.isHidden()
