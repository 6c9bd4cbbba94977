"""Counters at the head of the page; messages delivered twice stand out."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.i18n import ntr, tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.simulator.port import Counters
from wxdesk.ui.widgets.labels import PlainLabel


class CounterLine(QWidget):
    """Counts of messages delivered, delivered twice, and of pushes and failed ones."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.delivered = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self.doubled = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self.pushed = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        self.failed = PlainLabel(size=Size.SMALL, role="secondary", tabular=True, parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        for label in (self.delivered, self.doubled, self.pushed, self.failed):
            row.addWidget(label)

    def show_counters(self, counters: Counters) -> None:
        """Show these counts."""
        self.delivered.setText(ntr("{n} delivered", "{n} delivered", counters.delivered))
        self.doubled.setText(tr("delivered twice: {n}", n=counters.doubled))
        self.doubled.set_role("failed" if counters.doubled else "accent")
        self.pushed.setText(ntr("{n} pushed", "{n} pushed", counters.pushed))
        self.failed.setText(tr("not taken: {n}", n=counters.push_failed))
        self.failed.set_role("pending" if counters.push_failed else "secondary")
