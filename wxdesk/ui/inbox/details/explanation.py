"""Chooses the bubble that the details explain, and reads its reasons and history."""

from functools import partial

from PySide6.QtCore import QObject

from wxdesk.core.model.rule import Decision
from wxdesk.core.replies.lifecycle import ReplyStep
from wxdesk.ui.inbox.details.decision import OutcomeLine, outcome_lines
from wxdesk.ui.inbox.details.panel import DetailPanel
from wxdesk.ui.inbox.open_conversation import ChatSession
from wxdesk.ui.runtime.bridge import Bridge


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
        """Explain the same bubble as it is now."""
        self._explain_message()
        self._explain_reply()

    def _explain_message(self) -> None:
        """Show the decision that led to the bubble in focus, and never another one."""
        reply, latest = self._session.reply(self._picked), self._session.latest
        message_id = self._message_id()
        if reply is not None and message_id is None:
            self._detail.decision.show_decision(None, None, reply)
        elif message_id is None or (latest is not None and latest.message_id == message_id):
            self._explain(latest)
        else:
            work = self._bridge.desk.reports.decisions.for_message(message_id)
            self._bridge.ask(work, partial(self._explained, self._picked))

    def _message_id(self) -> int | None:
        reply = self._session.reply(self._picked)
        if reply is not None:
            return reply.message_id
        message = self._session.message(self._picked)
        return None if message is None else message.id

    def _explained(self, key: str, decision: Decision | None) -> None:
        if key == self._picked:
            self._explain(decision)

    def _explain(self, decision: Decision | None) -> None:
        reply, session = self._session.reply(self._picked), self._session
        message = session.message(self._picked)
        if message is None and reply is None and decision is not None:
            message = session.message(f"m{decision.message_id}")
        answers: tuple[OutcomeLine, ...] = ()
        if reply is None and message is not None:
            now = self._bridge.desk.clock()
            answers = outcome_lines(message.id, session.model.rows(), session.hold_reasons.of, now)
        self._detail.decision.show_decision(decision, message, reply, answers)

    def _all_verdicts(self, message_id: int) -> None:
        work = self._bridge.desk.reports.decisions.all_verdicts(message_id)
        self._bridge.ask(work, partial(self._detail.decision.show_verdicts, message_id))

    def _explain_reply(self) -> None:
        reply = self._session.reply(self._picked)
        if reply is None:
            self._detail.history.show_reply(None)
            return
        work = self._bridge.desk.timeline.steps(reply.id)
        self._bridge.ask(work, partial(self._told, self._picked))

    def _told(self, key: str, steps: list[ReplyStep]) -> None:
        if key == self._picked:
            self._detail.history.show_reply(self._session.reply(key), steps)
