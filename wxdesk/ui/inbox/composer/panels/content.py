"""Panels over the chat: one link, card or picture, or a link in the text."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMoveEvent
from PySide6.QtWidgets import QBoxLayout, QLineEdit, QWidget

from wxdesk.core.content import limits as contents
from wxdesk.core.content.text_links import TextLink, link_markup
from wxdesk.core.errors import BadContent
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.i18n import explain, ntr, tr
from wxdesk.ui.content.album import Album
from wxdesk.ui.content.form import ContentForm
from wxdesk.ui.content.picture_intake import pasted_by
from wxdesk.ui.content.preview import ContentPreview
from wxdesk.ui.inbox.composer.tools import more_ways
from wxdesk.ui.inbox.sendability import guarded_text
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, Frame, extend, hbox, tab_stops, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind, SmallButton
from wxdesk.ui.widgets.fields.growing import place_candidates
from wxdesk.ui.widgets.fields.labelled import LabelledField
from wxdesk.ui.widgets.labels import PlainLabel, small_label

_SIDE, _GAP = 16, 6
_KEPT = 152
"""Pixels at the top that stay free if possible, for header and newest message."""


class Popup(Frame):
    """Base of what opens above the composer.

    Signals:
        closed: it was closed, with or without a result.
        covered: the pixels above the composer that it covers now; 0 when it closes.
        worked: it was opened, or the operator typed or moved in it.
    """

    worked = Signal()
    covered = Signal(int)
    closed = Signal()

    def __init__(self, name: str, widest: int, parent: QWidget) -> None:
        super().__init__("card", parent)
        self._host = parent
        self._composer: QWidget | None = None
        self._widest = widest
        self._heard: set[QLineEdit] = set()
        self.setAccessibleName(name)
        parent.installEventFilter(self)
        self.hide()

    def open_over(self, composer: QWidget) -> None:
        """Appear above `composer` and take the focus."""
        self._composer = composer
        self.show()
        self.raise_()
        self.place()
        self.start()
        for field in self.findChildren(QLineEdit):
            if field not in self._heard:
                self._heard.add(field)
                field.textEdited.connect(self.worked)
        self.worked.emit()

    def start(self) -> None:
        """Focus the first field."""
        self.setFocus()

    def close_it(self) -> None:
        """Close it, also while its page is not shown."""
        if not self.isHidden():
            if (focused := self.focusWidget()) is not None:
                focused.clearFocus()  # else Qt gives it to the window's first field for a moment, which is read aloud
            self.hide()
            self.covered.emit(0)
            self.closed.emit()

    def place(self) -> None:
        """Stand above the composer, or in a low window over it, not over all messages."""
        if self._composer is None or not self.isVisible():
            return
        at = self._composer.mapTo(self._host, QPoint(0, 0))
        width = min(self._widest, self._composer.width() - 2 * _SIDE)
        self.fit_into(width, at.y() - 2 * _GAP)
        height = min(self.height_at(width), self._host.height() - 2 * _GAP)
        top = min(max(_KEPT, at.y() - _GAP - height), self._host.height() - _GAP - height)
        if top + height > at.y() and (rows := self._composer.layout()) is not None:  # cover each row of it whole or not
            ends = [at.y() + item.geometry().bottom() + 5 for item in map(rows.itemAt, range(rows.count())) if item]
            height = next((end - top for end in ends if top + height <= end), height)
        self.setGeometry(at.x() + _SIDE, top, width, height)
        self.covered.emit(max(0, at.y() - top))

    def height_at(self, width: int) -> int:
        """Return the height that the content needs at `width`."""
        raise NotImplementedError

    def fit_into(self, width: int, height: int) -> None:
        """Hide the least needed content if it does not fit into `width` and `height`."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() is QEvent.Type.Resize:
            self.place()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.place()
        return super().event(event)

    def moveEvent(self, event: QMoveEvent) -> None:
        """Let the candidates of an input method follow the field."""
        super().moveEvent(event)
        field = self.focusWidget()
        if field is not None and field.hasFocus():
            place_candidates(field)


