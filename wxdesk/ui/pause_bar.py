"""The bar that nobody can overlook while automatic replies are paused."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from wxdesk.core.inbox import InboxCounts
from wxdesk.i18n import ntr, tr
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.icon_label import IconLabel
from wxdesk.ui.widgets.labels import PlainLabel


class PauseBar(QFrame):
    """Amber, across the whole window, above everything.

    Signals:
        resume_wanted: the operator pressed Resume.
    """

    resume_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "bar-pending")
        self.setFixedHeight(44)
        self._waiting = PlainLabel(role="pending", elide=True, parent=self)
        self.resume = Button(tr("Resume"), key_hint="F8", parent=self)
        self.resume.clicked.connect(self.resume_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(22, 0, 14, 0)
        row.setSpacing(12)
        row.addWidget(IconLabel("pause", "pending", 20, self))
        row.addWidget(
            PlainLabel(tr("Automatic replies are paused"), size=Size.MESSAGE, role="pending", strong=True, parent=self)
        )
        row.addWidget(self._waiting, 1)
        row.addWidget(self.resume)
        self.hide()
        self.show_waiting(InboxCounts())

    def show_waiting(self, counts: InboxCounts) -> None:
        """Say what the pause keeps back."""
        self._waiting.setText(
            ntr(
                "{n} reply waits for its release. What you write yourself is sent.",
                "{n} replies wait for their release. What you write yourself is sent.",
                counts.pending,
            )
            if counts.pending
            else tr("Messages go on arriving. What you write yourself is sent.")
        )
