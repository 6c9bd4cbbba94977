"""Readers of decisions, statistics and traces, grouped for the window."""

from __future__ import annotations

from dataclasses import dataclass

from wxdesk.store import Store
from wxdesk.store.decisions.decisions import DecisionHistory
from wxdesk.store.reports.statistics import Statistics
from wxdesk.store.reports.traces import Traces


@dataclass(frozen=True, slots=True)
class Reports:
    """The store's readers that the window asks as they are."""

    decisions: DecisionHistory
    statistics: Statistics
    traces: Traces

    @staticmethod
    def of(store: Store) -> Reports:
        """Take the readers of `store`."""
        return Reports(store.decision_history, store.statistics, store.traces)
