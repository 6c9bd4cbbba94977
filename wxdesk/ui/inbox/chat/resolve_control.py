"""Resolves, snoozes and reopens the open conversation."""

from datetime import datetime

from PySide6.QtCore import QObject, QPoint
from PySide6.QtWidgets import QFrame

from wxdesk.core.conversations.row_change import RowAct, RowChange
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.status import ConversationStatus
from wxdesk.i18n import tr
from wxdesk.ui.inbox.acts import RowActs, SnoozeMenu
from wxdesk.ui.inbox.chat.header import ChatHeader
from wxdesk.ui.inbox.composer.message_field import MessageEdit
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel
from wxdesk.ui.wording.status import status_icon, status_sentence


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
    """Connects the resolve and snooze buttons and the status `bar` with the `acts`."""

    def __init__(
        self, header: ChatHeader, edit: MessageEdit, bridge: Bridge, session: ChatSession, notices: Notices
    ) -> None:
        super().__init__(header)
        self._header = header
        self.acts = RowActs(bridge, session, notices, edit)
        self._bridge = bridge
        self._session = session
        self.bar = ResolvedBar()
        header.resolve.clicked.connect(self.toggle)
        header.snooze.clicked.connect(self.open_menu)
        self.bar.back.clicked.connect(self._reopen)

    def tick(self, now: datetime) -> None:
        """Show the status of the open conversation."""
        if self._session.conversation is not None:
            self.bar.show_conversation(self._session.conversation, now)

    def toggle(self) -> None:
        """Resolve or reopen the conversation."""
        conversation = self._session.conversation
        if conversation is not None and conversation.status is not ConversationStatus.OPEN:
            self.acts.do((conversation,), RowChange(RowAct.REOPEN))
        else:
            self.resolve()

    def resolve(self) -> None:
        """Resolve the conversation unless it is set aside already."""
        conversation = self._session.conversation
        if conversation is not None and conversation.status is ConversationStatus.OPEN:
            self.acts.do((conversation,), RowChange(RowAct.RESOLVE))

    def open_menu(self) -> None:
        """Let the operator choose until when to snooze."""
        conversation, anchor = self._session.conversation, self._header.snooze
        if conversation is None or self.acts.composing:
            return
        menu = SnoozeMenu(self._bridge.desk, (conversation,), self.acts.do, anchor)
        if conversation.status is not ConversationStatus.OPEN:
            menu.addSeparator()
            resolved = conversation.status is ConversationStatus.RESOLVED
            menu.addAction(tr("Reopen") if resolved else tr("Wake now")).triggered.connect(self._reopen)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(anchor.mapToGlobal(QPoint(anchor.width() - menu.sizeHint().width(), anchor.height() + 4)))
        menu.setActiveAction(menu.actions()[0])

    def _reopen(self) -> None:
        if self._session.conversation is not None:
            self.acts.do((self._session.conversation,), RowChange(RowAct.REOPEN))
