"""Which bubble the detail panel explains: why its message was answered so, and what happened to its reply."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject

from wxdesk.core.rules import Decision
from wxdesk.core.steps import Step
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.inbox.chat_session import ChatSession
from wxdesk.ui.inbox.detail_panel import DetailPanel


class Explaining(QObject):
    """Asks the desk about the bubble in focus and tells `detail`; an answer that comes too late is not shown."""

    def __init__(self, bridge: Bridge, session: ChatSession, detail: DetailPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._session = session
        self._detail = detail
        self._picked = ""
        detail.decision.all_wanted.connect(self._all_verdicts)

    def pick(self, key: str) -> None:
        """Explain the bubble with this key; without one, the newest decision."""
        self._picked = key
        self.refresh()

    def refresh(self) -> None:
        """Explain the same bubble as it is now."""
        self._explain_message()
        self._explain_reply()

    def _explain_message(self) -> None:
        message = self._session.message(self._picked) if self._picked else None
        latest = self._session.latest
        if message is None or (latest is not None and latest.message_id == message.id):
            about = self._session.message(f"m{latest.message_id}") if latest else None
            self._detail.show_decision(latest, about)
            return
        work = self._bridge.desk.store.decisions.for_message(message.id)
        self._bridge.ask(work, partial(self._explained, self._picked))

    def _explained(self, key: str, decision: Decision | None) -> None:
        if key == self._picked:
            self._detail.show_decision(decision, self._session.message(key))

    def _all_verdicts(self, message_id: int) -> None:
        work = self._bridge.desk.store.decisions.all_verdicts(message_id)
        self._bridge.ask(work, partial(self._detail.decision.show_verdicts, message_id))

    def _explain_reply(self) -> None:
        reply = self._session.reply(self._picked)
        if reply is None:
            self._detail.history.show_reply(None)
            return
        work = self._bridge.desk.store.replies.steps(reply.id)
        self._bridge.ask(work, partial(self._told, self._picked))

    def _told(self, key: str, steps: list[Step]) -> None:
        if key == self._picked:
            self._detail.history.show_reply(self._session.reply(key), steps)
