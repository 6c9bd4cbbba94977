"""Panels that make one link, card or picture, with a preview."""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QBoxLayout, QWidget

from wxdesk.core.content import limits as contents
from wxdesk.core.errors import BadContent
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.i18n import explain, tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.form import ContentForm
from wxdesk.ui.content.picture_intake import source_in
from wxdesk.ui.content.preview import ContentPreview
from wxdesk.ui.inbox.composer.panels.popover import Popover
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel

WIDEST = 620
SIDE_BY_SIDE = 430
"""Least width in pixels at which fields and preview stand side by side."""


class ContentPanel(Popover):
    """Panel with the `form` of one kind at the left, the preview at the right.

    Signals:
        sent: the `Content` to send.
    """

    sent = Signal(object)

    def __init__(self, kind: ReplyKind, title: str, form: ContentForm, album: Album, parent: QWidget) -> None:
        super().__init__(title, WIDEST, parent)
        self.kind = kind
        self.form = form
        self._blocked = ""
        self._busy = False
        self._plain_title = title
        self.preview = ContentPreview(album)
        self.hint = PlainLabel(size=Size.SMALL, role="secondary", wrap=True)
        self.send = Button(tr("Send"), kind=ButtonKind.PRIMARY, key_hint="Ctrl+⏎")
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(16)
        self._shown = self._framed(self.preview)
        self._halves.addWidget(self._shown, 0)
        foot = hbox((self.hint, 1), self.send, spacing=8)
        self.column.addLayout(self._halves)
        self.column.addLayout(foot)
        self.send.clicked.connect(self.submit)
        self.confirmed.connect(self.submit)
        form.column.setSpacing(8)
        form.column.addStretch(1)
        self._halves.insertWidget(0, form, 1)
        form.changed.connect(self.refresh)
        self.refresh()

    def _framed(self, preview: ContentPreview) -> QWidget:
        framed = QWidget()
        heading = PlainLabel(tr("As the customer sees it"), size=Size.SMALL, role="secondary")
        vbox(heading, preview, STRETCH, within=framed, spacing=3)
        return framed

    def start(self) -> None:
        """Focus the first field, or the send button if there is a picture already."""
        if self._can_send_at_once():
            self.send.setFocus()
        else:
            self.form.start()

    def content(self) -> Content:
        """Return the content that the fields make."""
        return self.form.content(self.kind)

    @property
    def is_blank(self) -> bool:
        """True if all fields are empty."""
        content = self.content()
        return content == Content(content.kind)

    def clear(self) -> None:
        """Empty all fields."""
        self.form.clear()

    def fill(self, content: Content) -> None:
        """Show the content of an existing reply or template."""
        self.form.show_content(content)

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
            self.form.show_error(error.field, explain(error))
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

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Send a picture on Enter, because nothing is typed here; take a pasted one."""
        if self.kind is not ReplyKind.IMAGE:
            super().keyPressEvent(event)
            return
        pasted = event.matches(QKeySequence.StandardKey.Paste)
        source = source_in(QGuiApplication.clipboard().mimeData()) if pasted else None
        if source is not None:
            self.form.take(source)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._can_send_at_once():
            self.submit()
        else:
            super().keyPressEvent(event)

    def _can_send_at_once(self) -> bool:
        return self.kind is ReplyKind.IMAGE and bool(self.content().picture)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "preview"):
            self.preview.update()


def link_panel(album: Album, bridge: Bridge, parent: QWidget) -> ContentPanel:
    """Return the panel for a link message with title and description."""
    form = ContentForm((ReplyKind.LINK,), {}, bridge)
    return ContentPanel(ReplyKind.LINK, tr("Send a link"), form, album, parent)


def card_panel(album: Album, bridge: Bridge, parent: QWidget) -> ContentPanel:
    """Return the panel for a mini-program card."""
    hint = tr("A PNG, JPEG or GIF of 5:4, such as 520 × 416. You can also drop it onto the chat.")
    form = ContentForm((ReplyKind.CARD,), {"thumb_picture": hint}, bridge)
    return ContentPanel(ReplyKind.CARD, tr("Send a mini-program card"), form, album, parent)


def picture_panel(album: Album, bridge: Bridge, parent: QWidget) -> ContentPanel:
    """Return the panel for a picture, with its size and its problems."""
    hint = tr("PNG, JPEG or GIF. You can also paste one or drop it onto the chat.")
    form = ContentForm((ReplyKind.IMAGE,), {"picture": hint}, bridge)
    return ContentPanel(ReplyKind.IMAGE, tr("Send a picture"), form, album, parent)
