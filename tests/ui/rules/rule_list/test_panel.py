"""The list: order, switches, deletion and its way back."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, Qt
from PySide6.QtGui import QDragLeaveEvent, QDragMoveEvent, QDropEvent, QFontMetrics
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.errors import BadInput, NotFound, WxdeskError
from wxdesk.core.model.rule import Delivery, Rule
from wxdesk.core.model.statistics import RuleFigures
from wxdesk.ui.editing.list_undo import UndoableChange
from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.rules.rule_list.panel import EDGE, TEXT_LEFT, moved_order, switch_rect
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.dialog import LeaveDialog
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.painting import fitting
from wxdesk.ui.widgets.row_list import RECORD
from wxdesk.ui.wording.times import clock_time, day_text

type Stored = Callable[[], list[Rule]]

NAMES = ["Refunds", "Hours", "Parcels", "Everything else"]


def _shown(page: RulesPage) -> list[str]:
    return [page.rules.index(row).data() for row in range(page.rules.rowCount())]


def _names(rules: list[Rule]) -> list[str]:
    return [rule.name for rule in rules]


def test_the_rules_stand_in_their_order_with_what_they_do(page: RulesPage) -> None:
    assert _shown(page) == NAMES
    assert [page.rules.index(row).data(RECORD).number for row in range(4)] == [1, 2, 3, 4]
    said = [page.rules.index(row).data(RECORD).summary for row in range(4)]
    assert said == [
        "contains refund, 退款 · hands over",
        "contains opening hours, 几点",
        "by pattern",
        "everything else",
    ]
    assert page.editor.head.title.text() == "Refunds"


def test_hits_of_the_week_and_corrections_are_counted(
    page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    hours, refunds = page.rules.index(1), page.rules.index(0)
    assert hours.data(RECORD).figures[0] == "never matched yet"
    world.say("oX3f0000000000000000009k2", "when is the shop open? opening hours")
    world.call(world.desk.rules.rulebook.save(replace(page.rules.rows()[1], delivery=Delivery.DRAFT)))
    thread = world.say("oX3f0000000000000000009k2", "opening hours, please")
    qtbot.waitUntil(lambda: hours.data(RECORD).figures[0].startswith("2 hits in 7 days · Today "))
    [draft] = world.call(world.store.replies.pending())
    assert draft.conversation_id == thread
    world.call(world.desk.replies.cancel(draft.id))
    qtbot.waitUntil(lambda: "2 hits in 7 days · 1 corrected · Today " in hours.data(RECORD).figures[0])
    assert "1 of its answers was changed or stopped by a person" in hours.data(Qt.ItemDataRole.ToolTipRole)
    assert refunds.data(RECORD).figures[0] == "never matched yet"


@pytest.mark.parametrize("language", i18n.LANGUAGES)
@pytest.mark.parametrize("ago", [timedelta(), timedelta(days=1), timedelta(days=40), timedelta(days=400)])
def test_when_a_rule_matched_last_is_never_cut(page: RulesPage, language: str, ago: timedelta) -> None:
    before = i18n.language()
    i18n.use(language)
    try:
        page.resize(900 - 64, 568)
        now = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
        rule = page.rules.rows()[0]
        page.rules.show_figures({rule.id: RuleFigures(1288, now - ago, 112)}, now)
        row = page.list.view.visualRect(page.rules.index(0))
        assert row.width() < 270
        small = font(Size.SMALL, tabular=True)
        for room in (row.width() - TEXT_LEFT - EDGE, row.width() - TEXT_LEFT - EDGE - 80):  # beside “Not saved”
            shown = fitting(page.rules.index(0).data(RECORD).figures, small, room)
            assert QFontMetrics(small).horizontalAdvance(shown) <= room
            assert shown.endswith(day_text(now - ago, now)) or clock_time(now - ago) in shown
            assert "1,288" in shown or room < 150  # hits are told too where they fit
    finally:
        i18n.use(before)


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


def _drag(page: RulesPage, row: int) -> QMimeData:
    return page.rules.mimeData([page.rules.index(row)])


def _over(page: RulesPage, row: int, below: int) -> QPoint:
    return page.list.view.visualRect(page.rules.index(row)).topLeft() + QPoint(60, below)


def _move_over(page: RulesPage, dragged: QMimeData, at: QPoint) -> QDragMoveEvent:
    event = QDragMoveEvent(
        at, Qt.DropAction.MoveAction, dragged, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.list.view.dragMoveEvent(event)
    return event


def _drop(page: RulesPage, dragged: QMimeData, at: QPoint) -> None:
    event = QDropEvent(
        QPointF(at), Qt.DropAction.MoveAction, dragged, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    page.list.view.dropEvent(event)


def test_a_dropped_row_moves(page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot) -> None:
    dragged = _drag(page, 2)
    _drop(page, dragged, _over(page, 0, 1))
    assert _shown(page) == ["Parcels", "Refunds", "Hours", "Everything else"]
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert _names(stored()) == ["Parcels", "Refunds", "Hours", "Everything else"]
    move = Qt.DropAction.MoveAction
    assert not page.rules.dropMimeData(QMimeData(), move, 0, 0, QModelIndex())
    assert not page.rules.dropMimeData(dragged, move, 1, 0, QModelIndex())  # where it stands already


def test_a_drag_moves_its_rule_also_after_other_rows_went(
    page: RulesPage, world: World, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    dragged = _drag(page, 2)
    other = RuleModel()
    other.show(page.rules.rows())
    world.call(world.desk.rules.rulebook.delete(page.rules.rows()[0].id))
    qtbot.waitUntil(lambda: page.rules.rowCount() == 3)
    _drop(page, other.mimeData([other.index(2)]), _over(page, 0, 1))
    assert _shown(page) == ["Hours", "Parcels", "Everything else"]
    _drop(page, dragged, _over(page, 0, 1))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert _names(stored()) == ["Parcels", "Hours", "Everything else"]


@pytest.mark.filterwarnings("ignore:Function. 'QDragMoveEvent")  # Qt means programs, which never make one
def test_a_line_shows_where_a_dragged_row_would_come(page: RulesPage) -> None:
    view, dragged = page.list.view, _drag(page, 2)
    accent = Theme.current().color("accent_fill").rgb()

    def lines() -> list[int]:
        column = view.viewport().grab().toImage()
        x = column.width() // 2
        return [y for y in range(column.height()) if column.pixel(x, y) == accent]

    assert lines() == []
    height = view.visualRect(page.rules.index(0)).height()
    for row, below, before in ((0, 1, 0), (0, height - 2, 1), (1, 1, 1), (3, height - 2, 4)):
        assert _move_over(page, dragged, _over(page, row, below)).isAccepted()
        drawn = lines()
        assert len(drawn) == 2
        assert abs(drawn[0] - min(before * height, view.viewport().height())) <= 2
    assert not _move_over(page, QMimeData(), _over(page, 0, 1)).isAccepted()  # a foreign thing
    assert lines() == []
    _move_over(page, dragged, _over(page, 0, 1))
    view.dragLeaveEvent(QDragLeaveEvent())
    assert lines() == []


def _said(host: QWidget) -> str:
    """What the notice says now; empty for none."""
    toast = host.findChild(Toast)
    return "" if toast.isHidden() else toast.findChild(PlainLabel).full_text()


def _toast_action(host: QWidget) -> Button:
    return host.findChild(Toast).action


def _undo_by_toast(host: QWidget, bridge: Bridge, qtbot: QtBot) -> None:
    action = _toast_action(host)
    qtbot.waitUntil(lambda: bridge.is_idle and action.isVisible())
    assert action.text() == "Undo"
    action.click()
    qtbot.waitUntil(lambda: bridge.is_idle)


def test_a_move_a_switch_and_a_deletion_are_undone_at_once(
    page: RulesPage, stored: Stored, bridge: Bridge, host: QWidget, qtbot: QtBot
) -> None:
    before, view = stored(), page.list.view
    view.setCurrentIndex(page.rules.index(0))
    for _ in range(2):  # moved on and on, it goes back to where it was at first
        qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
        qtbot.waitUntil(lambda: bridge.is_idle)
    assert _names(stored()) == ["Hours", "Parcels", "Refunds", "Everything else"]
    assert _said(host) == "“Refunds” moved to place 3"
    _undo_by_toast(host, bridge, qtbot)
    assert stored() == before
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bridge.is_idle and _said(host) == "“Refunds” switched off")
    assert not stored()[0].enabled
    _undo_by_toast(host, bridge, qtbot)
    assert stored() == before
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: bridge.is_idle and _said(host) == "“Refunds” deleted")
    assert len(stored()) == 3
    qtbot.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bridge.is_idle and _said(host) == "Undone")
    assert stored() == before  # id, revision and place as well, and so all figures
    assert _shown(page) == NAMES
    qtbot.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # there is nothing more
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert stored() == before


def test_all_changes_of_the_list_are_undone_and_redone_one_after_the_other(
    page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    view, steps = page.list.view, [stored()]

    def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        qtbot.keyClick(view, key, modifiers)
        qtbot.waitUntil(lambda: bridge.is_idle)

    view.setCurrentIndex(page.rules.index(0))
    for key, modifiers in (
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_Delete, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_Space, Qt.KeyboardModifier.NoModifier),
    ):
        press(key, modifiers)
        steps.append(stored())
    assert len({tuple((rule.id, rule.enabled) for rule in step) for step in steps}) == 5
    ctrl, shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
    for step in reversed(steps[:-1]):
        press(Qt.Key.Key_Z, ctrl)
        assert stored() == step
    assert not page.past._done
    for step in steps[1:]:
        press(Qt.Key.Key_Z, ctrl | shift)
        assert stored() == step
    assert not page.past._undone
    press(Qt.Key.Key_Z, ctrl)
    press(Qt.Key.Key_Space)  # another change ends what could be done again
    assert not page.past._undone


def test_two_quick_moves_of_a_rule_leave_earlier_steps_to_be_undone(
    page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    before, view = stored(), page.list.view
    view.setCurrentIndex(page.rules.index(0))
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: bridge.is_idle and len(stored()) == 3)
    view.setCurrentIndex(page.rules.index(2))
    for _ in range(2):
        qtbot.keyClick(view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    qtbot.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)  # also before the answers
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert _names(stored()) == ["Hours", "Parcels", "Everything else"]
    qtbot.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert stored() == before


@pytest.mark.parametrize("error", [BadInput(reason="Not now."), NotFound("rule")], ids=["for now", "for good"])
def test_a_failed_undo_can_be_tried_again_unless_its_rule_is_gone(
    page: RulesPage, host: QWidget, bridge: Bridge, qtbot: QtBot, error: WxdeskError
) -> None:
    past, tried = page.past, []

    async def work(*, refused: bool) -> None:
        tried.append(refused)
        if refused:
            raise error

    past.do(UndoableChange(partial(work, refused=False), partial(work, refused=False)), "first")
    past.do(UndoableChange(partial(work, refused=True), partial(work, refused=False)), "second")
    qtbot.waitUntil(lambda: bridge.is_idle)
    tried.clear()
    for _ in range(2):
        past.undo()
        qtbot.waitUntil(lambda: bridge.is_idle)
    for_now = isinstance(error, BadInput)
    assert tried == [True, for_now]
    assert bool(page.past._done) is for_now


def test_a_move_is_taken_back_also_where_others_came_in_between() -> None:
    assert moved_order([1, 2, 3, 4], 4, [1, 4, 2, 3]) == [1, 4, 2, 3]
    assert moved_order([2, 9, 3, 4], 4, [1, 2, 4, 3]) == [2, 4, 9, 3]  # 1 is gone, 9 is new
    assert moved_order([5, 3, 2], 2, [1, 2, 3]) == [2, 5, 3]


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
    assert page.editor.head.title.text() == "Parcels"


def test_a_deleted_rule_can_be_brought_back_to_its_place(
    page: RulesPage, stored: Stored, bridge: Bridge, host: QWidget, qtbot: QtBot
) -> None:
    page.list.view.setCurrentIndex(page.rules.index(1))
    qtbot.keyClick(page.list.view, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: bridge.is_idle and _toast_action(host).isVisible())
    assert _names(stored()) == ["Refunds", "Parcels", "Everything else"]
    assert page.editor.head.title.text() == "Parcels"
    _undo_by_toast(host, bridge, qtbot)
    assert _names(stored()) == NAMES
    assert page.editor.head.title.text() == "Hours"


def test_a_rule_with_unsaved_changes_is_not_deleted_unasked(
    page: RulesPage, stored: Stored, bridge: Bridge, host: QWidget, qtbot: QtBot
) -> None:
    page.list.view.setCurrentIndex(page.rules.index(1))
    page.editor.head.title.setText("Opening")
    qtbot.keyClick(page.list.view, Qt.Key.Key_Delete)
    question = host.findChild(LeaveDialog)
    assert question is not None
    assert _names(stored()) == NAMES
    question.save.click()
    qtbot.waitUntil(lambda: bridge.is_idle and len(stored()) == 3)
    _undo_by_toast(host, bridge, qtbot)
    assert _names(stored()) == ["Refunds", "Opening", "Parcels", "Everything else"]


def test_deleting_the_last_rule_shows_the_empty_page(
    page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    for rule in world.call(world.desk.rules.rulebook.all()):
        world.call(world.desk.rules.rulebook.delete(rule.id))
    qtbot.waitUntil(lambda: bridge.is_idle and page.empty.isVisible())


def test_the_model_keeps_qts_rules(qtbot: QtBot) -> None:
    rules = RuleModel()
    QAbstractItemModelTester(rules, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rules.show([Rule("a", id=1), Rule("b", id=2), Rule("c", id=3)])
    rules.show([Rule("a", id=1), Rule("B", id=2), Rule("c", id=3)])
    with qtbot.waitSignal(rules.reordered) as told:
        assert rules.moveRows(QModelIndex(), 0, 1, QModelIndex(), 3)
    assert told.args == [1, [1, 2, 3]]
    assert [rule.id for rule in rules.rows()] == [2, 3, 1]
    assert not rules.moveRows(QModelIndex(), 0, 1, QModelIndex(), 9)
    with qtbot.waitSignal(rules.switched) as told:
        assert rules.setData(rules.index(1), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole)
    assert told.args == [3, False]
    rules.show([])
    assert rules.rowCount() == 0
