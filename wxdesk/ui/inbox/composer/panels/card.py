"""Panel that makes a mini-program card."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.i18n import tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.picture_field import PictureField
from wxdesk.ui.content.picture_intake import PictureSource
from wxdesk.ui.inbox.composer.panels.content import ContentPanel
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.fields.labelled import LabelledField


class CardPanel(ContentPanel):
    """Fields for title, page and cover picture."""

    def __init__(self, album: Album, bridge: Bridge, parent: QWidget) -> None:
        super().__init__(tr("Send a mini-program card"), album, parent)
        self._media_id = ""
        self.title_field = LabelledField(tr("Title"))
        self.page = LabelledField(tr("Page"), "pages/index/index?id=1")
        hint = tr("A PNG, JPEG or GIF of 5:4, such as 520 × 416. You can also drop it onto the chat.")
        self.cover = PictureField(tr("Cover picture"), hint, bridge)
        for field in (self.title_field, self.page):
            self.fields.addWidget(field)
            field.edited.connect(self.refresh)
        self.fields.addWidget(self.cover)
        self.fields.addStretch(1)
        self.cover.changed.connect(self.refresh)
        self.refresh()

    def start(self) -> None:
        """Focus the title."""
        self.title_field.edit.setFocus()

    def take(self, source: PictureSource) -> None:
        """Use another cover."""
        self.cover.take(source)

    def content(self) -> Content:
        """Return the card."""
        return Content(
            ReplyKind.CARD,
            title=self.title_field.text(),
            page_path=self.page.text(),
            thumb_picture=self.cover.digest,
            thumb_media_id="" if self.cover.digest else self._media_id,
        )

    def show_error(self, field: str, reason: str) -> None:
        """Show the reason at its field and focus that."""
        if field == "thumb_picture":
            self.cover.show_error(reason)
            self.cover.choose.setFocus()
            return
        wrong = self.page if field == "page_path" else self.title_field
        wrong.show_error(reason)
        wrong.edit.setFocus()

    def fill(self, content: Content) -> None:
        """Show another card; a cover known only to WeChat stays until another is chosen."""
        self.title_field.edit.setText(content.title)
        self.page.edit.setText(content.page_path)
        self._media_id = content.thumb_media_id
        self.cover.hold(content.thumb_picture)

    def clear(self) -> None:
        """Empty all fields."""
        self._media_id = ""
        self.title_field.edit.clear()
        self.page.edit.clear()
        self.cover.clear()
