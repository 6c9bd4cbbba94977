"""Pictures: chosen, pasted or dropped; shown small and large; sent through to the simulated WeChat."""

import io
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import force_setattr
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QClipboard, QColor, QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_reply
from tests.ui.inbox.records import NOW, message
from tests.ui.world import World
from wxdesk.core.errors import BadInput, BadPicture
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.picture import PictureState
from wxdesk.core.model.reply import ReplyKind, ReplyState
from wxdesk.i18n import size_text
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.content.painting import picture_size
from wxdesk.ui.content.picture_intake import encode_png, read_file, sources_in
from wxdesk.ui.content.pieces import PicturePiece
from wxdesk.ui.inbox.composer.panels.control import PanelControl
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import accessible_entry
from wxdesk.ui.inbox.timeline.bubbles.layout import pieces_of
from wxdesk.ui.inbox.timeline.dialogs import PictureViewer
from wxdesk.ui.inbox.timeline.entries import entries_of

type Open = Callable[[int], None]

CUSTOMER = "oCustomer0000000000000001"


def png(width: int = 60, height: int = 40, colour: str = "#336699") -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(held, "PNG")
    return held.getvalue()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "photo.png"
    path.write_bytes(png())
    return path


def files(*paths: Path) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def drop(page: InboxPage, data: QMimeData) -> tuple[bool, bool]:
    """Hold something over the chat and let it go; whether it was wanted, and whether the frame was shown."""
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPointF(200, 200), copy, data, left, none)
    enter.ignore()
    QApplication.sendEvent(page.chat, enter)
    shown = page.chat.drop_zone.isVisible()
    if enter.isAccepted():
        QApplication.sendEvent(page.chat, QDropEvent(QPointF(200, 200), copy, data, left, none))
    return enter.isAccepted(), shown


def test_a_file_is_chosen_and_can_be_removed(qtbot: QtBot, panels: PanelControl, photo: Path) -> None:
    panels.open(ReplyKind.IMAGE)
    field = panels[ReplyKind.IMAGE].form.pictures["picture"]
    field.choose.click()
    (dialog,) = field.window().findChildren(QFileDialog)
    dialog.filesSelected.emit([str(photo)])
    dialog.close()
    qtbot.waitUntil(lambda: bool(field.digest))
    assert field.words.full_text().startswith("photo.png · ")
    field.remove.click()
    assert field.digest == ""
    panels[ReplyKind.IMAGE].send.click()
    assert field.error.full_text() == "Choose a picture."
    panels.close()