class Popover(Popup):
    """Base of the panels; content goes into `column`, below the title."""

    def __init__(self, title: str, widest: int, parent: QWidget) -> None:
        super().__init__(title, widest, parent)
        self.title = PlainLabel(title, strong=True, size=Size.BODY)
        self.put_away = SmallButton("close", tr("Close (Esc)"), self, then=self.close_it)
        head = hbox((self.title, 1), self.put_away)
        self.column = vbox(head, within=self, spacing=10, margins=(16, 10, 16, 14))

    def submit(self) -> None:
        """Do what the panel is for, as its button does; also on Ctrl+Enter."""
        raise NotImplementedError

    def height_at(self, width: int) -> int:
        """Return the height that the content needs at `width`."""
        column, frame = self.column, self.contentsMargins()
        inner = width - frame.left() - frame.right()
        needed = column.heightForWidth(inner) if column.hasHeightForWidth() else column.sizeHint().height()
        return max(needed, column.minimumSize().height()) + frame.top() + frame.bottom()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_it()
        elif event.key() in ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.submit()
        else:
            event.accept()  # what is typed here belongs nowhere else

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Keep Tab inside the panel."""
        stops = [one for one in tab_stops(self) if one is not self.put_away and one.isEnabled()] + [self.put_away]
        now = self.focusWidget()
        at = stops.index(now) if now in stops else -1 if forward else 0
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True


_WIDEST = 460


class TextLinkPanel(Popover):
    """Fields for label, address, and a mini-program page that new clients open.

    `insert` takes the link as it stands in a text.
    """

    def __init__(self, insert: Callable[[str], None], parent: QWidget) -> None:
        super().__init__(tr("Link in the text"), _WIDEST, parent)
        self._insert = insert
        self._app_id = ""
        self.label = LabelledField(tr("Words that the customer taps"))
        self.url = LabelledField(tr("Address"), "https://")
        self.path = LabelledField(tr("Page of the mini program (optional)"), "pages/index/index")
        self.note = small_label(tr("With a page, the address is what old versions of WeChat open."), wrap=True)
        self.put_in = Button(tr("Put it into the text"), kind=ButtonKind.PRIMARY, key_hint="Ctrl+⏎", then=self.submit)
        for field in (self.label, self.url, self.path):
            self.column.addWidget(field)
        self.column.addLayout(hbox((self.note, 1), self.put_in))

    def prepare(self, label: str, app_id: str) -> None:
        """Begin with the selected text as label; `app_id` is the conversation's."""
        self._app_id = app_id
        for field, text in ((self.label, " ".join(label.split())), (self.url, ""), (self.path, "")):
            field.edit.setText(text)
            field.show_error("")

    def start(self) -> None:
        """Focus the first field that is missing."""
        (self.url if self.label.text() else self.label).edit.setFocus()

    def submit(self) -> None:
        """Insert the link, or show what is wrong."""
        if not self.label.text():
            self.label.refuse(tr("Which words should the customer tap?"))
            return
        try:
            contents.check_url(self.url.text())
            if self.path.text():
                contents.check_page_path(self.path.text())
        except BadContent as error:
            (self.url if error.field == "url" else self.path).refuse(explain(error))
            return
        page = self.path.text()
        link = TextLink(self.label.text(), self.url.text(), self._app_id if page else "", page)
        self._insert(link_markup(link))
        self.close_it()


WIDEST = 620
SIDE_BY_SIDE = 430
"""Least width in pixels at which fields and preview stand side by side."""


class ContentPanel(Popover):
    """Panel with the `form` of one kind at the left, the preview at the right.

    Signals:
        sent: the `Content` to send.
    """

    sent = Signal(object)

    def __init__(self, kind: ReplyKind, album: Album, bridge: Bridge, parent: QWidget) -> None:
        title, hints = _words_of(kind)
        super().__init__(title, WIDEST, parent)
        self.kind = kind
        self.form = form = ContentForm((kind,), hints, bridge)
        self._plain_title = title
        self.preview = ContentPreview(album)
        self.hint = small_label(wrap=True)
        self.send = Button(tr("Send"), kind=ButtonKind.PRIMARY, key_hint="Ctrl+⏎", then=self.submit)
        self.more = more_ways()
        self._halves = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._halves.setSpacing(16)
        self._shown = QWidget()
        heading = small_label(tr("As the customer sees it"))
        vbox(heading, self.preview, STRETCH, within=self._shown, spacing=3)
        self._halves.addWidget(self._shown, 0)
        foot = hbox((self.hint, 1), hbox(self.send, self.more, spacing=2), spacing=8)
        extend(self.column, self._halves, foot)
        form.column.setSpacing(8)
        form.column.addStretch(1)
        self._halves.insertWidget(0, form, 1)
        form.changed.connect(self.refresh)
        self.refresh()

    def start(self) -> None:
        """Focus the first field, or the send button if there is a picture already."""
        if self._can_send_at_once():
            self.send.setFocus()
        else:
            self.form.start()

    def content(self) -> Content:
        """Return the content that the fields make."""
        return self.form.content(self.kind)

    def fill(self, content: Content) -> None:
        """Show other content; a picture still being read does not come here any more."""
        self.form.clear()
        self.form.show_content(content)

    def for_change(self, changes: bool, more: int) -> None:
        """Set title and button for editing a reply, or for a new one that `more` follow."""
        title = ntr("{title} · {n} more follows", "{title} · {n} more follow", more, title=self._plain_title)
        self.title.setText(tr("Change this reply") if changes else title if more else self._plain_title)
        self.send.setText(tr("Save and send") if changes else tr("Send"))
        self.more.setHidden(changes)

    def refresh(self) -> None:
        """Update the preview after a change; Enter sends a picture that has come."""
        self.preview.show_content(self.content())
        if self._can_send_at_once() and self.form.isAncestorOf(self.focusWidget()):
            self.send.setFocus()

    def show_cost(self, blocked: str, guarded: Sequence[str], cost: str) -> None:
        """Show why nothing may be sent (`blocked`), else `guarded` words, else the cost."""
        self.hint.setText(blocked or guarded_text(guarded) or cost)
        self.hint.set_role("failed" if blocked else "pending" if guarded else "secondary")
        self.send.setEnabled(not blocked)

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
        if sources := pasted_by(event):
            self.form.take(*sources)
        elif event.key() in ENTER and self._can_send_at_once():
            if not event.isAutoRepeat():  # a key held down must not send the next one too
                self.submit()
        else:
            super().keyPressEvent(event)

    def _can_send_at_once(self) -> bool:
        return self.kind is ReplyKind.IMAGE and bool(self.content().picture)


def _words_of(kind: ReplyKind) -> tuple[str, dict[str, str]]:
    """Return the title of a panel, and the hints of its fields."""
    if kind is ReplyKind.LINK:
        return tr("Send a link"), {}
    if kind is ReplyKind.CARD:
        hint = tr("A picture of 5:4, such as 520 × 416. You can also drop it onto the chat.")
        return tr("Send a mini-program card"), {"thumb_picture": hint}
    return tr("Send a picture"), {"picture": tr("You can also paste pictures or drop them onto the chat.")}
