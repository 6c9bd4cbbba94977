"""Pictures as operators have them: several at once, of other formats, and copied in a browser."""

import io
from functools import partial
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QClipboard, QColor, QDragEnterEvent, QDropEvent, QImage, QKeyEvent, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_reply
from tests.ui.inbox.test_pictures import drop, files, png
from tests.ui.world import World
from wxdesk.core.model.reply import ReplyKind, ReplyState
from wxdesk.i18n import size_text
from wxdesk.ui.content.layout import lay_out_content
from wxdesk.ui.content.painting import paint_content
from wxdesk.ui.content.picture_intake import sources_in
from wxdesk.ui.content.pieces import PicturePiece
from wxdesk.ui.inbox.composer.panels.control import PanelControl
from wxdesk.ui.inbox.page import InboxPage


def arrived_pictures(world: World) -> list[Image.Image]:
    """What the customer got, in order."""
    media = world.sandbox.platform.media
    return [Image.open(io.BytesIO(media.get(one.content["media_id"]).data)) for one in world.sandbox.sent]


def test_several_pictures_are_dropped_and_sent_one_after_the_other(
    qtbot: QtBot, world: World, page: InboxPage, panels: PanelControl, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{width}.png" for width in (10, 20, 30)]
    for path in paths:
        path.write_bytes(png(int(path.stem)))
    order = tmp_path / "order.pdf"
    order.write_bytes(b"%PDF-1.7")
    drop(page, files(paths[0], order, *paths[1:]))
    panel = panels[ReplyKind.IMAGE]
    field = panel.form.pictures["picture"]
    qtbot.waitUntil(lambda: panel.title.full_text() == "Send a picture · 2 more follow")
    assert field.words.full_text().startswith("10.png · ")
    assert field.error.full_text().startswith("order.pdf: This is not a picture")
    held = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, Qt.KeyboardModifier.NoModifier, "\r", True)
    QApplication.sendEvent(panel, held)
    for left, title in ((1, "Send a picture · 1 more follows"), (0, "Send a picture")):
        QTest.keyClick(panel.send, Qt.Key.Key_Return)
        qtbot.waitUntil(partial(lambda title: panel.title.full_text() == title, title))
        assert (panel.isVisible(), len(page.session.model.rows()) > 2 - left) == (True, True)
    QTest.keyClick(panel.send, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(world.sandbox.sent) == 3)
    assert [one.width for one in arrived_pictures(world)] == [10, 20, 30]
    qtbot.waitUntil(lambda: not panel.isVisible())


def test_one_of_several_is_removed_and_the_next_is_shown(
    qtbot: QtBot, page: InboxPage, panels: PanelControl, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{width}.png" for width in (10, 20)]
    for path in paths:
        path.write_bytes(png(int(path.stem)))
    panels.take_pictures(sources_in(files(*paths)))
    panel = panels[ReplyKind.IMAGE]
    qtbot.waitUntil(lambda: panel.title.full_text() == "Send a picture · 1 more follows")
    first = panel.content()
    panel.form.pictures["picture"].remove.click()
    assert panel.content().picture not in ("", first.picture)
    assert panel.title.full_text() == "Send a picture"
    panels.close()
    assert page.chat.composer.line.words.full_text() == "A picture is not sent yet"


def test_a_file_that_cannot_be_read_does_not_replace_the_picture_in_hand(
    qtbot: QtBot, panels: PanelControl, tmp_path: Path
) -> None:
    picture = tmp_path / "10.png"
    picture.write_bytes(png(10))
    panels.take_pictures(sources_in(files(picture)))
    panel = panels[ReplyKind.IMAGE]
    field = panel.form.pictures["picture"]
    qtbot.waitUntil(lambda: bool(panel.content().picture))
    before, words = panel.content(), field.words.full_text()
    (tmp_path / "order.pdf").write_bytes(b"%PDF-1.7")
    for name, why in (("gone.png", "there is no such file or folder"), ("order.pdf", "This is not a picture")):
        panels.take_pictures(sources_in(files(tmp_path / name)))
        assert not panel.content().picture  # it cannot be sent meanwhile in place of the other
        qtbot.waitUntil(partial(lambda told: field.error.full_text().startswith(told), f"{name}: {why}"))
        assert (panel.content(), field.words.full_text()) == (before, words)
    panels.close()


def test_of_many_files_only_as_many_as_wechat_takes_are_read(
    qtbot: QtBot, panels: PanelControl, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{width}.png" for width in range(10, 22)]
    for path in paths:
        path.write_bytes(png(int(path.stem)))
    panels.take_pictures(sources_in(files(*paths)))
    panel = panels[ReplyKind.IMAGE]
    qtbot.waitUntil(lambda: panel.title.full_text() == "Send a picture · 8 more follow")
    assert panel.form.pictures["picture"].error.full_text() == "Only 9 pictures are taken at once."
    panels.close()


def test_a_webp_of_a_web_page_is_sent_as_a_jpeg(
    qtbot: QtBot, world: World, page: InboxPage, panels: PanelControl, tmp_path: Path
) -> None:
    path = tmp_path / "goods.webp"
    Image.new("RGB", (120, 90), "#c02040").save(path, "WEBP")
    drop(page, files(path))
    panel = panels[ReplyKind.IMAGE]
    qtbot.waitUntil(lambda: bool(panel.content().picture))
    assert "made fit for WeChat from" in panel.form.pictures["picture"].words.full_text()
    panel.submit()
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.SENT) is not None)
    (image,) = arrived_pictures(world)
    assert (image.format, image.size) == ("JPEG", (120, 90))


