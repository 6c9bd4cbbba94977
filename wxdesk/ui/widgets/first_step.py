"""Placeholder for an editor while there is nothing to edit."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from wxdesk.ui.look.icons import pixmap
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel

PICTURE = 40
WIDTH = 340


class FirstStep(QFrame):
    """Explains an empty page, and offers the built-in examples or an empty start.

    Signals:
        starter_asked: take over the built-in examples.
        new_asked: begin with an empty one.
    """

    starter_asked = Signal()
    new_asked = Signal()

    def __init__(
        self, icon: str, *, title: str, words: str, starter: str, new: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setProperty("class", "window")
        self._icon = icon
        self._picture = PlainLabel(parent=self)
        self._title = PlainLabel(title, size=Size.TITLE, strong=True, parent=self)
        self._words = PlainLabel(words, role="secondary", wrap=True, parent=self)
        self._words.setFixedWidth(WIDTH)
        self._words.setMinimumHeight(self._words.heightForWidth(WIDTH))
        for label in (self._picture, self._title, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.starter = Button(starter, kind=ButtonKind.PRIMARY, parent=self)
        self.starter.clicked.connect(self.starter_asked)
        self.new = Button(new, icon="plus", parent=self)
        self.new.clicked.connect(self.new_asked)
        self._tint()
        self._lay_out()

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.starter)
        buttons.addWidget(self.new)
        buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addStretch(2)
        column.addWidget(self._picture)
        column.addWidget(self._title)
        column.addWidget(self._words, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(buttons)
        column.addStretch(3)

    def changeEvent(self, event: QEvent) -> None:
        """Tint the picture anew when the appearance changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_picture"):
            self._tint()

    def _tint(self) -> None:
        self._picture.setPixmap(pixmap(self._icon, "faint", PICTURE))
