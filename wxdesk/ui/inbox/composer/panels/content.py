"""A panel that makes one reply which is no text: its fields, how the contact will see it, and why it cannot be sent."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QVBoxLayout, QWidget

from wxdesk.core.content import limits as contents
from wxdesk.core.errors import BadContent
from wxdesk.core.model.content import Content
from wxdesk.i18n import explain, tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.preview import ContentPreview
from wxdesk.ui.inbox.composer.panels.popover import Popover
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel

WIDEST = 620
SIDE_BY_SIDE = 430
"""From this width on, fields and preview stand beside each other."""


class ContentPanel(Popover):
    """Fields at the left in `fields`, the preview at the right; the composer tells when nothing may be sent.

    Signals:
        sent: the `Content` to send.
    """

    sent = Signal(object)

    def __init__(self, title: str, album: Album, parent: QWidget) -> None:
        super().__init__(title, WIDEST, parent)
        self._blocked = ""
        self._busy = False
        self._plain_title = title
        self.fields = QVBoxLayout()
        self.fields.setSpacing(8)
        self.preview = ContentPreview(album)
        self.hint = PlainLabel(size=Size.SMALL, role="secondary", wrap=True)
        self.send = Button(tr("Send"), kind=ButtonKind.PRIMARY, key_hint="Ctrl+⏎")
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(16)
        self._halves.addLayout(self.fields, 1)
        self._shown = self._framed(self.preview)
        self._halves.addWidget(self._shown, 0)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.hint, 1)
        foot.addWidget(self.send)
        self.column.addLayout(self._halves)
        self.column.addLayout(foot)
        self.send.clicked.connect(self.submit)
        self.confirmed.connect(self.submit)

    def _framed(self, preview: ContentPreview) -> QWidget:
        framed = QWidget()
        column = QVBoxLayout(framed)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(3)
        column.addWidget(PlainLabel(tr("As the customer sees it"), size=Size.SMALL, role="secondary"))
        column.addWidget(preview)
        column.addStretch(1)
        return framed

    def content(self) -> Content:
        """What the fields make."""
        raise NotImplementedError

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been made here yet."""
        content = self.content()
        return content == Content(content.kind)

    def complain(self, field: str, reason: str) -> None:
        """Show `reason` at the field of that name in `Content`, and give it the keyboard."""
        raise NotImplementedError

    def clear(self) -> None:
        """Begin anew."""
        raise NotImplementedError

    def fill(self, content: Content) -> None:
        """Begin with what a reply consists of already."""
        raise NotImplementedError

    def for_change(self, changes: bool) -> None:
        """Say whether a reply is changed here, or a new one made."""
        self.title.setText(tr("Change this reply") if changes else self._plain_title)
        self.send.setText(tr("Save and send") if changes else tr("Send"))

    def refresh(self) -> None:
        """The fields have changed."""
        self.preview.show_content(self.content())

    def set_room(self, blocked: str, cost: str) -> None:
        """Why nothing may be sent now, or what it costs."""
        self._blocked = blocked
        self.hint.setText(blocked or cost)
        self.hint.set_role("failed" if blocked else "secondary")
        self.send.setEnabled(not blocked and not self._busy)

    def set_busy(self, busy: bool) -> None:
        """While the desk takes a reply over, the same is not sent again."""
        self._busy = busy
        self.send.setEnabled(not busy and not self._blocked)

    def submit(self) -> None:
        """Send, or say at its field what is wrong."""
        if not self.send.isEnabled():
            return
        content = self.content()
        try:
            contents.check(content)
        except BadContent as error:
            self.complain(error.field, explain(error))
        else:
            self.sent.emit(content)

    def fit_into(self, width: int, height: int) -> None:
        """Put the preview below the fields where it is narrow, and leave it out where it is low as well."""
        wide = width >= SIDE_BY_SIDE
        wanted = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._halves.direction() != wanted:
            self._halves.setDirection(wanted)
        self._shown.setVisible(True)
        self._shown.setVisible(wide or self.height_at(width) <= height)

    def changeEvent(self, event: QEvent) -> None:
        """The preview paints itself in the colours of the moment."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "preview"):
            self.preview.update()
