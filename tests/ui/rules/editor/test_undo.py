"""Undo and redo in the editor, over all fields."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wxdesk.core.model.rule import Delivery, Rule
from wxdesk.ui.editing.text_undo import UndoSteps
from wxdesk.ui.rules.editor.actions.bodies import ReplyBody
from wxdesk.ui.rules.editor.conditions.parts import WordsPart
from wxdesk.ui.rules.page import RulesPage

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def _edit(page: RulesPage) -> QWidget:
    body = page.editor.then_card.rows[0].body
    assert isinstance(body, ReplyBody)
    return body.wordings.edit


def test_each_field_is_undone_in_turn_and_redone(page: RulesPage, qtbot: QtBot) -> None:
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    editor = page.editor
    read = [editor.record()]
    part = editor.when_card.part("any")
    assert isinstance(part, WordsPart)
    part.chips.field.words.emit(["more"])
    editor.check_now()
    read.append(editor.record())
    editor.leaving_card.delivery.popup_menu.actions()[4].trigger()
    assert editor.record().delivery is Delivery.SHADOW
    editor.check_now()
    read.append(editor.record())
    _edit(page).setFocus()
    qtbot.waitUntil(lambda: _edit(page).hasFocus())
    qtbot.keyClicks(_edit(page), "Hm. ")
    read.append(editor.record())
    for before in reversed(read[:-1]):
        qtbot.keyClick(_edit(page), Qt.Key.Key_Z, CTRL)
        assert editor.record() == before
        qtbot.waitUntil(lambda: _edit(page).hasFocus())  # the keyboard stays where it was
    assert not page.unsaved
    qtbot.keyClick(_edit(page), Qt.Key.Key_Z, CTRL)
    assert editor.record() == read[0], "there is nothing before"
    for after in read[1:]:
        qtbot.waitUntil(lambda: _edit(page).hasFocus())
        qtbot.keyClick(_edit(page), Qt.Key.Key_Z, CTRL | SHIFT)
        assert editor.record() == after


def test_another_rule_has_steps_of_its_own(page: RulesPage) -> None:
    page.editor.head.revert.click()
    page.list.view.setCurrentIndex(page.rules.index(2))
    shown = page.editor.record()
    page.editor.undo()
    assert page.editor.record() == shown


def test_a_rule_chosen_after_a_new_one_has_steps_of_its_own(page: RulesPage) -> None:
    page.start_new()
    page.list.view.setCurrentIndex(page.rules.index(2))
    shown = page.editor.record()
    page.editor.undo()
    assert page.editor.record() == shown


def test_reverted_changes_can_be_brought_back(page: RulesPage) -> None:
    page.editor.head.title.setText("Renamed")
    page.editor.check_now()
    page.editor.head.revert.click()
    assert page.editor.head.title.text() == "Refunds"
    page.editor.undo()
    assert page.editor.head.title.text() == "Renamed"


def test_a_new_change_ends_what_could_be_redone() -> None:
    steps = UndoSteps[Rule]()
    for name in ("a", "b", "c"):
        steps.add(Rule(name))
    steps.add(Rule("c", id=7, revision=3))  # saved, but reading the same
    back = steps.move(-1)
    assert back is not None
    assert back.name == "b"
    steps.add(Rule("d"))
    assert steps.move(1) is None
    again = steps.move(-1)
    assert again is not None
    assert again.name == "b"