@pytest.mark.parametrize("with_text", [True, False])
def test_a_picture_copied_in_a_browser_is_one_though_its_address_comes_along(
    qtbot: QtBot, page: InboxPage, panels: PanelControl, clipboard: QClipboard, *, with_text: bool
) -> None:
    data = QMimeData()
    data.setData("image/png", png(33))
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    data.setHtml('<meta charset="utf-8"><img src="https://img.example.cn/goods.webp">')
    if with_text:
        data.setText("https://img.example.cn/goods.webp")
    else:
        data.setUrls([QUrl("https://img.example.cn/goods.webp")])
    clipboard.setMimeData(data)
    assert page.chat.composer.edit.canPaste()
    QTest.keyClick(page.chat.composer.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    panel = panels[ReplyKind.IMAGE]
    qtbot.waitUntil(lambda: bool(panel.content().picture))
    assert panel.form.pictures["picture"].words.full_text() == size_text(len(png(33)))
    assert page.chat.composer.text() == ""
    panels.close()


def test_a_picture_goes_to_the_cover_of_a_card_whose_words_have_the_cursor(
    qtbot: QtBot, page: InboxPage, panels: PanelControl, clipboard: QClipboard, tmp_path: Path
) -> None:
    path = tmp_path / "20.png"
    path.write_bytes(png(20))
    panels.open(ReplyKind.CARD)
    form = panels[ReplyKind.CARD].form
    title, cover = form.by_name["title"].edit, form.pictures["thumb_picture"]
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    data = files(path)
    QApplication.sendEvent(title, QDragEnterEvent(QPointF(4, 4), copy, data, left, none))
    assert page.chat.drop_zone.isVisible(), "it is dropped onto the chat, not as an address into the title"
    QApplication.sendEvent(page.chat, QDropEvent(QPointF(4, 4), copy, data, left, none))
    qtbot.waitUntil(lambda: bool(cover.digest))
    cover.clear()
    clipboard.setMimeData(files(path))
    QTest.keyClick(title, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(cover.digest))
    assert title.text() == ""
    panels.close()


def test_an_address_copied_in_a_table_stays_text() -> None:
    data = QMimeData()
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    data.setHtml("<table><tr><td>https://a.example.cn</td></tr></table>")
    data.setText("https://a.example.cn")
    assert sources_in(data) == ()


def test_what_is_transparent_is_white_in_every_bubble(qapp: object) -> None:
    image, bubble = QImage(40, 40, QImage.Format.Format_ARGB32), QImage(300, 300, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.transparent)
    bubble.fill(Qt.GlobalColor.darkGreen)
    laid_out = lay_out_content((PicturePiece("d" * 64),), 200)
    painter = QPainter(bubble)
    paint_content(painter, laid_out, QPointF(0, 0), "text", lambda _digest, _size: image)
    painter.end()
    assert bubble.pixelColor(laid_out.boxes[0].rect.center().toPoint()) == QColor("white")
