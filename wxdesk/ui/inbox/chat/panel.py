"""Middle region: header, timeline and composer, or a placeholder."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import QRect, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QGuiApplication, QImage, QPaintEvent
from PySide6.QtWidgets import QMenu, QStackedLayout, QWidget

from wxdesk.core.model.reply import Reply
from wxdesk.i18n import tr
from wxdesk.ui.content.album import Album, read_kept
from wxdesk.ui.content.picture_intake import accepts, sources_in
from wxdesk.ui.inbox.chat.bars import FindBar, TransferBar
from wxdesk.ui.inbox.chat.claim_control import ClaimControl
from wxdesk.ui.inbox.chat.controls import ResolveControl, TakeoverControl
from wxdesk.ui.inbox.chat.header import ChatHeader
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.composer.writing import ReplyWriting
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction
from wxdesk.ui.inbox.timeline.dialogs import LARGEST, PictureViewer
from wxdesk.ui.inbox.timeline.view import TimelineView
from wxdesk.ui.look.theme import Measure, Size, color_of, font
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.widgets.boxes import Frame, vbox
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.painting import CENTER, paint_box, painting
from wxdesk.ui.widgets.placeholders import EmptyState
from wxdesk.ui.wording.reply_status import status_of_reply

_MARGIN = 12
_SENDS = frozenset({BubbleAction.SEND, BubbleAction.SEND_ALL, BubbleAction.RETRY})
LATE_MS = 600
"""Wait for a conversation's messages that is not mentioned."""


class DropZone(QWidget):
    """Covers `host` while a picture is held over it."""

    def __init__(self, host: QWidget) -> None:
        super().__init__(host)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName(tr("Let go to add pictures; nothing is sent yet"))
        self.hide()

    def cover(self, place: QRect) -> None:
        """Show that pictures can be let go in this part of the host."""
        self.setGeometry(place)
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        with painting(self) as painter:
            painter.setOpacity(0.92)
            painter.fillRect(self.rect(), color_of("panel"))
            painter.setOpacity(1.0)
            frame = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
            paint_box(painter, frame, Measure.RADIUS, "", "accent", 2, Qt.PenStyle.DashLine)
            painter.setFont(font(Size.TITLE, strong=True))
            painter.drawText(frame, CENTER, tr("Let go to add pictures; nothing is sent yet"))


