"""Changes of the list that are made before the desk has answered to the one before."""

import asyncio
from collections.abc import Callable
from functools import partial

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.events import Event, RulesChanged
from wxdesk.core.model.rule import Rule
from wxdesk.ui.editing.list_undo import UndoableChange
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notice_lines import Toast

type Stored = Callable[[], list[Rule]]


def _tells_of_rules(events: tuple[Event, ...]) -> bool:
    return any(isinstance(event, RulesChanged) for event in events)


def test_a_switch_stays_as_pressed_while_the_desk_tells_of_an_earlier_one(
    page: RulesPage, world: World, stored: Stored, bridge: Bridge, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    rulebook, reached = world.desk.rules.rulebook, asyncio.Event()
    set_enabled, [first, second, *_] = rulebook.set_enabled, page.rules.rows()

    async def second_comes_late(rule_id: int, enabled: bool) -> None:
        if rule_id == second.id:
            await reached.wait()
        await set_enabled(rule_id, enabled)

    monkeypatch.setattr(rulebook, "set_enabled", second_comes_late)
    with qtbot.waitSignal(bridge.events, check_params_cb=_tells_of_rules):
        page.rules.turn(page.rules.index(0))
        page.rules.turn(page.rules.index(1))
    answered: list[object] = []
    bridge.ask(rulebook.all(), answered.append)  # after what the page has asked by now
    qtbot.waitUntil(lambda: bool(answered))
    assert [rule.enabled for rule in page.rules.rows()] == [False, False, True, True]
    world.loop.call_soon_threadsafe(reached.set)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert [rule.enabled for rule in stored()] == [rule.enabled for rule in page.rules.rows()]
    assert page.rules.index(1).data(Qt.ItemDataRole.CheckStateRole) is Qt.CheckState.Unchecked
    assert (stored()[0].id, stored()[1].id) == (first.id, second.id)


def test_changes_are_undone_from_the_last_one_made_whichever_was_answered_first(
    page: RulesPage, host: QWidget, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    may_answer, undone = asyncio.Event(), list[str]()

    async def answer_late() -> None:
        await may_answer.wait()

    async def answer() -> None:
        pass

    async def undo(said: str) -> None:
        undone.append(said)

    page.past.do(UndoableChange(partial(undo, "first"), answer_late), "first")
    page.past.do(UndoableChange(partial(undo, "second"), answer), "second")
    qtbot.waitUntil(host.findChild(Toast).isVisible)
    world.loop.call_soon_threadsafe(may_answer.set)
    qtbot.waitUntil(lambda: bridge.is_idle)
    for _ in range(2):
        page.past.undo()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert undone == ["second", "first"]
