"""A copied secret leaves the clipboard again, and nothing else does."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wxdesk.ui.widgets.copying import SECRET_SECONDS, CopiedSecret, CopyButton
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import PlainLabel


def _copied(qtbot: QtBot, text: str, *, is_secret: bool = True) -> list[CopiedSecret]:
    button = CopyButton(text, "the Token", is_secret=is_secret)
    qtbot.addWidget(button)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == text
    return _waiting()


def _waiting() -> list[CopiedSecret]:
    return [one for one in QGuiApplication.instance().children() if isinstance(one, CopiedSecret)]


def test_a_secret_leaves_the_clipboard_after_its_time(qtbot: QtBot) -> None:
    [copied] = _copied(qtbot, "aToken")
    assert copied.timer.isSingleShot()
    assert copied.timer.interval() == SECRET_SECONDS * 1000 == 30_000
    copied.timer.setInterval(0)
    qtbot.waitUntil(lambda: QGuiApplication.clipboard().text() == "")
    qtbot.waitUntil(lambda: _waiting() == [])


def test_a_secret_leaves_the_clipboard_when_the_program_ends(qtbot: QtBot) -> None:
    _copied(qtbot, "aToken")
    QGuiApplication.instance().aboutToQuit.emit()
    assert QGuiApplication.clipboard().text() == ""
    qtbot.waitUntil(lambda: _waiting() == [])


def test_text_copied_since_stays_on_the_clipboard(qtbot: QtBot) -> None:
    [copied] = _copied(qtbot, "aToken")
    QGuiApplication.clipboard().setText("an address")
    copied.take_off()
    assert QGuiApplication.clipboard().text() == "an address"
    qtbot.waitUntil(lambda: _waiting() == [])


def test_a_secret_asks_histories_not_to_keep_it(qtbot: QtBot) -> None:
    [copied] = _copied(qtbot, "aToken")
    assert bytes(QGuiApplication.clipboard().mimeData().data("x-kde-passwordManagerHint").data()) == b"secret"
    copied.take_off()
    qtbot.waitUntil(lambda: _waiting() == [])


def test_text_that_is_no_secret_stays_on_the_clipboard(qtbot: QtBot) -> None:
    assert _copied(qtbot, "an address", is_secret=False) == []


def test_the_window_says_that_it_is_copied(qtbot: QtBot, host: QWidget, notices: Notices) -> None:
    button = CopyButton("an address", "the address", host)
    host.show()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert "Copied" in {label.full_text() for label in host.findChildren(PlainLabel) if label.isVisible()}
