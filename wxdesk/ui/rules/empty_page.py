"""What stands in the place of the editor while there is no rule at all, or none is chosen."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.icons import pixmap
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel


class EmptyPage(QFrame):
    """One sentence, and the next step.

    Signals:
        starter_asked: take over the rules that come with the program.
        new_asked: begin a rule.
    """

    starter_asked = Signal()
    new_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "window")
        self._picture = PlainLabel(parent=self)
        self._picture.setPixmap(pixmap("rules", "faint", 40))
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = PlainLabel(tr("Nothing is answered by itself yet"), size=Size.TITLE, strong=True, parent=self)
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        words = tr("A rule says which messages to answer and how. Begin with a small shop's and make them yours.")
        text = PlainLabel(words, role="secondary", wrap=True, parent=self)
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text.setFixedWidth(320)
        self.starter = Button(tr("Start with the shop's rules"), kind=ButtonKind.PRIMARY, parent=self)
        self.starter.clicked.connect(self.starter_asked)
        self.new = Button(tr("New rule"), icon="plus", parent=self)
        self.new.clicked.connect(self.new_asked)
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
        column.addWidget(title)
        column.addWidget(text, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addLayout(buttons)
        column.addStretch(3)

    def changeEvent(self, event: QEvent) -> None:
        """Tint the picture anew when the appearance changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_picture"):
            self._picture.setPixmap(pixmap("rules", "faint", 40))
