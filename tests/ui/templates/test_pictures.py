"""A template that is a picture: chosen, pasted where the cursor happens to be, and shown whole."""

from pathlib import Path

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.inbox.test_pictures import files, png
from wxdesk.core.model.reply import ReplyKind
from wxdesk.ui.templates.page import TemplatesPage

PASTE = (Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)


def test_a_picture_is_pasted_as_soon_as_its_kind_is_chosen(qtbot: QtBot, page: TemplatesPage, tmp_path: Path) -> None:
    path = tmp_path / "price.png"
    path.write_bytes(png(600))
    card, title = page.editor.saying, page.editor.head.title
    page.list.new.click()
    title.setFocus()
    qtbot.keyClicks(title, "Prices")
    for kind, focused in ((ReplyKind.TEXT, card.text.edit), (ReplyKind.LINK, card.fields.by_name["title"].edit)):
        card.kinds[kind].click()
        assert QApplication.focusWidget() is focused
    card.kinds[ReplyKind.IMAGE].click()
    field = card.fields.pictures["picture"]
    QGuiApplication.clipboard().setMimeData(files(path))
    for where in (QApplication.focusWidget(), title):
        qtbot.keyClick(where, *PASTE)
        assert field.words.full_text() == "Reading the picture…"
        qtbot.waitUntil(lambda: bool(field.digest))
    page.editor.check_now()
    bubble = page.editor.preview.bubble
    qtbot.waitUntil(lambda: bubble.isVisible() and bubble.height() == bubble.heightForWidth(bubble.width()))
    card.kinds[ReplyKind.LINK].click()
    qtbot.keyClick(title, *PASTE)
    assert title.text() == "Prices", "the address of the file is no title"
    QGuiApplication.clipboard().clear()


def test_a_picture_dropped_onto_a_field_for_words_leaves_them_as_they_are(page: TemplatesPage, tmp_path: Path) -> None:
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    data = files(tmp_path / "price.png")
    for field in (
        page.editor.head.title,
        page.editor.finding.category.edit,
        page.editor.saying.fields.by_name["url"].edit,
    ):
        enter = QDragEnterEvent(QPointF(4, 4), copy, data, left, none)
        enter.ignore()
        QApplication.sendEvent(field, enter)
        assert not enter.isAccepted()
