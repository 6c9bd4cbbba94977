"""Right region: contact, takeover, reasons, history and quota of what is in focus."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QWidget

from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.decision import Decision
from wxdesk.i18n import tr
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.details.contact import ContactPanel
from wxdesk.ui.inbox.details.customer_data import CustomerDataPanel
from wxdesk.ui.inbox.details.decision import DecisionPanel, OutcomeLine, outcome_lines
from wxdesk.ui.inbox.details.quota import quota_sentence
from wxdesk.ui.inbox.details.reply_history import ReplyHistoryPanel
from wxdesk.ui.look.theme import Measure
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.boxes import STRETCH, ColumnScroll, Frame, extend, hbox, vbox
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.labels import PlainLabel, heading
from wxdesk.ui.wording.takeover import takeover_sentence


class DetailPanel(Frame):
    """Details of the open conversation.

    Signals:
        left: Esc or `away` was pressed; a drawer closes then.
    """

    left = Signal()

    def __init__(self, bridge: Bridge) -> None:
        super().__init__("side")
        self.setMinimumWidth(Measure.DETAIL)
        self.setMaximumWidth(Measure.WIDEST_SIDE)
        self.contact = ContactPanel()
        self.data = CustomerDataPanel(bridge)
        self.history = ReplyHistoryPanel()
        self.decision = DecisionPanel()
        self.quota = PlainLabel(wrap=True, role="text")
        self.speaker = PlainLabel(wrap=True, role="text")
        self.away = SmallButton("close", tr("Close"), self, then=self.left)
        self.away.hide()  # only a drawer can be put away
        self._taken = QWidget()
        self.area = ColumnScroll(self, self._content())
        vbox(self.area, within=self, margins=(1, 0, 0, 0))

    def _content(self) -> QFrame:
        content = Frame("panel")
        column = vbox(within=content, spacing=8, margins=(16, 16, 16, 16))
        vbox(heading(tr("Taken over")), self.speaker, 12, within=self._taken, spacing=8)
        extend(column, hbox((heading(tr("Customer")), 1), self.away), self.contact, 12, self.data)
        extend(column, self._taken, self.history)
        extend(column, heading(tr("Why this answer")), self.decision, 12)
        extend(column, heading(tr("Replies left")), self.quota, 12, STRETCH)
        return content

    def show_conversation(
        self, conversation: Conversation, source: str | None, account: Account | None, now: datetime
    ) -> None:
        """Show this conversation's contact and quota."""
        self.contact.show_contact(conversation, source)
        self.data.show_conversation(conversation.id)
        self.quota.setText(quota_sentence(conversation, account, now))

    def show_speaker(self, conversation: Conversation, now: datetime, *, leaving: bool) -> None:
        """Show who answers, and how long; `leaving`: an automatic reply leaves first."""
        words = takeover_sentence(conversation, now, leaving=leaving)
        self.speaker.setText(words)
        self._taken.setVisible(bool(words))

    def focus_reasons(self) -> None:
        """Scroll to the reasons of the bubble in focus, and focus them."""
        about: QWidget = self.decision if self.history.isHidden() else self.history.card
        self.area.ensureWidgetVisible(about)
        about.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_first(self) -> None:
        """Focus the first field."""
        self.contact.alias.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class Explanation(QObject):
    """Asks the desk about the bubble in focus; late answers are dropped."""

    def __init__(self, bridge: Bridge, session: ChatSession, detail: DetailPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._detail = detail
        self._picked = ""
        detail.decision.all_wanted.connect(self._all_verdicts)
        session.hold_reasons.changed.connect(self.refresh)

    def pick(self, key: str) -> None:
        """Explain the bubble with this key; without one, the newest decision."""
        self._picked = key
        self.refresh()

    def refresh(self) -> None:
        """Explain the same bubble as it is now; nothing is said of what has not been read."""
        self._detail.decision.setHidden(self._session.visit.fresh)
        self._explain_message()
        self._explain_reply()

    def _explain_message(self) -> None:
        """Show the decision that led to the bubble in focus, and never another one."""
        reply, latest = self._session.known.reply(self._picked), self._session.latest
        message = self._session.known.message(self._picked)
        message_id = reply.message_id if reply is not None else message.id if message is not None else None
        if reply is not None and message_id is None:
            self._detail.decision.show_decision(None, None, reply)
        elif message_id is None or (latest is not None and latest.message_id == message_id):
            self._explain(latest)
        else:
            work = self._bridge.desk.reports.decisions.for_message(message_id)
            self._bridge.ask(work, self._explain, about=lambda: self._picked)

    def _explain(self, decision: Decision | None) -> None:
        reply, session = self._session.known.reply(self._picked), self._session
        message = session.known.message(self._picked)
        if message is None and reply is None and decision is not None:
            message = session.known.message(f"m{decision.message_id}")
        answers: tuple[OutcomeLine, ...] = ()
        if reply is None and message is not None:
            now = self._bridge.desk.clock()
            answers = outcome_lines(message.id, session.model.rows(), session.hold_reasons.of, now)
        self._detail.decision.show_decision(decision, message, reply, answers)

    def _all_verdicts(self, message_id: int) -> None:
        work = self._bridge.desk.reports.decisions.all_verdicts(message_id)
        self._bridge.ask(work, partial(self._detail.decision.show_verdicts, message_id))

    def _explain_reply(self) -> None:
        reply = self._session.known.reply(self._picked)
        if reply is None:
            self._detail.history.show_reply(None)
            return
        work = self._bridge.desk.timeline.steps(reply.id)
        self._bridge.ask(work, partial(self._detail.history.show_reply, reply), about=lambda: self._picked)
