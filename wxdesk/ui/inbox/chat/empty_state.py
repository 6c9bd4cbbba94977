"""Placeholder for an empty region: one sentence and at most one next step."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel


class EmptyState(QFrame):
    """Icon, title, sentence, and at most one button.

    Signals:
        stepped: the button was pressed.
    """

    stepped = Signal()

    def __init__(self, icon: str = "inbox", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = PlainLabel(size=Size.TITLE, strong=True, wrap=True)
        self.sentence = PlainLabel(role="secondary", wrap=True)
        self.step = Button("")
        self.title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(8)
        column.addStretch(2)
        column.addWidget(IconLabel(icon, "faint", 32), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.title)
        column.addWidget(self.sentence)
        column.addSpacing(4)
        column.addWidget(self.step, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        self.step.clicked.connect(self.stepped)

    def say(self, title: str, sentence: str, step: str = "") -> None:
        """Show these words; an empty `step` shows no button."""
        self.title.setText(title)
        self.title.setVisible(bool(title))
        self.sentence.setText(sentence)
        self.step.setText(step)
        self.step.setVisible(bool(step))
