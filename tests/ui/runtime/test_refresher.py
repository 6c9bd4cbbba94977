"""A question that is asked again after changes: one at a time, and once more for what came meanwhile."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.runtime.refresher import Refresher


class Store:
    """Counts the questions; answers with their number, or fails while it is told to."""

    def __init__(self) -> None:
        self.asked = 0
        self.failing = False
        self.answers: list[int] = []
        self.failed = 0

    def question(self) -> Coroutine[Any, Any, int]:
        self.asked += 1
        return self._answer(self.asked, self.failing)

    async def _answer(self, number: int, failing: bool) -> int:
        await asyncio.sleep(0)
        if failing:
            raise ValueError(number)
        return number

    def fail(self) -> None:
        self.failed += 1


def test_changes_during_a_question_cause_one_more(bridge: Bridge, qtbot: QtBot) -> None:
    store, owner = Store(), QObject()
    refresher = Refresher(bridge, store.question, store.answers.append, owner)
    for _ in range(5):
        refresher.ask()
    assert store.asked == 1
    qtbot.waitUntil(lambda: bridge.is_idle and len(store.answers) == 2)
    assert store.answers == [1, 2]


def test_a_question_about_something_else_waits_for_no_answer(bridge: Bridge, qtbot: QtBot) -> None:
    """As for a customer opened after another over a slow line."""
    store, owner = Store(), QObject()
    refresher = Refresher(bridge, store.question, store.answers.append, owner)
    refresher.ask()
    refresher.ask()
    refresher.turn()
    refresher.ask()
    assert store.asked == 2
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert store.answers == [2]


@pytest.mark.expects_log("Unexpected in the window")
def test_an_error_is_told_and_the_next_question_can_be_asked(bridge: Bridge, qtbot: QtBot) -> None:
    store, owner = Store(), QObject()
    told: list[Exception] = []
    bridge.outdated.connect(told.append)
    refresher = Refresher(bridge, store.question, store.answers.append, owner, failed=store.fail)
    store.failing = True
    refresher.ask()
    store.failing = False
    refresher.ask()  # something changed while the one was asked that fails
    qtbot.waitUntil(lambda: store.answers == [2])
    assert store.failed == 1
    assert [str(error) for error in told] == ["1"]


def test_where_nothing_is_to_be_asked_nothing_is_awaited(bridge: Bridge, qtbot: QtBot) -> None:
    store, owner = Store(), QObject()
    wanted: list[int] = []
    refresher = Refresher(bridge, lambda: store.question() if wanted else None, store.answers.append, owner)
    refresher.ask()
    assert not bridge._open
    wanted.append(1)
    refresher.ask()
    qtbot.waitUntil(lambda: store.answers == [1])


def test_changes_that_are_gathered_cause_one_question(bridge: Bridge, qtbot: QtBot) -> None:
    store, owner = Store(), QObject()
    refresher = Refresher(bridge, store.question, store.answers.append, owner, gather_ms=20)
    for _ in range(5):
        refresher.ask_soon()
    assert store.asked == 0
    qtbot.waitUntil(lambda: store.answers == [1])


def test_changes_put_a_debounced_call_off_and_gathered_ones_do_not(qtbot: QtBot) -> None:
    called: list[str] = []
    owner = QObject()
    timer = Debounce(lambda: called.append("now"), owner, 50)
    timer.gather()
    ends = timer.remainingTime()
    qtbot.waitUntil(lambda: timer.remainingTime() < ends)
    left = timer.remainingTime()
    timer.gather()
    assert timer.remainingTime() <= left
    timer.start()
    assert timer.remainingTime() > left - 1
    qtbot.waitUntil(lambda: called == ["now"])
