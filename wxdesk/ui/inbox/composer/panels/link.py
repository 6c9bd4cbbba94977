"""Makes a link with title and description: what WeChat shows as a box that opens a web page."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.i18n import tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.inbox.composer.panels.content import ContentPanel
from wxdesk.ui.widgets.fields.labelled import Field


class LinkPanel(ContentPanel):
    """Title, description, address, and the address of a small picture, which only the contact's WeChat opens."""

    def __init__(self, album: Album, parent: QWidget) -> None:
        super().__init__(tr("Send a link"), album, parent)
        self.by_name = {
            "title": Field(tr("Title")),
            "description": Field(tr("Description (optional)")),
            "url": Field(tr("Address"), "https://"),
            "thumb_url": Field(tr("Address of a small picture (optional)"), "https://"),
        }
        for field in self.by_name.values():
            self.fields.addWidget(field)
            field.edited.connect(self.refresh)
        self.fields.addStretch(1)
        self.refresh()

    def start(self) -> None:
        """Begin with the title."""
        self.by_name["title"].edit.setFocus()

    def content(self) -> Content:
        """The link."""
        values: dict[str, Any] = {name: field.text() for name, field in self.by_name.items()}
        return Content(ReplyKind.LINK, **values)

    def complain(self, field: str, reason: str) -> None:
        """Show what is wrong where it is."""
        self.by_name[field].complain(reason)
        self.by_name[field].edit.setFocus()

    def fill(self, content: Content) -> None:
        """Begin with another link."""
        for name, field in self.by_name.items():
            field.edit.setText(getattr(content, name))

    def clear(self) -> None:
        """Empty all fields."""
        for field in self.by_name.values():
            field.edit.clear()
            field.complain("")
