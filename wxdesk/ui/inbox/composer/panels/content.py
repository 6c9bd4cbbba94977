"""Base of the panels that make one link, card or picture, with a preview."""

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
"""Least width in pixels at which fields and preview stand side by side."""


class ContentPanel(Popover):
    """Fields in `fields` at the left, the preview at the right.

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
        """Return the content that the fields make."""
        raise NotImplementedError

    @property
    def is_blank(self) -> bool:
        """True if all fields are empty."""
        content = self.content()
        return content == Content(content.kind)

    def show_error(self, field: str, reason: str) -> None:
        """Show `reason` at the field with that name in `Content`, and focus it."""
        raise NotImplementedError

    def clear(self) -> None:
        """Empty all fields."""
        raise NotImplementedError

    def fill(self, content: Content) -> None:
        """Show the content of an existing reply or template."""
        raise NotImplementedError

    def for_change(self, changes: bool) -> None:
        """Set the title and button for editing a reply, or for making a new one."""
        self.title.setText(tr("Change this reply") if changes else self._plain_title)
        self.send.setText(tr("Save and send") if changes else tr("Send"))

    def refresh(self) -> None:
        """Update the preview after a change of the fields."""
        self.preview.show_content(self.content())

    def show_cost(self, blocked: str, cost: str) -> None:
        """Show the cost of sending, or why nothing may be sent now (`blocked`)."""
        self._blocked = blocked
        self.hint.setText(blocked or cost)
        self.hint.set_role("failed" if blocked else "secondary")
        self.send.setEnabled(not blocked and not self._busy)

    def set_busy(self, busy: bool) -> None:
        """Disable sending while the desk stores a reply."""
        self._busy = busy
        self.send.setEnabled(not busy and not self._blocked)

    def submit(self) -> None:
        """Send, or show the problem at its field."""
        if not self.send.isEnabled():
            return
        content = self.content()
        try:
            contents.check(content)
        except BadContent as error:
            self.show_error(error.field, explain(error))
        else:
            self.sent.emit(content)

    def fit_into(self, width: int, height: int) -> None:
        """Put the preview below the fields if narrow; hide it if the room is low too."""
        wide = width >= SIDE_BY_SIDE
        wanted = QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom
        if self._halves.direction() != wanted:
            self._halves.setDirection(wanted)
        self._shown.setVisible(True)
        self._shown.setVisible(wide or self.height_at(width) <= height)

    def changeEvent(self, event: QEvent) -> None:
        """Repaint the preview when the colours change."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "preview"):
            self.preview.update()
