"""Panel that sends a picture, with preview, size and problems."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.i18n import tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.picture_field import PictureField
from wxdesk.ui.content.picture_intake import PictureSource, source_in
from wxdesk.ui.inbox.composer.panels.content import ContentPanel
from wxdesk.ui.runtime.bridge import Bridge


class PicturePanel(ContentPanel):
    """One picture; Enter sends it, because nothing is typed here."""

    def __init__(self, album: Album, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(tr("Send a picture"), album, parent)
        hint = tr("PNG, JPEG or GIF. You can also paste one or drop it onto the chat.")
        self.picture = PictureField(tr("Picture"), hint, bridge)
        self.fields.addWidget(self.picture)
        self.fields.addStretch(1)
        self.picture.changed.connect(self.refresh)
        self.refresh()

    def start(self) -> None:
        """Focus the choose button, or the send button if there is a picture."""
        (self.send if self.picture.digest else self.picture.choose).setFocus()

    def take(self, source: PictureSource) -> None:
        """Use another picture."""
        self.picture.take(source)

    def content(self) -> Content:
        """Return the picture."""
        return Content(ReplyKind.IMAGE, picture=self.picture.digest)

    def show_error(self, field: str, reason: str) -> None:
        """Show the reason at the only field."""
        self.picture.show_error(reason)
        self.picture.choose.setFocus()

    def fill(self, content: Content) -> None:
        """Show another picture."""
        self.picture.hold(content.picture)

    def clear(self) -> None:
        """Remove the picture."""
        self.picture.clear()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send on Enter; take a pasted picture."""
        pasted = event.matches(QKeySequence.StandardKey.Paste)
        source = source_in(QGuiApplication.clipboard().mimeData()) if pasted else None
        if source is not None:
            self.take(source)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.picture.digest:
            self.submit()
        else:
            super().keyPressEvent(event)
