"""The list: order, switches, deletion and its way back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.rules import Rule
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.dialogs import ConfirmDialog
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.rules.rule_delegate import switch_rect
from wxdesk.ui.rules.rule_model import Role, RuleModel

type Stored = Callable[[], list[Rule]]

NAMES = ["Refunds", "Hours", "Parcels", "Everything else"]


def _shown(page: RulesPage) -> list[str]:
    return [page.rules.index(row).data() for row in range(page.rules.rowCount())]


def _names(rules: list[Rule]) -> list[str]:
    return [rule.name for rule in rules]


def test_the_rules_stand_in_their_order_with_what_they_do(page: RulesPage) -> None:
    assert _shown(page) == NAMES
    assert [page.rules.index(row).data(Role.NUMBER) for row in range(4)] == [1, 2, 3, 4]
    said = [page.rules.index(row).data(Role.SUMMARY) for row in range(4)]
    assert said == [
        "contains refund, 退款 · hands over",
        "contains opening hours, 几点",
        "by pattern",
        "everything else",
    ]
    assert page.editor.name.text() == "Refunds"


def test_hits_of_the_week_are_counted(page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot) -> None:
    for _ in range(2):
        world.say("oX3f0000000000000000009k2", "when is the shop open? opening hours")
    qtbot.waitUntil(lambda: bridge.is_idle and "2 hits" in page.rules.index(1).data(Role.SUMMARY))
    assert "hit" not in page.rules.index(0).data(Role.SUMMARY)


def test_alt_and_an_arrow_move_a_rule(page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot) -> None:
    page.list.view.setCurrentIndex(page.rules.index(1))
    qtbot.keyClick(page.list.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert _shown(page) == ["Refunds", "Parcels", "Hours", "Everything else"]
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert _names(stored()) == ["Refunds", "Parcels", "Hours", "Everything else"]
    assert page.list.view.currentIndex().data() == "Hours"
    qtbot.keyClick(page.list.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(page.list.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(page.list.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert _names(stored()) == ["Hours", "Refunds", "Parcels", "Everything else"]


def test_a_dropped_row_moves(page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot) -> None:
    dragged = page.rules.mimeData([page.rules.index(2)])
    move, left, none = Qt.DropAction.MoveAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    top = QPointF(page.list.view.visualRect(page.rules.index(0)).topLeft() + QPoint(60, 1))
    page.list.view.dropEvent(QDropEvent(top, move, dragged, left, none))
    assert _shown(page) == ["Parcels", "Refunds", "Hours", "Everything else"]
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert _names(stored()) == ["Parcels", "Refunds", "Hours", "Everything else"]
    assert not page.rules.dropMimeData(QMimeData(), move, 0, 0, QModelIndex())
    assert not page.rules.dropMimeData(dragged, move, 2, 0, QModelIndex())  # where it stands already


def test_space_and_a_click_switch_a_rule(page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot) -> None:
    view = page.list.view
    view.setCurrentIndex(page.rules.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    at = switch_rect(view.visualRect(page.rules.index(2))).center()
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert [rule.enabled for rule in stored()] == [False, True, False, True]
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, at.y()))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert [rule.enabled for rule in stored()] == [False, True, False, True]  # beside the switch
    assert page.editor.name.text() == "Parcels"


def test_a_deleted_rule_can_be_brought_back_to_its_place(
    page: RulesPage, stored: Stored, bridge: Bridge, host: QWidget, qtbot: QtBot
) -> None:
    page.list.view.setCurrentIndex(page.rules.index(1))
    qtbot.keyClick(page.list.view, Qt.Key.Key_Delete)
    question = host.findChild(ConfirmDialog)
    assert question is not None
    assert _names(stored()) == NAMES  # nothing happens before the answer
    question.action.click()
    qtbot.waitUntil(lambda: bridge.is_idle and page.list.offers_restore())
    assert _names(stored()) == ["Refunds", "Parcels", "Everything else"]
    assert page.editor.name.text() == "Refunds"
    page.list.restore.click()
    qtbot.waitUntil(lambda: bridge.is_idle and len(_shown(page)) == 4)
    assert _names(stored()) == NAMES
    assert not page.list.offers_restore()


def test_deleting_the_last_rule_shows_the_empty_page(
    page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    for rule in world.call(world.desk.rulebook.all()):
        world.call(world.desk.rulebook.delete(rule.id))
    qtbot.waitUntil(lambda: bridge.is_idle and page.empty.isVisible())


def test_the_model_keeps_qts_rules(qtbot: QtBot) -> None:
    rules = RuleModel()
    QAbstractItemModelTester(rules, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rules.show([Rule("a", id=1), Rule("b", id=2), Rule("c", id=3)])
    rules.show([Rule("a", id=1), Rule("B", id=2), Rule("c", id=3)])
    with qtbot.waitSignal(rules.reordered) as told:
        assert rules.moveRows(QModelIndex(), 0, 1, QModelIndex(), 3)
    assert told.args == [[2, 3, 1]]
    assert not rules.moveRows(QModelIndex(), 0, 1, QModelIndex(), 9)
    with qtbot.waitSignal(rules.switched) as told:
        assert rules.setData(rules.index(1), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert told.args == [3, False]
    rules.show([])
    assert rules.rowCount() == 0
