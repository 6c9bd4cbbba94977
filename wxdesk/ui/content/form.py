"""Fields of a link, a card or a picture, as one writes them."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.i18n import tr
from wxdesk.ui.content.picture_field import PictureField
from wxdesk.ui.content.picture_intake import PictureSource
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.fields.labelled import LabelledField

FIELDS: Mapping[ReplyKind, Sequence[str]] = {
    ReplyKind.TEXT: (),
    ReplyKind.IMAGE: ("picture",),
    ReplyKind.LINK: ("title", "description", "url", "thumb_url"),
    ReplyKind.CARD: ("title", "page_path", "thumb_picture"),
}
"""Names in `Content` of what is written for each kind, from top to bottom."""

UPLOADED = {"picture": "media_id", "thumb_picture": "thumb_media_id"}
"""Fields of a stored picture, and those of an upload that only WeChat holds."""


class ContentForm(QWidget):
    """Fields of the given kinds, one kind shown at a time.

    `hints` are the texts of the empty picture fields, by name. A picture that only WeChat holds stays until
    another one is chosen.

    Signals:
        changed: the content has changed.
    """

    changed = Signal()

    def __init__(
        self, kinds: Sequence[ReplyKind], hints: Mapping[str, str], bridge: Bridge, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        names = {name for kind in kinds for name in FIELDS[kind]}
        self._content = Content(kinds[0])
        labels = content_labels()
        self.by_name = {name: LabelledField(labels[name], hint) for name, hint in _hints().items() if name in names}
        self.pictures = {name: PictureField(labels[name], hints[name], bridge) for name in UPLOADED if name in names}
        self.column = vbox(within=self)
        for field in self.by_name.values():
            self.column.addWidget(field)
            field.edited.connect(self.changed)
        for picture in self.pictures.values():
            self.column.addWidget(picture)
            picture.changed.connect(self.changed)

    def show_content(self, content: Content) -> None:
        """Show the fields of `content`; those of other kinds keep what was written."""
        self._content = content
        for name, field in self.by_name.items():
            field.setVisible(name in FIELDS[content.kind])
            if name in FIELDS[content.kind] and field.text() != getattr(content, name):
                field.edit.setText(getattr(content, name))
        for name, picture in self.pictures.items():
            picture.setVisible(name in FIELDS[content.kind])
            if name in FIELDS[content.kind] and picture.digest != getattr(content, name):
                picture.hold(getattr(content, name))

    def clear(self) -> None:
        """Forget what was written, and the faults shown."""
        self._content = Content(self._content.kind)
        for field in self.by_name.values():
            field.edit.clear()
            field.show_error("")
        for picture in self.pictures.values():
            picture.clear()

    def content(self, kind: ReplyKind) -> Content:
        """Return the content of that kind as it is written."""
        known = {name: field.text() for name, field in self.by_name.items()}
        known |= {name: picture.digest for name, picture in self.pictures.items()}
        said: dict[str, Any] = {name: known[name] for name in FIELDS[kind]}
        for name in UPLOADED.keys() & said.keys():
            if self._content.kind is kind and not said[name]:
                said[UPLOADED[name]] = getattr(self._content, UPLOADED[name])
        return Content(kind, **said)

    def take(self, source: PictureSource) -> None:
        """Use another picture, in the field that is shown for one."""
        for name, picture in self.pictures.items():
            if name in FIELDS[self._content.kind]:
                picture.take(source)

    def start(self) -> None:
        """Focus the first field."""
        self._focus(FIELDS[self._content.kind][0])

    def show_faults(self, reasons: Mapping[str, str]) -> None:
        """Show these reasons at their fields, by name, and none at the others."""
        for name, field in (self.by_name | self.pictures).items():
            field.show_error(reasons.get(name, ""))

    def show_error(self, name: str, reason: str) -> None:
        """Show the reason at the field of that name, or at the first one, and focus it."""
        shown = FIELDS[self._content.kind]
        name = name if name in shown else shown[0]
        (self.by_name | self.pictures)[name].show_error(reason)
        self._focus(name)

    def _focus(self, name: str) -> None:
        (self.pictures[name].choose if name in self.pictures else self.by_name[name].edit).setFocus()


def content_labels() -> dict[str, str]:
    """Return the labels of all fields by their names in `Content`, from top to bottom."""
    return {
        "title": tr("Title"),
        "description": tr("Description"),
        "url": tr("Address"),
        "thumb_url": tr("Address of a small picture"),
        "page_path": tr("Page"),
        "picture": tr("Picture"),
        "thumb_picture": tr("Cover picture"),
    }


def _hints() -> dict[str, str]:
    return {
        "title": "",
        "description": tr("optional"),
        "url": "https://",
        "thumb_url": tr("optional"),
        "page_path": "pages/index/index?id=1",
    }
