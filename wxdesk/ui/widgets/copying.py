"""Text to copy: a command, an address, a few lines for a file, a secret."""

from typing import cast

from PySide6.QtCore import QMimeData, QObject, QSize, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.theme import mono_font
from wxdesk.ui.widgets.boxes import AT_TOP, Frame, hbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import SELECTABLE, PlainLabel

SECRET_SECONDS = 30

_KEPT_BY_NOBODY = {
    "x-kde-passwordManagerHint": b"secret",
    'application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"': b"1",
}
"""Formats that keep a text out of the histories of KDE's and Windows' clipboards."""


class CopiedSecret(QObject):
    """A secret on the clipboard, taken off after 30 seconds or at the program's end."""

    def __init__(self, secret: str) -> None:
        application = cast(QGuiApplication, QGuiApplication.instance())
        super().__init__(application)  # the button may be gone by then
        self._secret = secret
        content = QMimeData()
        content.setText(secret)
        for kind, hint in _KEPT_BY_NOBODY.items():
            content.setData(kind, hint)
        QGuiApplication.clipboard().setMimeData(content)
        self.timer = QTimer(self, singleShot=True, interval=SECRET_SECONDS * 1000)
        self.timer.timeout.connect(self.take_off)
        application.aboutToQuit.connect(self.take_off)
        self.timer.start()

    def take_off(self) -> None:
        """Clear the clipboard, unless something else was copied since."""
        if QGuiApplication.clipboard().text() == self._secret:
            QGuiApplication.clipboard().clear()
        self.deleteLater()


def copy(text: str, near: QWidget, *, is_secret: bool = False) -> None:
    """Put a text on the clipboard, and tell it in the window of the widget `near`."""
    if is_secret:
        CopiedSecret(text)
    else:
        QGuiApplication.clipboard().setText(text)
    notices = near.window().findChild(Notices)
    if notices is not None:
        notices.toast(tr("Copied"))


class CopyButton(Button):
    """Puts its text on the clipboard, from which a secret is taken off again."""

    def __init__(self, text: str, what: str, parent: QWidget | None = None, *, is_secret: bool = False) -> None:
        super().__init__(tr("Copy"), icon="copy", parent=parent)
        self.text_to_copy = text
        self._is_secret = is_secret
        self.setProperty("class", "small")
        self.setIconSize(QSize(14, 14))
        self.setAccessibleName(tr("Copy {what}", what=what))
        self.clicked.connect(self._copy)

    def _copy(self) -> None:
        copy(self.text_to_copy, self, is_secret=self._is_secret)


class CodeBlock(Frame):
    """Lines in a monospace font on a sunken ground, with a button to copy them."""

    def __init__(self, text: str, what: str, parent: QWidget | None = None) -> None:
        super().__init__("well", parent)
        self.label = PlainLabel(text, wrap=True, parent=self)
        self.label.setFont(mono_font())
        self.label.setTextInteractionFlags(SELECTABLE)
        self.copy_button = CopyButton(text, what, self)
        hbox((self.label, 1), (self.copy_button, AT_TOP), within=self, spacing=12, margins=(12, 8, 8, 8))

    def show_text(self, text: str) -> None:
        """Show other lines."""
        self.label.setText(text.expandtabs(4))
        self.copy_button.text_to_copy = text
