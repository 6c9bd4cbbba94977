"""Fields of a link, a card or a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from wxdesk.core.content.limits import WORDS
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.templates import IN_CONTENT, TemplateFault
from wxdesk.i18n import tr
from wxdesk.ui.content.picture_field import PictureField
from wxdesk.ui.editing.template_text.variable_menu import AT_LEFT, FieldVariableMenu
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.fields.labelled import LabelledField


class ContentBody(QWidget):
    """Fields of the three kinds of content that are no text, one kind at a time.

    Signals:
        changed: the content has changed.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = Content(ReplyKind.LINK)
        self.by_name = {
            "title": LabelledField(tr("Title")),
            "description": LabelledField(tr("Description (optional)")),
            "url": LabelledField(tr("Address"), "https://"),
            "thumb_url": LabelledField(tr("Address of a small picture (optional)"), "https://"),
            "page_path": LabelledField(tr("Page"), "pages/index/index?id=1"),
        }
        hint = tr("PNG, JPEG or GIF, kept on this machine and uploaded when it leaves.")
        self.picture = PictureField(tr("Picture"), hint, bridge)
        self.cover = PictureField(tr("Cover picture"), tr("A PNG, JPEG or GIF of 5:4, such as 520 × 416."), bridge)
        self.pictures = {"picture": self.picture, "thumb_picture": self.cover}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for field in self.by_name.values():
            column.addWidget(field)
            field.edited.connect(self.changed)
        self.variables = FieldVariableMenu([field.edit for field in self.by_name.values()], self, asking=True)
        column.addWidget(self.variables, 0, AT_LEFT)
        for picture in self.pictures.values():
            column.addWidget(picture)
            picture.changed.connect(self.changed)

    def show_content(self, content: Content) -> None:
        """Show the fields of `content`; those of other kinds keep what was written."""
        self._content = content
        for name, field in self.by_name.items():
            field.setVisible(name in _FIELDS[content.kind])
            if name in _FIELDS[content.kind] and field.text() != getattr(content, name):
                field.edit.setText(getattr(content, name))
        self.variables.setVisible(bool(WORDS[content.kind]))
        for name, picture in self.pictures.items():
            picture.setVisible(name in _FIELDS[content.kind])
            if name in _FIELDS[content.kind] and picture.digest != getattr(content, name):
                picture.hold(getattr(content, name))

    def clear(self) -> None:
        """Forget what was written."""
        for field in self.by_name.values():
            field.edit.clear()
        for picture in self.pictures.values():
            picture.clear()

    def content(self, kind: ReplyKind) -> Content:
        """Return the content; a picture only WeChat holds stays until another is chosen."""
        known = {name: field.text() for name, field in self.by_name.items()}
        known |= {name: picture.digest for name, picture in self.pictures.items()}
        said: dict[str, Any] = {name: known[name] for name in _FIELDS[kind]}
        if self._content.kind is kind is ReplyKind.CARD and not said["thumb_picture"]:
            said["thumb_media_id"] = self._content.thumb_media_id
        if self._content.kind is kind is ReplyKind.IMAGE and not said["picture"]:
            said["media_id"] = self._content.media_id
        return Content(kind, **said)

    def show_faults(self, faults: Sequence[TemplateFault]) -> None:
        """Show faults at their fields."""
        reasons: dict[str, str] = {}
        for fault in faults:
            name = fault.where.removeprefix(IN_CONTENT)
            reasons[name] = "\n".join(filter(None, (reasons.get(name), tr(fault.reason))))
        for name, field in self.by_name.items():
            field.show_error(reasons.get(name, ""))
        for name, picture in self.pictures.items():
            picture.show_error(reasons.get(name, ""))


_FIELDS = {
    ReplyKind.TEXT: (),
    ReplyKind.IMAGE: ("picture",),
    ReplyKind.LINK: ("title", "description", "url", "thumb_url"),
    ReplyKind.CARD: ("title", "page_path", "thumb_picture"),
}
