"""A name of sixty characters is cut with an ellipsis wherever there is no room for it, and pushes nothing aside."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.look.theme import font
from wxdesk.ui.widgets.labels import plain_tip
from wxdesk.ui.widgets.painting import initial_of, paint_text

NAMES = {
    "words": "Maximiliane Konstantinopolitanski von der Dudelsackpfeiferin",
    "unbroken": "W" * 60,
    "Chinese": "王" * 60,
    "emoji": "😀" * 30,
    "Arabic": "محمد عبد الله بن عبد الرحمن بن محمد الطويل جدا اسمه كثيرا",
}
END = 9
"""Pixels: about the width of an ellipsis."""


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_a_long_name_is_cut_and_pushes_nothing_aside(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None], name: str
) -> None:
    conversation_id = world.say("oCustomer0000000000000001", "hello")
    opened(conversation_id)
    header, detail = page.chat.header, page.detail
    ends, panel = _place(header.takeover, page).right(), _place(detail, page)
    world.call(world.desk.conversations.describe(conversation_id, ContactChange(alias=name)))
    qtbot.waitUntil(lambda: header.name.full_text() == name)
    assert header.name.text() != name
    assert "…" in header.name.text()
    assert (_place(header.takeover, page).right(), _place(detail, page)) == (ends, panel)
    assert detail.contact.alias.shortened
    assert detail.contact.alias.toolTip() == plain_tip(name)


def test_the_whole_name_is_there_while_it_is_edited(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    conversation_id = world.say("oCustomer0000000000000001", "hello")
    world.call(world.desk.conversations.describe(conversation_id, ContactChange(alias="<b>" + "W" * 57)))
    opened(conversation_id)
    alias = page.detail.contact.alias
    qtbot.waitUntil(lambda: alias.shortened)
    assert alias.toolTip() == plain_tip("<b>" + "W" * 57), "Qt reads a tool tip as rich text"
    assert _ink(page.grab(_place(alias, page)).toImage(), at_the_left=False) < 5, "an ellipsis is low"
    qtbot.mouseClick(alias, Qt.MouseButton.LeftButton)
    assert not alias.shortened
    assert _ink(page.grab(_place(alias, page)).toImage(), at_the_left=False) > 5


@pytest.mark.parametrize(("name", "at_the_left"), [("W" * 60, False), ("ل" * 60, True)], ids=["Latin", "Arabic"])
def test_a_row_is_cut_where_its_writing_ends(qapp: object, name: str, at_the_left: bool) -> None:
    image = QImage(120, 20, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # as a list's painter comes
    width = paint_text(painter, QRect(0, 0, 120, 20), name, font(14, strong=True), QColor("black"))
    painter.end()
    cut = image.copy(0, 0, width, 20)
    assert _ink(cut, at_the_left=at_the_left) < 5, "an ellipsis is low"
    assert _ink(cut, at_the_left=not at_the_left) > 5


@pytest.mark.parametrize(
    ("alias", "initial"),
    [("li", "L"), ("王芳", "王"), ("👩\u200d👧\u200d👦 Anna", "👩\u200d👧\u200d👦"), ("🇨🇳 Shop", "🇨🇳"), ("é", "É")],
)
def test_the_avatar_shows_a_character_as_a_reader_counts_them(alias: str, initial: str) -> None:
    assert initial_of("oW7hT5gX3fPv0TcUw5rAi8ZnK9k2", alias) == initial


def _place(widget: QWidget, page: QWidget) -> QRect:
    return QRect(widget.mapTo(page, QPoint(0, 0)), widget.size())


def _ink(image: QImage, *, at_the_left: bool) -> int:
    """How many pixels high what is drawn at this end is; a line under the text does not count."""
    columns = range(END) if at_the_left else range(image.width() - END, image.width())
    ground = image.pixelColor(0, 0)
    rows = [
        y
        for y in range(image.height() - 1)
        if any(abs(image.pixelColor(x, y).lightness() - ground.lightness()) > 90 for x in columns)
    ]
    return max(rows) - min(rows) + 1 if rows else 0
