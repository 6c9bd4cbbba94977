"""Fields of a link, a card or a picture, as one writes and chooses them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.i18n import explain, tr
from wxdesk.ui.content.picture_intake import (
    MOST_AT_ONCE,
    PictureSource,
    accepts,
    add_pictures,
    has_pictures,
    pasted_by,
    source_of,
    sources_in,
)
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.file_jobs import ask_for_files
from wxdesk.ui.widgets.fields.labelled import LabelledField
from wxdesk.ui.widgets.labels import small_label

type Added = tuple[Mapping[str, str], Sequence[str]]
"""Answer of `add_pictures`."""


class PictureField(QWidget):
    """Holds the picture that was added last, and shows its size or its error.

    One that cannot be read does not replace it. With `several`, more than one may be chosen at once.

    Signals:
        changed: another picture, or none, or one is being read.
        more: the digests of the others that were added at once, in order.
    """

    changed = Signal()
    more = Signal(object)

    def __init__(self, name: str, hint: str, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge
        self._hint = hint
        self._name = name
        self.several = False
        self._reading: object = None  # only the picture that was chosen last counts
        self._landing: dict[object, partial[None]] = {}  # where those that come late go
        self.digest = ""
        self._kept = "", ""  # the digest and words of what was held before another one is read
        self.choose = Button(tr("Choose a file…"), icon="folder", then=self.open_files)
        self.remove = Button(tr("Remove"), kind=ButtonKind.LINK, then=self.clear)
        self.words = small_label(hint, wrap=True)
        self.error = small_label(role="failed", wrap=True)
        row = hbox(self.choose, self.remove, STRETCH, spacing=12)
        vbox(small_label(name), row, self.words, self.error, within=self, spacing=4)
        self.setAcceptDrops(True)
        self._show()

    def open_files(self) -> None:
        """Let the operator choose a file; returns at once."""
        ask_for_files(self, self._name, self._take_files, picture_filter(), several=self.several)

    def take(self, *sources: PictureSource) -> None:
        """Read and store another picture; without `several`, the first of them."""
        self._reading = reading = object()
        self.digest = ""
        self._show(tr("Reading the picture…"))
        work = add_pictures(self._bridge.desk.pictures, sources, MOST_AT_ONCE if self.several else 1)
        self._bridge.ask(work, partial(self._took, reading), partial(self._refused, reading), awaited=True)

    def leave(self, land: Callable[[str, Sequence[str], Sequence[str]], None]) -> None:
        """Give what is still being read to `land`: picture before, new ones, faults."""
        if self._reading is not None:
            self._landing[self._reading], self._reading = partial(land, self._kept[0]), None

    def hold(self, digest: str) -> None:
        """Hold a picture that is stored already; empty for none."""
        self._keep(digest, tr("Chosen") if digest else "")

    def clear(self) -> None:
        """Hold no picture."""
        self.hold("")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if sources := pasted_by(event):
            self.take(*sources)
        else:
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        accepts(event)

    def dropEvent(self, event: QDropEvent) -> None:
        if accepts(event):
            self.take(*sources_in(event.mimeData()))

    def show_error(self, reason: str) -> None:
        """Show an error, but none while a picture is being read; empty removes it."""
        reason = "" if self._reading is not None else reason
        self.error.show_if_any(reason)
        self.choose.setAccessibleDescription(reason)

    def _take_files(self, files: Sequence[str]) -> None:
        self.take(*(source_of(Path(file)) for file in files))

    def _took(self, reading: object, answer: Added) -> None:
        added, refused = answer
        if reading is not self._reading:
            if land := self._landing.pop(reading, None):
                land(list(added), refused)
            return
        first, *others = added.items() or (self._kept,)
        self._keep(*first)
        self.more.emit([digest for digest, _ in others])
        self.show_error("\n".join(refused))

    def _refused(self, reading: object, error: Exception) -> None:
        self._took(reading, ({}, [explain(error)]))

    def _keep(self, digest: str, words: str) -> None:
        self._kept, self._reading = (digest, words), None
        self.digest = digest
        self._show(words)

    def _show(self, words: str = "") -> None:
        self.show_error("")
        self.words.setText(words or self._hint)
        self.remove.setVisible(bool(words))
        self.changed.emit()


def picture_filter() -> str:
    """Return the filter for pictures; with HEIC, so that one learns what to do."""
    return tr(
        "Pictures ({endings})", endings="*.png *.jpg *.jpeg *.gif *.webp *.avif *.bmp *.tif *.tiff *.ico *.heic *.heif"
    )


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
            self.guard(field.edit)
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

    @property
    def _picture(self) -> PictureField | None:
        """The field that is shown for a picture, if any."""
        shown = (picture for name, picture in self.pictures.items() if name in FIELDS[self._content.kind])
        return None if self.isHidden() else next(shown, None)

    def take(self, *sources: PictureSource) -> None:
        """Use other pictures, in the field that is shown for one."""
        if self._picture is not None:
            self._picture.take(*sources)

    def guard(self, text: QLineEdit) -> None:
        """Keep the address of a pasted or dropped picture out of a field for words."""
        text.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.DragEnter and has_pictures(cast(QDragEnterEvent, event).mimeData()):
            event.ignore()  # what lies behind may take it
            return True
        sources = pasted_by(cast(QKeyEvent, event)) if event.type() is QEvent.Type.KeyPress else ()
        if sources:
            self.take(*sources)
        return bool(sources)

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
