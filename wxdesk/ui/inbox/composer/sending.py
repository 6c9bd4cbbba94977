"""Sends the composer's texts to the desk, each once, and takes them back."""

from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

from wxdesk.core.errors import MoveNotAllowed
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.reply import Draft, Reply
from wxdesk.core.preferences import AfterSending
from wxdesk.core.replies.lifecycle import can_be_undone
from wxdesk.i18n import tr
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.edit_lock import EditLock
from wxdesk.ui.inbox.composer.panels.control import SendingPanels
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.moment import ask_moment
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.wording.status import later_choices


class ReplySending(QObject):
    """Clears what the desk has stored, and restores it once it is taken back.

    Signals:
        taken: the desk has stored what was written in the open conversation.
        written: the desk has stored a text.
        resolve_wanted: the open conversation is to be resolved, whose last reply is stored.
    """

    taken = Signal()
    written = Signal()
    resolve_wanted = Signal()

    def __init__(
        self,
        panels: SendingPanels,
        composer: Composer,
        lock: EditLock,
        bridge: Bridge,
        session: ChatSession,
        notices: Notices,
    ) -> None:
        super().__init__(composer)
        self._panels = panels
        self._composer = composer
        self._lock = lock
        self._bridge = bridge
        self._session = session
        self._notices = notices
        self._last_text = ""
        self._last_replies: Sequence[Reply] = ()
        self._resolves: tuple[int, str] | None = None
        composer.foot.more.clicked.connect(self.open_menu)
        composer.sent.connect(self._send)
        composer.edited.connect(self._save_edit)
        composer.edit.undo_wanted.connect(self.take_back_last)

    def _send(self, conversation_id: int, text: str, parts: int) -> None:
        replies, whole = self._bridge.desk.replies, parts == 1
        work = replies.write(conversation_id, text) if whole else replies.write_split(conversation_id, text, parts)
        self.hand_over(conversation_id, text, work)

    def hand_over(self, conversation_id: int, text: str, work: Coroutine[Any, Any, object]) -> None:
        """Clear the text once the desk has stored it."""
        self._bridge.ask(work, partial(self._taken, conversation_id, text), once=("write", conversation_id, text))

    def _taken(self, conversation_id: int, text: str, answer: Reply | list[Reply]) -> None:
        self._composer.clear_after(conversation_id, Draft.of_text(text))
        self._last_text, self._last_replies = text, answer if isinstance(answer, list) else [answer]
        self.written.emit()
        if self._resolves == (self._composer.conversation_id, text):
            self.resolve_wanted.emit()
        self._resolves = None
        if conversation_id == self._session.conversation_id:
            self.taken.emit()

    def _save_edit(self, reply: Reply, text: str) -> None:
        self._lock.save(reply, Content(text=text), partial(self._edited, text))

    def _edited(self, text: str, reply: Reply) -> None:
        self._composer.clear_after(reply.conversation_id, Draft.of_text(text, reply))

    # -- taking back

    def take_back_last(self) -> None:
        """Undo the last send in the open conversation, else undo in the text field."""
        reply = self._last()
        if reply is not None and self._composer.editing is None:
            self.take_back(reply)
        else:
            self._composer.edit.undo()

    def take_back(self, reply: Reply) -> None:
        """Undo the send of this reply and of all parts sent with it."""
        self._bridge.ask(
            self._bridge.desk.replies.undo(reply.id), self._taken_back, self._refused, once=("undo", reply.id)
        )

    def _last(self) -> Reply | None:
        """Return the newest reply that can be undone, also one not yet in the timeline."""
        found = [self._session.known.undoable()]
        for reply in self._last_replies[:1]:
            is_here = reply.conversation_id == self._session.conversation_id
            if is_here and can_be_undone(reply) and self._session.known.reply(f"r{reply.id}") is None:
                found.append(reply)
        return max((one for one in found if one is not None), key=lambda one: one.id, default=None)

    def _taken_back(self, replies: Sequence[Reply]) -> None:
        first = replies[0]
        if first.content.kind is ReplyKind.TEXT:
            self._composer.put_back(first.conversation_id, self._text_of(replies))
        elif first.conversation_id != self._session.conversation_id or not self._panels.put_back(first.content):
            self._notices.toast(tr("Taken back; it was not sent."))

    def _text_of(self, replies: Sequence[Reply]) -> str:
        """Return the text as it was written, before it was split for WeChat."""
        if [reply.id for reply in replies] == [reply.id for reply in self._last_replies]:
            return self._last_text
        return "\n".join(reply.content.text for reply in replies)

    def _refused(self, error: Exception) -> None:
        if isinstance(error, MoveNotAllowed):
            self._notices.toast(tr("Too late to undo: it has already been sent."))
        else:
            self._bridge.failed.emit(error)

    # -- later, or as the last word

    def open_menu(self) -> None:
        """Open the menu of more ways to send over its button."""
        anchor = self._composer.foot.more
        menu = QMenu(anchor)
        menu.setAccessibleName(tr("More ways to send"))
        resolve = menu.addAction(tr("Send and resolve\tCtrl+Shift+Enter"), self.send_and_resolve)
        resolve.setEnabled(self._composer.can_send)
        later = menu.addMenu(tr("Send later"))
        later.setEnabled(self._composer.can_send)
        now, written = self._bridge.desk.clock(), self._written
        for words, at in later_choices(now):
            later.addAction(words, partial(self.send_later, at, written))
        then = partial(self.send_later, written=written)
        ask = partial(ask_moment, anchor, tr("Send later"), tr("Send then"), now, then)
        later.addAction(tr("At another time…"), ask)
        menu.addSeparator()
        group = QActionGroup(menu)
        for value, words in (
            (AfterSending.STAY, tr("After sending, stay here")),
            (AfterSending.LONGEST, tr("After sending, go to who waits longest")),
            (AfterSending.UNREAD, tr("After sending, go to the next unread")),
        ):
            action = group.addAction(menu.addAction(words))
            action.setCheckable(True)
            action.setChecked(value is self._bridge.desk.preferences.now.after_sending)
            action.triggered.connect(partial(self._prefer, value))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(anchor.mapToGlobal(QPoint(anchor.width() - menu.sizeHint().width(), -menu.sizeHint().height() - 4)))

    def send_and_resolve(self) -> None:
        """Send what is written, and resolve the conversation once that is stored."""
        if self._composer.can_send:
            self._resolves = self._written
            self._composer.submit()

    def send_later(self, at: datetime, written: tuple[int, str]) -> None:
        """Let the desk send at a time what was `written`, if that is still open."""
        if written != self._written:
            self._notices.toast(tr("Nothing was planned, because something else is open now."))
        elif self._composer.can_send:
            thread, text = written
            self.hand_over(thread, text, self._bridge.desk.replies.write(thread, text, at))

    @property
    def _written(self) -> tuple[int, str]:
        return self._composer.conversation_id, self._composer.text()

    def _prefer(self, then: AfterSending) -> None:
        preferences = self._bridge.desk.preferences
        self._bridge.ask(preferences.set(replace(preferences.now, after_sending=then)))
