"""Both sides of a comparison chosen, with the mouse or by keyboard, and always said which is which."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.core.rules.rule_matching import NOW
from wxdesk.ui.editing.revisions.comparison import Revision, RevisionLine, RevisionSection
from wxdesk.ui.editing.revisions.dialog import HistoryDialog

SAID = {4: "four", 3: "three", 2: "two", 1: "two"}
"""What each revision says; the second changed nothing."""


@pytest.fixture
def parent(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(900, 600)
    qtbot.addWidget(window)
    window.show()
    return window


def opened(parent: QWidget, *, deleted: bool = False) -> HistoryDialog:
    revisions = [
        Revision(number, NOW - timedelta(days=9 - number), (RevisionSection("Answer", (RevisionLine(text),)),), number)
        for number, text in SAID.items()
    ]
    dialog = HistoryDialog(revisions, NOW, parent, deleted=deleted)
    dialog.open()
    return dialog


def lines(dialog: HistoryDialog) -> list[str]:
    return dialog.view.toPlainText().split("\n")[1:]


def said(dialog: HistoryDialog) -> list[str]:
    legend = dialog.legend
    return [label.full_text() for label in (legend.gone, legend.added, legend.standing) if label.isVisible()]


def choose(dialog: HistoryDialog, beginning: str) -> None:
    names = [dialog.other.itemText(row) for row in range(dialog.other.count())]
    at = next(row for row, name in enumerate(names) if name.startswith(beginning))
    dialog.other.setCurrentIndex(at)
    dialog.other.activated.emit(at)  # as Qt does for an operator


def test_the_dialog_begins_with_the_present_revision_and_the_one_before(parent: QWidget) -> None:
    dialog = opened(parent)
    assert dialog.other.currentText() == "the one before it"
    assert lines(dialog) == ["−\tthree", "+\tfour"]
    assert said(dialog) == ["− only in revision 3", "+ only in revision 4, in use now"]
    dialog.list.setCurrentRow(1)
    assert dialog.other.currentText() == "Revision 4, in use now"
    assert lines(dialog) == ["−\tthree", "+\tfour"]
    assert said(dialog) == ["− only in revision 3", "+ only in revision 4, in use now"]


def test_two_old_revisions_are_compared_the_older_as_removed(parent: QWidget) -> None:
    dialog = opened(parent)
    dialog.list.setCurrentRow(1)
    choose(dialog, "Revision 1 ·")
    assert lines(dialog) == ["−\ttwo", "+\tthree"]
    assert said(dialog) == ["− only in revision 1", "+ only in revision 3"]
    dialog.list.setCurrentRow(3)
    choose(dialog, "Revision 3 ·")
    assert lines(dialog) == ["−\ttwo", "+\tthree"]
    assert said(dialog) == ["− only in revision 1", "+ only in revision 3"]
    dialog.list.setCurrentRow(0)
    assert said(dialog) == ["− only in revision 3", "+ only in revision 4, in use now"]


def test_the_revision_before_follows_the_chosen_one(parent: QWidget) -> None:
    dialog = opened(parent)
    choose(dialog, "the one before it")
    assert lines(dialog) == ["−\tthree", "+\tfour"]
    dialog.list.setCurrentRow(1)
    assert lines(dialog) == ["−\ttwo", "+\tthree"]
    assert said(dialog) == ["− only in revision 2", "+ only in revision 3"]
    dialog.list.setCurrentRow(2)
    assert said(dialog) == ["Reads like revision 1"]
    dialog.list.setCurrentRow(3)
    assert said(dialog) == ["The first one: there is none before it"]


def test_a_revision_can_be_read_by_itself(parent: QWidget) -> None:
    dialog = opened(parent)
    dialog.list.setCurrentRow(1)
    choose(dialog, "no other one")
    assert lines(dialog) == [" \tthree"]
    assert said(dialog) == ["Revision 3 by itself"]
    choose(dialog, "Revision 3 ·")
    assert said(dialog) == ["Revision 3 by itself"]


def test_any_two_revisions_of_a_deleted_record_are_compared_and_none_is_in_use(parent: QWidget) -> None:
    dialog = opened(parent, deleted=True)
    assert [dialog.other.itemText(row) for row in range(2)] == ["the one before it", "no other one"]
    assert said(dialog) == ["Deleted; not in use any more"]
    choose(dialog, "the one before it")
    assert said(dialog) == ["− only in revision 3", "+ only in revision 4"]
    dialog.list.setCurrentRow(3)
    choose(dialog, "Revision 4 ·")
    assert said(dialog) == ["− only in revision 1", "+ only in revision 4"]


def test_both_revisions_are_chosen_and_the_old_one_restored_by_keyboard(
    parent: QWidget, qtbot: QtBot, qapp: QApplication
) -> None:
    dialog = opened(parent)
    qtbot.waitUntil(dialog.list.hasFocus)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Down)
    qtbot.keyClick(dialog.list, Qt.Key.Key_Tab)
    assert dialog.other.hasFocus()
    qtbot.keyClick(dialog.other, Qt.Key.Key_End)
    assert dialog.other.currentText().startswith("Revision 1 ·")
    assert said(dialog) == ["− only in revision 1", "+ only in revision 3"]
    qtbot.keyClick(dialog.other, Qt.Key.Key_Backtab)
    assert dialog.list.hasFocus()
    with qtbot.waitSignal(dialog.taken) as taken:
        qtbot.keyClick(dialog.list, Qt.Key.Key_Return)
    assert taken.args == [3]


def test_the_revision_in_use_cannot_be_restored_whatever_it_is_compared_with(parent: QWidget) -> None:
    dialog = opened(parent)
    for row in (row for row in range(dialog.other.count()) if dialog.other.itemText(row)):
        dialog.other.setCurrentIndex(row)
        assert not dialog.take.isEnabled()
