"""While an input method composes a word, nothing is lost, sent or shown wrong; events as fcitx and ibus send them."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QTextCharFormat
from PySide6.QtTest import QSignalSpy
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.reply import Content, Draft
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

type Open = Callable[[int], None]

LI, WANG = "oLI00000000000000000001", "oWANG00000000000000000001"


def compose(field: QWidget, *words: str, commit: str = "") -> None:
    """Compose as both methods do: a longer word with each key, then a commit and an event without anything."""
    for word in words:
        marks = [
            QInputMethodEvent.Attribute(QInputMethodEvent.AttributeType.TextFormat, 0, len(word), QTextCharFormat()),
            QInputMethodEvent.Attribute(QInputMethodEvent.AttributeType.Cursor, 1, 1, None),
        ]
        QApplication.sendEvent(field, QInputMethodEvent(word, marks))
    if commit:
        event = QInputMethodEvent("", [])
        event.setCommitString(commit)
        QApplication.sendEvent(field, event)
    if commit or not words:
        QApplication.sendEvent(field, QInputMethodEvent("", []))


def stored(world: World) -> list[tuple[int, Draft]]:
    return world.call(world.desk.drafts.stored())


def test_a_word_not_yet_chosen_stays_with_its_customer(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    li, wang = world.say(LI, "hello"), world.say(WANG, "hi")
    opened(li)
    edit = page.chat.composer.edit
    compose(edit, commit="您好，")
    compose(edit, "n", "ni hao")
    opened(wang)
    assert (edit.toPlainText(), edit.composing) == ("", False)
    compose(edit)  # the method has heard that its word is over
    opened(li)
    assert edit.toPlainText() == "您好，ni hao"
    qtbot.waitUntil(lambda: bridge.is_idle and stored(world) == [(li, Draft(Content(text="您好，ni hao")))])


def test_a_word_not_yet_chosen_is_stored_at_the_end(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    li = world.say(LI, "hello")
    opened(li)
    compose(page.chat.composer.edit, "你", "你好")
    page.save_unfinished()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert stored(world) == [(li, Draft(Content(text="你好")))]


@pytest.mark.parametrize("dropped", [True, False])
def test_a_word_not_yet_chosen_stays_where_the_keyboard_goes_elsewhere(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, dropped: bool
) -> None:
    opened(world.say(LI, "hello"))
    edit = page.chat.composer.edit
    compose(edit, "你", "你好")
    if dropped:
        compose(edit)  # in the same moment, as Qt has fcitx and ibus do
    page.list.view.setFocus()
    compose(page.list.view)  # the method has heard that its word is over
    assert (edit.toPlainText(), edit.composing) == ("你好", False)
    edit.setFocus()
    compose(edit, "ma")
    compose(edit)  # as Esc does
    qtbot.waitUntil(lambda: not edit._dropping.isActive())
    page.list.view.setFocus()
    assert edit.toPlainText() == "你好"


def test_asking_for_the_page_that_is_shown_ends_no_word(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    li = world.say(LI, "hello")
    window.open_conversation(li)
    edit = window.inbox.chat.composer.edit
    qtbot.waitUntil(lambda: bridge.is_idle and edit.hasFocus())
    compose(edit, "ni")
    moved = QSignalSpy(edit.focus_changed)
    window.open_conversation(li)  # as F7 does where this customer waits longest
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert (edit.composing, moved.count()) == (True, 0), "Qt would end the word with the focus"


@pytest.mark.parametrize("slash", ["/", "／", "、"])
def test_the_slash_key_opens_the_templates_in_chinese_too(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, slash: str
) -> None:
    opened(world.say(LI, "hello"))
    edit, picker = page.chat.composer.edit, page.chat.writing.templates.picker
    compose(edit, commit=slash)
    assert (picker.isVisible(), edit.toPlainText()) == (True, "")
    compose(picker.field, commit=slash)
    assert (picker.isVisible(), edit.toPlainText()) == (False, slash), "the second one writes it"
    edit.setPlainText("苹果")
    edit.moveCursor(edit.textCursor().MoveOperation.End)
    compose(edit, "li", commit=f"{slash}梨")
    compose(edit, commit=slash)
    assert (picker.isVisible(), edit.toPlainText()) == (False, f"苹果{slash}梨{slash}")
    edit.clear()
    page.list.view.setFocus()
    compose(page.list.view, commit=slash)
    assert (picker.isVisible(), picker.field.hasFocus(), edit.toPlainText()) == (True, True, "")


def test_the_first_word_is_not_painted_over_the_words_of_the_empty_field(qtbot: QtBot) -> None:
    edit = MessageEdit()
    qtbot.addWidget(edit)
    edit.show()
    words = edit.placeholderText()
    compose(edit, "ni", "ni hao")
    alone = edit.grab().toImage()
    edit.setPlaceholderText("")
    assert alone == edit.grab().toImage()
    compose(edit)
    assert edit.placeholderText() == words
    compose(edit, "ni", commit="你")
    edit.clear()
    assert edit.placeholderText() == words


def test_candidates_are_placed_below_the_word(qtbot: QtBot) -> None:
    edit = MessageEdit()
    edit.setStyleSheet("padding: 11px")
    qtbot.addWidget(edit)
    edit.show()
    caret = edit.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
    assert isinstance(caret, QRectF)
    assert caret.toRect() == edit.cursorRect().translated(edit.viewport().pos())
    assert edit.viewport().y() >= 11


def test_candidates_follow_a_field_whose_panel_moves(
    qtbot: QtBot, world: World, page: InboxPage, bridge: Bridge, opened: Open
) -> None:
    opened(world.say(LI, "hello"))
    picker = page.chat.writing.templates.picker
    compose(page.chat.composer.edit, commit="、")
    qtbot.waitUntil(lambda: bridge.is_idle and picker.field.hasFocus())
    picker.move(picker.x(), picker.y() - 40)  # as for more rows
    at = picker.field.mapTo(picker.window(), QPoint(0, 0))
    placed = QGuiApplication.inputMethod().inputItemTransform()
    assert (placed.dx(), placed.dy()) == (at.x(), at.y())


@pytest.mark.parametrize("elsewhere", [False, True])
def test_candidates_follow_a_reply_whose_window_gets_lower(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, elsewhere: bool
) -> None:
    opened(world.say(LI, "hello"))
    edit = page.chat.composer.edit
    (page.list.view if elsewhere else edit).setFocus()
    before = edit.mapTo(page.window(), QPoint(0, 0)).y()
    page.window().resize(page.window().width(), page.window().height() - 120)
    qtbot.waitUntil(lambda: edit.mapTo(page.window(), QPoint(0, 0)).y() == before - 120)
    told = QSignalSpy(QGuiApplication.inputMethod().cursorRectangleChanged)
    compose(page.list.view if elsewhere else edit, "ni")
    caret = QGuiApplication.inputMethod().cursorRectangle()
    assert edit.rect().contains(edit.mapFrom(page.window(), caret.center().toPoint()))
    assert told.count() > 0