def test_a_large_photo_tells_its_size_before_and_after(qtbot: QtBot, panels: PanelControl, tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    Image.effect_noise((1700, 1700), 90).save(path, "PNG")
    own = path.stat().st_size
    assert own > 2 * 1024 * 1024
    panels.take_pictures(sources_in(files(path)))
    qtbot.waitUntil(lambda: bool(panels[ReplyKind.IMAGE].form.pictures["picture"].digest), timeout=20_000)
    words = panels[ReplyKind.IMAGE].form.pictures["picture"].words.full_text()
    assert words.startswith("large.png · ")
    assert words.endswith(f", made fit for WeChat from {size_text(own)}")
    panels.close()


def test_a_file_that_is_no_picture_is_refused_in_words(qtbot: QtBot, panels: PanelControl, tmp_path: Path) -> None:
    path = tmp_path / "false.png"
    path.write_bytes(b"MZ not a picture")
    panels.take_pictures(sources_in(files(path)))
    field = panels[ReplyKind.IMAGE].form.pictures["picture"]
    qtbot.waitUntil(lambda: field.error.isVisible())
    assert "picture" in field.error.full_text()
    assert field.digest == ""
    panels.close()


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refused:
        read_file(tmp_path / "gone.png")
    assert str(refused.value) == "gone.png: there is no such file or folder"


def test_a_picture_is_dropped_onto_the_chat(qtbot: QtBot, page: InboxPage, panels: PanelControl, photo: Path) -> None:
    text = QMimeData()
    text.setText("no picture")
    assert drop(page, text) == (False, False)
    assert drop(page, files(photo)) == (True, True)
    assert not page.chat.drop_zone.isVisible()
    qtbot.waitUntil(lambda: bool(panels[ReplyKind.IMAGE].form.pictures["picture"].digest))
    panels.close()


def test_text_that_comes_with_a_picture_stays_text(
    page: InboxPage, panels: PanelControl, clipboard: QClipboard
) -> None:
    data = QMimeData()
    data.setText("from a table")
    data.setImageData(QImage(4, 4, QImage.Format.Format_RGB32))
    clipboard.setMimeData(data)
    QTest.keyClick(page.chat.composer.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert page.chat.composer.text() == "from a table"
    assert not panels[ReplyKind.IMAGE].isVisible()


def test_a_screenshot_is_pasted_and_sent_by_enter(
    qtbot: QtBot, world: World, page: InboxPage, panels: PanelControl
) -> None:
    image = QImage(80, 50, QImage.Format.Format_RGB32)
    image.fill(QColor("red"))
    QGuiApplication.clipboard().setImage(image)
    QTest.keyClick(page.chat.composer.edit, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    panel = panels[ReplyKind.IMAGE]
    assert panel.isVisible()
    assert page.chat.composer.text() == ""
    qtbot.waitUntil(lambda: bool(panel.form.pictures["picture"].digest))
    assert panel.form.pictures["picture"].words.full_text() == "1 KB"
    assert panel.focusWidget() is panel.send
    QTest.keyClick(panel.send, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.SENT) is not None)
    (arrived,) = world.sandbox.sent
    assert arrived.msgtype == "image"
    medium = world.sandbox.platform.media.get(arrived.content["media_id"])
    assert Image.open(io.BytesIO(medium.data)).size == (80, 50)
    assert not panel.isVisible()
    assert panel.form.pictures["picture"].digest == ""


def test_a_card_is_made_with_a_dropped_cover_and_arrives(
    qtbot: QtBot, world: World, page: InboxPage, panels: PanelControl, photo: Path
) -> None:
    QTest.keyClick(
        page.chat.composer.edit,
        Qt.Key.Key_M,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    card = panels[ReplyKind.CARD]
    card.submit()
    assert card.form.by_name["title"].error.isVisible()
    card.form.by_name["title"].edit.setText("蓝色连衣裙")
    card.form.by_name["page_path"].edit.setText("https://a.cn")
    card.submit()
    assert card.form.by_name["page_path"].error.isVisible()
    card.form.by_name["page_path"].edit.setText("pages/goods?id=1")
    card.submit()
    assert card.form.pictures["thumb_picture"].error.full_text() == "A card needs a cover picture."
    drop(page, files(photo))
    qtbot.waitUntil(lambda: bool(card.form.pictures["thumb_picture"].digest))
    assert not panels[ReplyKind.IMAGE].isVisible()
    QTest.keyClick(card.form.by_name["page_path"].edit, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.SENT) is not None)
    (arrived,) = world.sandbox.sent
    assert arrived.msgtype == "miniprogrampage"
    assert (arrived.content["title"], arrived.content["pagepath"]) == ("蓝色连衣裙", "pages/goods?id=1")
    medium = world.sandbox.platform.media.get(arrived.content["thumb_media_id"])
    assert Image.open(io.BytesIO(medium.data)).size == (60, 40)


# -- showing


def test_a_screenshot_without_pixels_is_refused() -> None:
    with pytest.raises(BadPicture):
        encode_png(QImage())


def test_a_sent_picture_stands_in_its_bubble(
    qtbot: QtBot, world: World, page: InboxPage, panels: PanelControl, photo: Path
) -> None:
    panels.take_pictures(sources_in(files(photo)))
    qtbot.waitUntil(lambda: bool(panels[ReplyKind.IMAGE].form.pictures["picture"].digest))
    digest = panels[ReplyKind.IMAGE].form.pictures["picture"].digest
    panels[ReplyKind.IMAGE].submit()
    qtbot.waitUntil(lambda: page.session.model.rows()[-1].reply is not None)
    row = page.chat.timeline.bubbles.layout_of(page.session.model.rows()[-1])
    assert row.content is not None
    assert [box.figure for box in row.content.boxes] == [PicturePiece(digest, words="[Image]")]


def test_a_picture_is_looked_at_closely_saved_and_copied(
    qtbot: QtBot, world: World, page: InboxPage, panels: PanelControl, tmp_path: Path, photo: Path
) -> None:
    picture = world.call(world.desk.pictures.add(png(2000, 1000)))
    page.chat.timeline.picture_wanted.emit(picture.digest)
    (viewer,) = page.chat.findChildren(PictureViewer)
    qtbot.waitUntil(lambda: "2000 × 1000" in viewer.words.full_text())
    fitting = viewer.view.transform().m11()
    assert 0 < fitting < 1
    viewer.larger.click()
    assert viewer.view.transform().m11() == pytest.approx(fitting * 1.25)
    QTest.keyClick(viewer, Qt.Key.Key_1)
    assert viewer.view.transform().m11() == 1.0
    QTest.keyClick(viewer, Qt.Key.Key_0)
    assert viewer.view.transform().m11() == pytest.approx(fitting)
    viewer.copy.click()
    assert QGuiApplication.clipboard().image().size() == QSize(2000, 1000)
    viewer.save.click()
    qtbot.waitUntil(lambda: bool(viewer.findChildren(QFileDialog)))
    (dialog,) = viewer.findChildren(QFileDialog)
    dialog.fileSelected.emit(str(tmp_path / "kept.png"))
    qtbot.waitUntil(lambda: "kept.png" in viewer.words.full_text())
    assert (tmp_path / "kept.png").read_bytes() == png(2000, 1000)
    dialog.close()
    QTest.keyClick(viewer, Qt.Key.Key_Escape)
    assert not viewer.isVisible()


def test_a_picture_is_looked_at_within_a_low_window(page: InboxPage, panels: PanelControl) -> None:
    page.window().resize(960, 560)
    page.chat.timeline.picture_wanted.emit("0" * 64)
    (viewer,) = page.chat.findChildren(PictureViewer)
    assert viewer.height() < page.window().height(), "else its buttons lie below the screen"
    viewer.close()


DENSE = """
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from wxdesk.ui.inbox.timeline.dialogs import ZoomView
app, said = QApplication([]), []
view = ZoomView()
view.zoomed.connect(said.append)
view.resize(400, 400)
view.show_image(QImage(200, 200, QImage.Format.Format_RGB32))
view.own_size()
print(view.transform().m11(), said)
"""


def test_one_pixel_is_one_of_the_screen_on_a_dense_one() -> None:
    dense = os.environ | {"QT_SCALE_FACTOR": "2", "QT_QPA_PLATFORM": "offscreen"}
    ran = subprocess.run([sys.executable, "-c", DENSE], env=dense, capture_output=True, text=True, check=True)
    assert ran.stdout.split(maxsplit=1) == ["0.5", "[2.0, 1.0]\n"]


def test_a_long_screenshot_is_shown_in_its_own_size(
    qtbot: QtBot, world: World, page: InboxPage, panels: PanelControl
) -> None:
    picture = world.call(world.desk.pictures.add(png(300, 9000)))
    page.chat.timeline.picture_wanted.emit(picture.digest)
    (viewer,) = page.chat.findChildren(PictureViewer)
    qtbot.waitUntil(lambda: "300 × 9000" in viewer.words.full_text())
    viewer.close()


def test_a_picture_that_is_gone_says_so(qtbot: QtBot, page: InboxPage, panels: PanelControl) -> None:
    page.chat.timeline.picture_wanted.emit("0" * 64)
    (viewer,) = page.chat.findChildren(PictureViewer)
    qtbot.waitUntil(lambda: viewer.words.full_text() == "This picture cannot be shown")
    assert not viewer.save.isEnabled()
    viewer.close()


def received(page: InboxPage) -> PicturePiece | None:
    """The picture in the contact's last bubble."""
    entry = page.session.model.rows()[-1]
    return next((piece for piece in pieces_of(entry) if isinstance(piece, PicturePiece)), None)


def test_a_customers_picture_is_fetched_and_shown(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    world.sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, milliseconds=2500, call="media"))
    opened(world.say(CUSTOMER, "this one"))
    world.show(CUSTOMER, png(300, 200))
    qtbot.waitUntil(lambda: (figure := received(page)) is not None and figure.words == "Fetching the picture…")
    qtbot.waitUntil(lambda: bool((figure := received(page)) and figure.digest))
    album, row = page.chat.album, page.chat.timeline.bubbles.layout_of(page.session.model.rows()[-1])
    assert row.content is not None
    size = picture_size(row.content.boxes[0], 1.0)
    qtbot.waitUntil(lambda: album.picture(received(page).digest, size) is not None)
    image = album.picture(received(page).digest, size)
    assert image is not None
    assert image.size() == QSize(200, 133)
    page.chat.timeline.focus_last()
    QGuiApplication.clipboard().clear()
    QTest.keyClick(page.chat.timeline, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().image().size() == QSize(300, 200))
    QTest.keyClick(page.chat.timeline, Qt.Key.Key_Return)
    (viewer,) = page.chat.findChildren(PictureViewer)
    qtbot.waitUntil(lambda: "300 × 200" in viewer.words.full_text())
    viewer.close()


def test_a_damaged_picture_is_not_said_to_be_copied(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(CUSTOMER, "half of it"))
    world.show(CUSTOMER, png(300, 200)[:-40])
    qtbot.waitUntil(lambda: bool((figure := received(page)) and figure.digest))
    QGuiApplication.clipboard().setText("as before")
    page.chat.timeline.focus_last()
    QTest.keyClick(page.chat.timeline, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    toast = page.chat._bridge.notices._toast
    qtbot.waitUntil(lambda: toast._label.full_text() == "This picture cannot be shown")
    assert QGuiApplication.clipboard().text() == "as before"


@pytest.mark.parametrize(
    ("state", "problem", "words"),
    [
        (PictureState.AWAITED, "", "Fetching the picture…"),
        (PictureState.MISSING, "The picture could not be taken in.", "The picture could not be taken in."),
        (None, "", "Without a picture"),
    ],
)
def test_a_picture_that_is_not_there_says_why(state: PictureState | None, problem: str, words: str) -> None:
    said: Message = message(1, text="", msg_type="image", picture_state=state, picture_problem=problem)
    force_setattr(said, "type", MessageType.IMAGE)
    entry = entries_of([said], NOW)[-1]
    assert pieces_of(entry) == (PicturePiece(words=words),)
    assert (problem in accessible_entry(entry, NOW)) or not problem
