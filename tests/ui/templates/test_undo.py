"""Undo and redo of a template, over all of its fields."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wxdesk.core.model.reply import ReplyKind
from wxdesk.core.templates import Template
from wxdesk.ui.templates.page import TemplatesPage

CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def _press(page: TemplatesPage, field: QWidget, qtbot: QtBot, *, redo: bool = False) -> None:
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    qtbot.keyClick(field, Qt.Key.Key_Z, CTRL | SHIFT if redo else CTRL)


def test_each_field_is_undone_in_turn_and_redone(page: TemplatesPage, qtbot: QtBot) -> None:
    editor = page.editor
    text, title = editor.saying.text.edit, editor.head.title
    read = [editor.record()]

    def note() -> Template:
        editor.check_now()
        read.append(editor.record())
        return read[-1]

    qtbot.keyClicks(text, "Hm. ")
    assert note().body.startswith("Hm. ")
    editor.finding.category.edit.setText("Other")
    assert note().category == "Other"
    editor.finding.keywords.edit.setText("one, two")
    assert note().keywords == ("one", "two")
    title.setText("Renamed")
    assert note().title == "Renamed"
    editor.saying.text.more.click()
    text.setPlainText("In other words {{ ask.no }}")
    assert len(note().others) == 1
    editor.prompts.rows[0].label.setText("Which order?")
    assert note().prompts[0].label == "Which order?"
    for before in reversed(read[:-1]):
        _press(page, text, qtbot)
        assert editor.record() == before
    assert not page.unsaved
    _press(page, text, qtbot)
    assert editor.record() == read[0], "there is nothing before"
    for after in read[1:]:
        _press(page, title, qtbot, redo=True)
        assert editor.record() == after


def test_a_wording_that_is_undone_leaves_the_cursor_in_the_one_before(page: TemplatesPage, qtbot: QtBot) -> None:
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    text = page.editor.saying.text
    text.more.click()
    second = text.fields[1].edit
    qtbot.waitUntil(second.hasFocus)
    qtbot.keyClicks(second, "At nine.")
    page.editor.check_now()
    while len(text.fields) > 1:
        _press(page, second, qtbot)
    assert text.edit.hasFocus()
    _press(page, text.edit, qtbot, redo=True)
    assert len(text.fields) == 2


def test_another_kind_is_undone_with_what_the_text_said(page: TemplatesPage, qtbot: QtBot) -> None:
    editor = page.editor
    editor.saying.kinds[ReplyKind.LINK].click()
    editor.saying.fields.by_name["title"].edit.setText("Our hours")
    editor.check_now()
    assert editor.record().kind is ReplyKind.LINK
    while page.unsaved:
        editor.undo()
    assert (editor.record().kind, editor.record().body) == (ReplyKind.TEXT, "We open at 9.")
    assert editor.saying.text.isVisible()
    for _ in range(2):
        editor.redo()
    assert editor.record().content.title == "Our hours"


def test_another_template_has_steps_of_its_own(page: TemplatesPage, qtbot: QtBot) -> None:
    page.list.view.setCurrentIndex(page.model.index(1))
    qtbot.waitUntil(lambda: page.editor.head.title.text() == "Parcel")
    shown = page.editor.record()
    page.editor.undo()
    assert page.editor.record() == shown


def test_reverted_changes_can_be_brought_back(page: TemplatesPage) -> None:
    page.editor.head.title.setText("Renamed")
    page.editor.check_now()
    page.editor.head.revert.click()
    assert page.editor.head.title.text() == "Hours"
    page.editor.undo()
    assert page.editor.head.title.text() == "Renamed"


def test_saving_takes_no_step_away(page: TemplatesPage, qtbot: QtBot) -> None:
    page.editor.head.title.setText("Renamed")
    page.editor.save()
    qtbot.waitUntil(lambda: not page.unsaved)
    page.editor.undo()
    assert page.editor.head.title.text() == "Hours"
    assert page.unsaved
