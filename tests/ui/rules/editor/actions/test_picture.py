"""Pictures of this machine in rules: chosen, dropped or pasted; sent; and what a rules file can say of them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.marks import contents_of
from tests.ui.world import World
from wxdesk.core.model.reply import Reply, ReplyKind, ReplyState
from wxdesk.core.model.rule import ActionKind, Rule
from wxdesk.ui.content.picture_intake import source_of
from wxdesk.ui.rules.editor.actions.fields import ContentFieldsBody
from wxdesk.ui.rules.import_preview import ImportDialog
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import PlainLabel

type Stored = Callable[[], list[Rule]]


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A small picture in a file."""
    image = QImage(40, 32, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    path = tmp_path / "photo.png"
    assert image.save(str(path))
    return path


def _body(page: RulesPage, kind: ActionKind) -> ContentFieldsBody:
    page.editor.then_card.chips[kind].click()
    body = page.editor.then_card.rows[-1].body
    assert isinstance(body, ContentFieldsBody)
    return body


def _save(page: RulesPage, bridge: Bridge, qtbot: QtBot) -> None:
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.unsaved)


def test_a_picture_is_chosen_shown_saved_and_sent(
    page: RulesPage, world: World, stored: Stored, bridge: Bridge, photo: Path, qtbot: QtBot
) -> None:
    body = _body(page, ActionKind.IMAGE)
    assert body.picture is not None
    assert not body.field("media_id").isVisible()
    body.picture.take(source_of(photo))
    qtbot.waitUntil(lambda: bool(body.picture_digest))
    qtbot.waitUntil(lambda: [one.picture for one in contents_of(page.preview)][-1] == body.picture_digest)
    _save(page, bridge, qtbot)
    assert stored()[0].then[-1].content.picture == body.picture_digest
    thread = world.say("oX3f0000000000000000009k2", "refund")
    said = world.call(world.store.inbox.timeline(thread))
    sent = next(one for one in said if isinstance(one, Reply) and one.content.kind is ReplyKind.IMAGE)
    world.wait_until_sent(sent.id)
    assert world.call(world.store.replies.get(sent.id)).state is ReplyState.SENT


def test_a_cover_is_dropped_and_a_picture_pasted(
    page: RulesPage, stored: Stored, bridge: Bridge, photo: Path, qtbot: QtBot
) -> None:
    card = _body(page, ActionKind.CARD)
    card.field("title").setText("Our shop")
    card.field("page_path").setText("pages/index/index")
    assert card.picture is not None
    dropped = QMimeData()
    dropped.setUrls([QUrl.fromLocalFile(str(photo))])
    copy, no_key = Qt.DropAction.CopyAction, Qt.KeyboardModifier.NoModifier
    card.picture.dropEvent(QDropEvent(QPointF(4, 4), copy, dropped, Qt.MouseButton.LeftButton, no_key))
    qtbot.waitUntil(lambda: bool(card.picture_digest))
    image = _body(page, ActionKind.IMAGE)
    assert image.picture is not None
    QGuiApplication.clipboard().setImage(QImage(str(photo)))
    qtbot.keyClick(image.picture.choose, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(image.picture_digest))
    _save(page, bridge, qtbot)
    then = stored()[0].then
    assert then[-2].content.thumb_picture == card.picture_digest
    assert then[-1].content.picture == image.picture_digest


def test_a_media_id_stays_possible(page: RulesPage, stored: Stored, bridge: Bridge, photo: Path, qtbot: QtBot) -> None:
    body = _body(page, ActionKind.IMAGE)
    body.by_id.click()
    field = body.field("media_id")
    assert not body.media.isHidden()
    field.setText("MEDIA_1")
    field.textEdited.emit("MEDIA_1")
    _save(page, bridge, qtbot)
    assert stored()[0].then[-1].content.media_id == "MEDIA_1"
    assert body.picture is not None
    body.picture.take(source_of(photo))
    qtbot.waitUntil(lambda: bool(body.picture_digest))
    assert body.media.isHidden()
    _save(page, bridge, qtbot)
    assert stored()[0].then[-1].content.media_id == ""


def test_a_file_names_the_picture_and_is_refused_where_it_is_not(
    page: RulesPage,
    world: World,
    stored: Stored,
    notices: Notices,
    bridge: Bridge,
    photo: Path,
    host: QWidget,
    tmp_path: Path,
    qtbot: QtBot,
) -> None:
    body = _body(page, ActionKind.IMAGE)
    assert body.picture is not None
    body.picture.take(source_of(photo))
    qtbot.waitUntil(lambda: bool(body.picture_digest))
    _save(page, bridge, qtbot)
    target = tmp_path / "out.toml"
    page.files.export_to(str(target))
    qtbot.waitUntil(lambda: bridge.is_idle and target.exists())
    said = host.findChild(Toast).findChild(PlainLabel).full_text()
    assert said.startswith("4 rules exported to out.toml · 1 picture stays on this machine")
    text = target.read_text(encoding="utf-8")
    assert f'{{ image = {{ picture = "{body.picture_digest}" }} }}' in text
    page.files.import_from(str(target))  # where the picture is, the file says the same as the rules
    qtbot.waitUntil(lambda: bridge.is_idle and host.findChild(ImportDialog) is not None)
    dialog: ImportDialog = host.findChild(ImportDialog)
    assert not dialog.action.isEnabled()
    dialog.cancel.click()
    target.write_text(text.replace(body.picture_digest, "0" * 64), encoding="utf-8")
    page.files.import_from(str(target))
    qtbot.waitUntil(lambda: bridge.is_idle and "rules-file" in notices.bars.texts())
    line = 1 + next(at for at, one in enumerate(text.splitlines()) if body.picture_digest in one)
    assert notices.bars.texts()["rules-file"] == (
        f"Line {line} of out.toml: This picture is not on this machine. Choose it again in the window. "
        "Nothing was imported."
    )
