"""What stands in the place of the editor while there is no template at all."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.icons import pixmap
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel

PICTURE = 40
WIDTH = 340


class EmptyPage(QFrame):
    """What will be here, and the next step.

    Signals:
        starter_asked: take over the templates that come with the program.
        new_asked: begin a template.
    """

    starter_asked = Signal()
    new_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "window")
        self._picture = PlainLabel(parent=self)
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._tint()
        title = PlainLabel(tr("Nothing is ready to be said yet"), size=Size.TITLE, strong=True, parent=self)
        words = tr(
            "A template is an answer that you write once and insert with / in any reply. It can greet by name, and ask"
            " you for what only you know, such as an order number."
        )
        text = PlainLabel(words, role="secondary", wrap=True, parent=self)
        text.setFixedWidth(WIDTH)
        text.setMinimumHeight(text.heightForWidth(WIDTH))
        for label in (title, text):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.starter = Button(tr("Start with the shop's templates"), kind=ButtonKind.PRIMARY, parent=self)
        self.starter.clicked.connect(self.starter_asked)
        self.new = Button(tr("New template"), icon="plus", parent=self)
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
            self._tint()

    def _tint(self) -> None:
        self._picture.setPixmap(pixmap("template", "faint", PICTURE))
