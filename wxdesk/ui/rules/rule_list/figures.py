"""Loads the rules' figures again after decisions, at most once a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import DecisionMade, Event, ReplyChanged
from wxdesk.core.rules.usage import LATELY, RuleFigures
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.runtime.bridge import Bridge

GATHER_MS = 1000


class RuleFiguresLoader(QObject):
    """Loads the figures from the store into the rows while `page` is visible."""

    def __init__(self, bridge: Bridge, rules: RuleModel, page: QWidget) -> None:
        super().__init__(page)
        self._bridge = bridge
        self._rules = rules
        self._page = page
        self._asking = False
        self._again = QTimer(self, singleShot=True, interval=GATHER_MS)
        self._again.timeout.connect(self.ask)
        bridge.events.connect(self._hear)

    def ask(self) -> None:
        """Load now, or soon after the answer that is still on its way."""
        if self._asking:
            self._again.start()
            return
        self._asking = True
        since = self._bridge.desk.clock() - LATELY
        self._bridge.ask(self._bridge.desk.store.decisions.rule_figures(since), self._tell, self._failed)

    def _hear(self, events: Sequence[Event]) -> None:
        told = any(isinstance(event, (DecisionMade, ReplyChanged)) for event in events)
        if told and self._page.isVisible() and not self._again.isActive():
            self._again.start()

    def _tell(self, figures: Mapping[int, RuleFigures]) -> None:
        self._asking = False
        self._rules.show_figures(figures, self._bridge.desk.clock())

    def _failed(self, error: Exception) -> None:
        self._asking = False
        self._bridge.failed.emit(error)
