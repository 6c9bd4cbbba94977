"""Panel that makes a link message with title and description."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QWidget

from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.i18n import tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.inbox.composer.panels.content import ContentPanel
from wxdesk.ui.widgets.fields.labelled import LabelledField


class LinkPanel(ContentPanel):
    """Fields for title, description, address, and a thumbnail only WeChat opens."""

    def __init__(self, album: Album, parent: QWidget) -> None:
        super().__init__(tr("Send a link"), album, parent)
        self.by_name = {
            "title": LabelledField(tr("Title")),
            "description": LabelledField(tr("Description (optional)")),
            "url": LabelledField(tr("Address"), "https://"),
            "thumb_url": LabelledField(tr("Address of a small picture (optional)"), "https://"),
        }
        for field in self.by_name.values():
            self.fields.addWidget(field)
            field.edited.connect(self.refresh)
        self.fields.addStretch(1)
        self.refresh()

    def start(self) -> None:
        """Focus the title."""
        self.by_name["title"].edit.setFocus()

    def content(self) -> Content:
        """Return the link."""
        values: dict[str, Any] = {name: field.text() for name, field in self.by_name.items()}
        return Content(ReplyKind.LINK, **values)

    def show_error(self, field: str, reason: str) -> None:
        """Show the reason at its field and focus that."""
        self.by_name[field].show_error(reason)
        self.by_name[field].edit.setFocus()

    def fill(self, content: Content) -> None:
        """Show another link."""
        for name, field in self.by_name.items():
            field.edit.setText(getattr(content, name))

    def clear(self) -> None:
        """Empty all fields."""
        for field in self.by_name.values():
            field.edit.clear()
            field.show_error("")
