"""Loads the rules' figures again after decisions, at most once a second."""

from __future__ import annotations

from collections.abc import Coroutine, Mapping, Sequence
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.core.events import DecisionMade, Event, ReplyChanged
from wxdesk.core.rules.usage import LATELY, RuleFigures
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher

GATHER_MS = 1000


class RuleFiguresLoader(QObject):
    """Loads the figures from the store into the rows while `page` is visible."""

    def __init__(self, bridge: Bridge, rules: RuleModel, page: QWidget) -> None:
        super().__init__(page)
        self._bridge = bridge
        self._rules = rules
        self._page = page
        self._refresher = Refresher(bridge, self._question, self._show, self, gather_ms=GATHER_MS)
        bridge.events.connect(self._hear)

    def ask(self) -> None:
        """Load now, or soon after the answer that is still on its way."""
        self._refresher.ask()

    def _question(self) -> Coroutine[Any, Any, Mapping[int, RuleFigures]]:
        return self._bridge.desk.decisions.rule_figures(self._bridge.desk.clock() - LATELY)

    def _hear(self, events: Sequence[Event]) -> None:
        if self._page.isVisible() and any(isinstance(event, DecisionMade | ReplyChanged) for event in events):
            self._refresher.ask_soon()

    def _show(self, figures: Mapping[int, RuleFigures]) -> None:
        self._rules.show_figures(figures, self._bridge.desk.clock())
