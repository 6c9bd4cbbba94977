"""Resolves, snoozes and reopens the open conversation."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QMenu

from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.status import ConversationStatus
from wxdesk.i18n import tr
from wxdesk.ui.inbox.chat.header import ChatHeader
from wxdesk.ui.inbox.chat.until_menu import next_hours_change, offer
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.status import snooze_choices, status_icon, status_sentence, upcoming_time


class ResolvedBar(QFrame):
    """Shows since when and by whom, and offers to reopen; hidden while open."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("class", "bar-quiet")
        self.setMinimumHeight(40)
        self._marks = {name: IconLabel(name, "secondary", 18, self) for name in ("check", "moon")}
        self._words = PlainLabel(role="secondary", wrap=True, parent=self)
        self.back = Button("", kind=ButtonKind.QUIET, parent=self)
        marks = self._marks.values()
        hbox(*marks, (self._words, 1), self.back, within=self, spacing=10, margins=(16, 4, 12, 4))
        self.hide()

    @property
    def text(self) -> str:
        """The text shown; empty while the bar is hidden."""
        return "" if self.isHidden() else self._words.full_text()

    def show_conversation(self, conversation: Conversation, now: datetime) -> None:
        """Show the status of this conversation."""
        aside = conversation.status is not ConversationStatus.OPEN
        if aside:
            self._words.setText(status_sentence(conversation, now))
            self.back.setText(tr("Reopen") if conversation.status is ConversationStatus.RESOLVED else tr("Wake now"))
            for name, mark in self._marks.items():
                mark.setVisible(name == status_icon(conversation))
        self.setVisible(aside)


class ResolveControl(QObject):
    """Connects the resolve and snooze buttons and the status `bar` with the desk.

    Signals:
        done: the id of a conversation that was resolved or snoozed; the page goes on to the next.
        back_wanted: the id of a conversation that is to be opened again after undo.
    """

    done = Signal(int)
    back_wanted = Signal(int)

    def __init__(
        self, header: ChatHeader, edit: MessageEdit, bridge: Bridge, session: ChatSession, notices: Notices
    ) -> None:
        super().__init__(header)
        self._header = header
        self._edit = edit
        self._bridge = bridge
        self._session = session
        self._notices = notices
        self.bar = ResolvedBar()
        header.resolve.clicked.connect(self.toggle)
        header.snooze.clicked.connect(self.open_menu)
        self.bar.back.clicked.connect(self._reopen)

    def tick(self, now: datetime) -> None:
        """Show the status of the open conversation."""
        if self._session.conversation is not None:
            self.bar.show_conversation(self._session.conversation, now)

    def toggle(self) -> None:
        """Resolve or reopen the conversation, unless an input method is composing."""
        conversation = self._session.conversation
        if conversation is None or self._edit.composing:
            return
        if conversation.status is not ConversationStatus.OPEN:
            self._reopen()
            return
        work = self._bridge.desk.conversations.resolve(conversation.id)
        self._bridge.ask(work, partial(self._resolved, conversation, self._edit.toPlainText()))

    def open_menu(self) -> None:
        """Let the operator choose until when to snooze."""
        conversation = self._session.conversation
        if conversation is None or self._edit.composing:
            return
        now, anchor = self._bridge.desk.clock(), self._header.snooze
        menu = QMenu(anchor)
        menu.setAccessibleName(tr("Until when to snooze"))
        opening = next_hours_change(self._bridge.desk, conversation, lambda schedule: schedule.next_open(now))
        offer(menu, snooze_choices(opening, now))
        if conversation.status is not ConversationStatus.OPEN:
            menu.addSeparator()
            menu.addAction(tr("Reopen") if conversation.status is ConversationStatus.RESOLVED else tr("Wake now"))
        menu.triggered.connect(partial(self._choose, conversation))
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(anchor.mapToGlobal(QPoint(anchor.width() - menu.sizeHint().width(), anchor.height() + 4)))
        menu.setActiveAction(menu.actions()[0])

    def _choose(self, conversation: Conversation, action: QAction) -> None:
        until = action.data()
        if not isinstance(until, datetime):
            self._bridge.ask(self._bridge.desk.conversations.reopen(conversation.id))
            return
        work = self._bridge.desk.conversations.snooze(conversation.id, until)
        self._bridge.ask(work, partial(self._snoozed, conversation, self._edit.toPlainText(), until))

    def _resolved(self, conversation: Conversation, written: str, _: None) -> None:
        self._told(conversation.id, written, tr("Resolved: {name}", name=name_of(conversation.contact)))

    def _snoozed(self, conversation: Conversation, written: str, wanted: datetime, until: datetime) -> None:
        when, name = upcoming_time(until, self._bridge.desk.clock()), name_of(conversation.contact)
        words = tr("Snoozed until {when}: {name}", when=when, name=name)
        if until < wanted:
            words = tr("Snoozed until {when}, before the reply window closes: {name}", when=when, name=name)
        self._told(conversation.id, written, words)

    def _told(self, conversation_id: int, written: str, words: str) -> None:
        """Offer undo, and go on unless the operator has written more here since."""
        self._notices.offer(words, tr("Undo"), partial(self._undo, conversation_id))
        if self._edit.toPlainText() == written and not self._edit.composing:
            self.done.emit(conversation_id)

    def _undo(self, conversation_id: int) -> None:
        self._bridge.ask(self._bridge.desk.conversations.reopen(conversation_id))
        self.back_wanted.emit(conversation_id)

    def _reopen(self) -> None:
        if self._session.conversation is not None:
            self._bridge.ask(self._bridge.desk.conversations.reopen(self._session.conversation.id))
