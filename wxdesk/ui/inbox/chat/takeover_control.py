"""Takes over the open conversation and hands it back."""

from datetime import datetime, timedelta
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QMenu

from wxdesk.core.conversations.takeover import (
    UNTIL_HANDED_BACK,
    TakeoverDuration,
    ends_soon,
    extended_duration,
)
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Conversation
from wxdesk.i18n import tr
from wxdesk.ui.inbox.acts import next_hours_change, offer
from wxdesk.ui.inbox.chat.header import ChatHeader
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.notices import announce
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel
from wxdesk.ui.wording.takeover import extend_takeover_text, takeover_countdown, takeover_silences, takeover_spans


class TakeoverEndBar(QFrame):
    """Counts down to the return of automatic replies; extends the takeover or ends it."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("class", "bar-pending")
        self.setMinimumHeight(40)
        self._words = PlainLabel(role="pending", wrap=True, tabular=True, parent=self)
        self.keep = Button("", kind=ButtonKind.QUIET, parent=self)
        self.back = Button(tr("Hand back now"), kind=ButtonKind.QUIET, parent=self)
        mark = IconLabel("hourglass", "pending", 18, self)
        hbox(mark, (self._words, 1), self.keep, self.back, within=self, spacing=10, margins=(16, 4, 12, 4))
        self.hide()

    @property
    def text(self) -> str:
        """The text shown; empty while the bar is hidden."""
        return "" if self.isHidden() else self._words.full_text()

    def show_conversation(self, conversation: Conversation, span: timedelta, now: datetime) -> None:
        """Show how near the end is; `span` is the length of an extension."""
        soon = ends_soon(conversation, now)
        if soon:
            words = takeover_countdown(conversation, now)
            self._words.setText(words)
            self.keep.setText(extend_takeover_text(conversation, span))
            if self.isHidden():
                announce(self, words)
        self.setVisible(soon)


class TakeoverControl(QObject):
    """Connects the header's modes and takeover and the warning `bar` with the desk."""

    def __init__(self, header: ChatHeader, bridge: Bridge, session: ChatSession) -> None:
        super().__init__(header)
        self._header = header
        self._bridge = bridge
        self._session = session
        self.bar = TakeoverEndBar()
        header.mode_chosen.connect(self._set_mode)
        header.takeover.clicked.connect(self.toggle)
        header.spans.clicked.connect(self.open_menu)
        self.bar.keep.clicked.connect(self._keep)
        self.bar.back.clicked.connect(self._hand_back)

    def tick(self, now: datetime) -> None:
        """Show the warning bar once the end of the takeover is near."""
        if self._session.conversation is not None:
            self.bar.show_conversation(self._session.conversation, self._span(), now)

    def toggle(self) -> None:
        """Take over, or hand back; a rule's reply still pending by then is stopped first."""
        if self._session.conversation is None:
            return
        if self._header.hands_back:
            self._hand_back()
        else:
            self._take_over(UNTIL_HANDED_BACK)

    def open_menu(self) -> None:
        """Let the operator choose for how long to take over."""
        conversation = self._session.conversation
        if conversation is None:
            return
        now, anchor = self._bridge.desk.clock(), self._header.spans
        menu = QMenu(anchor)
        menu.setAccessibleName(tr("For how long to take over"))
        closing = next_hours_change(self._bridge.desk, conversation, lambda schedule: schedule.next_close(now))
        offer(menu, takeover_spans(conversation, closing, now))
        menu.addSeparator()
        offer(menu, takeover_silences(conversation, now))
        if self._header.taken_over:
            menu.addSeparator()
            menu.addAction(tr("Hand back now"))
        menu.triggered.connect(partial(self._choose, conversation.id))
        menu.aboutToHide.connect(menu.deleteLater)
        at = anchor.mapToGlobal(QPoint(anchor.width() - menu.sizeHint().width(), anchor.height() + 4))
        menu.popup(at)
        menu.setActiveAction(menu.actions()[0])

    def _choose(self, conversation_id: int, action: QAction) -> None:
        how, conversations = action.data(), self._bridge.desk.conversations
        chosen = isinstance(how, TakeoverDuration)
        self._bridge.ask(
            conversations.take_over(conversation_id, how) if chosen else conversations.hand_back(conversation_id)
        )

    def _set_mode(self, conversation_id: int, mode: ReplyMode | None) -> None:
        self._bridge.ask(self._bridge.desk.conversations.set_mode(conversation_id, mode))

    def _keep(self) -> None:
        if self._session.conversation is not None:
            self._take_over(extended_duration(self._session.conversation, self._span()))

    def _take_over(self, how: TakeoverDuration) -> None:
        if self._session.conversation is not None:
            self._bridge.ask(self._bridge.desk.conversations.take_over(self._session.conversation.id, how))

    def _hand_back(self) -> None:
        if self._session.conversation is not None:
            self._bridge.ask(self._bridge.desk.conversations.hand_back(self._session.conversation.id))

    def _span(self) -> timedelta:
        return timedelta(minutes=self._bridge.desk.preferences.now.takeover_minutes)