class ChatPanel(Frame):
    """The open conversation, with the commands of its bubbles.

    Signals:
        why_wanted: the key of a bubble whose reasons are asked for.
    """

    why_wanted = Signal(str)

    def __init__(self, bridge: WindowBridge, session: ChatSession) -> None:
        super().__init__("window")
        self._bridge = bridge
        self._session = session
        self.header = ChatHeader(bridge.desk.accounts)
        self.album = Album(bridge.desk.pictures.path, bridge.ask, self)
        self.timeline = TimelineView(session.model, self.album)
        self.empty = EmptyState()
        self.unread = EmptyState()
        self._late = Debounce(self._show_unread, self, LATE_MS)
        self.writing = ReplyWriting(self, self.album, bridge, session)
        self.composer = self.writing.composer
        self.find_bar = FindBar(bridge, session, self.timeline, self.composer.edit)
        self.drop_zone = DropZone(self)
        self.setAcceptDrops(True)
        self.transfer = TransferBar(bridge)
        self.claim = ClaimControl(self.header.face, self.header.colleagues, bridge, session.hold_reasons)
        self.takeover = TakeoverControl(self.header, bridge, session)
        self.resolving = ResolveControl(self.header, self.composer.edit, bridge, session)
        self.timeline.write_into(self.composer.edit)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        nobody = Frame("header")
        self._head = QStackedLayout()
        for head in (self.header, nobody):
            head.setFixedHeight(self.header.minimumHeight())
            self._head.addWidget(head)
        chat = QWidget()
        bars = self._head, self.find_bar, self.transfer, self.resolving.bar
        self._middle = QStackedLayout()
        for part in (self.timeline, self.unread):
            self._middle.addWidget(part)
        column = vbox(*bars, (self._middle, 1), self.takeover.bar, within=chat, spacing=0)
        column.addWidget(self.composer)
        self._chat = chat
        self._pages = QStackedLayout(self)
        self.empty.say(tr("No conversation is open"), tr("Choose one from the list, or press Alt+↓ for the next."))
        self._pages.addWidget(self.empty)
        self._pages.addWidget(chat)

    def _connect(self) -> None:
        session, timeline, composer = self._session, self.timeline, self.composer
        session.turned.connect(self._turn)
        session.opened.connect(self._opened)
        session.at_end = timeline.at_end
        self.unread.step.clicked.connect(session.retry)
        session.hold_reasons.changed.connect(timeline.viewport().update)
        timeline.older_wanted.connect(session.older)
        timeline.newer_wanted.connect(session.newer)
        timeline.jump.clicked.connect(self._to_latest)
        timeline.acted.connect(self.act)
        timeline.missed.connect(self._tell_missed)
        timeline.picture_wanted.connect(self._show_picture)
        timeline.picture_copied.connect(self._copy_picture)
        timeline.quoted.connect(self.writing.quote)
        timeline.left_below.connect(composer.edit.setFocus)
        self.writing.sending.stored_here.connect(self._to_latest)
        self.writing.panels.covered.connect(timeline.leave_room)
        composer.edit.went_up.connect(timeline.focus_last)
        composer.idle.connect(timeline.lend_keys)
        composer.edit.take_key = timeline.take_key
        self.header.transfer.clicked.connect(self.transfer.ask)

    # -- showing

    def refresh(self, now: datetime) -> None:
        """Show the open conversation as it is now."""
        row = self._session.row
        self._pages.setCurrentWidget(self.empty if self._session.conversation_id is None else self._chat)
        if self._session.visit.failed:
            self._show_unread()
        elif not self._session.visit.fresh:
            self._show_timeline()
        if row is None:
            self._show_nobody()
            return
        self.timeline.set_whole(self._session.known.to_end)
        self._head.setCurrentWidget(self.header)
        self.header.show_row(row, leaving=self._session.leaving)
        self.tick(now)
        self.resolving.tick(now)
        self.writing.lock.follow()

    def _show_nobody(self) -> None:
        self._head.setCurrentIndex(1)
        for bar in (self.transfer, self.resolving.bar, self.takeover.bar):
            bar.say("")

    def _show_timeline(self) -> None:
        self._late.stop()
        self._middle.setCurrentWidget(self.timeline)

    def _show_unread(self) -> None:
        """Say in place of the messages that they are still being read, or could not be."""
        if self._session.visit.failed:
            words = tr("What you have written for it is kept.")
            self.unread.say(tr("This conversation could not be read"), words, tr("Try again"))
        else:
            self.unread.say("", tr("Reading the messages…"))
        self._middle.setCurrentWidget(self.unread)

    def _turn(self) -> None:
        """Close menus and panels so that nothing is sent to the wrong conversation."""
        for menu in self.findChildren(QMenu):
            menu.close()
        self._show_timeline()
        self._late.start()
        self.writing.turn()

    def tick(self, now: datetime) -> None:
        """Update times and countdowns of the open conversation to `now`."""
        conversation = self._session.conversation
        if conversation is None:
            return
        self.header.tick(now)
        self.takeover.tick(now)
        self.claim.show_conversation(conversation, now)
        self.transfer.show_conversation(conversation, now)
        self.writing.tick(conversation, now)
        self.timeline.tick()

    def _opened(self, key: str) -> None:
        self._show_timeline()
        self.timeline.to_end()
        if key == "unread":
            unread = self._session.model.index(self._session.model.row_of(key))
            if self.timeline.visualRect(unread).top() < 0:
                self.timeline.go_to(key, mark=False)
                self.timeline.show_last_question()
        elif key:
            self.timeline.go_to(key, mark=True)

    def _to_latest(self) -> None:
        if self._session.known.to_end:
            self.timeline.to_end()
        else:
            self._session.reload()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if accepts(event):
            self.drop_zone.cover(self.rect())

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        super().dragLeaveEvent(event)
        self.drop_zone.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.drop_zone.hide()
        if accepts(event):
            self.writing.panels.take_pictures(sources_in(event.mimeData()))

    # -- commands

    def act(self, action: BubbleAction, key: str) -> None:
        """Do the action of a bubble."""
        reply = self._session.known.reply(key)
        if action is BubbleAction.WHY:
            self.why_wanted.emit(key)
        elif reply is None:
            return
        elif action is BubbleAction.SEE_SINCE:
            self._show_since(key)
        elif action is BubbleAction.EDIT:
            self.writing.edit(reply)
        elif action is BubbleAction.UNDO:
            self.writing.sending.take_back(reply)
        elif action is BubbleAction.COPY_RID:
            QGuiApplication.clipboard().setText(reply.rid)
            self._bridge.notices.toast(tr("Copied"))
        elif action is BubbleAction.REUSE:
            self.composer.write_anew(self.composer.drafts.left.get(reply.id, reply.content).text)
        else:
            self._command(action, reply)

    def _tell_missed(self, command: str, key: str) -> None:
        reply = self._session.known.reply(key)
        if reply is not None:
            status = status_of_reply(reply, self._bridge.desk.clock()).text
            words = tr("“{command}” came too late. The reply is now: {status}", command=command, status=status)
            self._bridge.notices.toast(words)

    def _show_since(self, key: str) -> None:
        entry = self._session.model.record(key)
        if entry is not None and entry.since is not None:
            self.timeline.go_to(f"m{entry.since.id}", mark=True)

    def _show_picture(self, digest: str) -> None:
        PictureViewer(digest, self.album, self._bridge, self).show()

    def _copy_picture(self, digest: str) -> None:
        self._bridge.ask(read_kept(digest, self._bridge.desk.pictures.path, LARGEST), self._put_on_clipboard)

    def _put_on_clipboard(self, image: QImage) -> None:
        if not image.isNull():
            QGuiApplication.clipboard().setImage(image)
        self._bridge.notices.toast(tr("This picture cannot be shown") if image.isNull() else tr("Copied"))

    def _sends_change(self, action: BubbleAction, reply: Reply) -> bool:
        """Return True if sending this reply means what the text in hand makes of it."""
        entry, changed = self._session.model.record(f"r{reply.id}"), self.composer.editing
        alone = action is BubbleAction.SEND and entry is not None and entry.asking  # of its parts, as it is
        return changed is not None and changed.id == reply.id and action in _SENDS and not alone

    def _command(self, action: BubbleAction, reply: Reply) -> None:
        ask, replies = partial(self._bridge.ask, once=(action, reply.id)), self._bridge.desk.replies
        match action:
            case _ if self._sends_change(action, reply):
                self.composer.submit()
            case BubbleAction.TAKE_OVER:
                ask(self._bridge.desk.conversations.take_over(reply.conversation_id))
            case BubbleAction.SEND | BubbleAction.SEND_ALL:
                work = replies.release(reply.id, whole=action is BubbleAction.SEND_ALL)
                ask(work, self.writing.sending.released.emit)
            case BubbleAction.STOP | BubbleAction.DISCARD:
                ask(replies.cancel(reply.id))
            case BubbleAction.RETRY | BubbleAction.SEND_AGAIN:
                ask(replies.retry(reply.id))
            case BubbleAction.CONFIRM:
                ask(replies.confirm(reply.id))
