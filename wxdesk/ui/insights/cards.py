"""Cards of the insights page: one with a figure, one with a heading and content."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from wxdesk.ui.look.theme import Size, Theme
from wxdesk.ui.widgets.labels import PlainLabel


class FigureCard(QFrame):
    """Card with a title, a figure and a note."""

    def __init__(self, word: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "card")
        self._word = word
        self.figure = PlainLabel(size=Size.FIGURE, strong=True, tabular=True, elide=True)
        self.note = PlainLabel(size=Size.SMALL, role="secondary", elide=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(4)
        column.addWidget(PlainLabel(word, size=Size.SMALL, role="secondary", elide=True))
        column.addWidget(self.figure)
        column.addWidget(self.note)

    def tell(self, figure: str, note: str, role: str = "secondary") -> None:
        """Show a figure and its note."""
        self.figure.setText(figure)
        self.note.setText(note or " ")
        self.note.set_role(role)
        self.setAccessibleName(f"{self._word}: {figure}")
        self.setAccessibleDescription(note)


class SectionCard(QFrame):
    """Card with heading, optional legend, and content or a sentence in its place."""

    def __init__(
        self,
        heading: str,
        content: QWidget,
        empty: str = "",
        aside: QWidget | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setProperty("class", "card")
        self._content = content
        self.sentence = PlainLabel(empty, size=Size.SMALL, role="secondary", wrap=True)
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(PlainLabel(heading, size=Size.SMALL, role="secondary", strong=True))
        if aside is not None:
            head.addWidget(aside)
        head.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        column.setSpacing(10)
        column.addLayout(head)
        column.addWidget(content)
        column.addWidget(self.sentence)
        column.addStretch(1)
        self.show_empty(False)

    def show_empty(self, empty: bool) -> None:
        """Show the sentence instead of the content."""
        self._content.setVisible(not empty)
        self.sentence.setVisible(empty)

    def show_below(self, sentence: str) -> None:
        """Show a sentence below the content."""
        self.sentence.setText(sentence)
        self.sentence.setVisible(bool(sentence))


class ColourLegend(QWidget):
    """Legend of entries: text, role of its chart colour, role of its text colour."""

    def __init__(self, *entries: tuple[str, str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(5)
        for number, (word, role, text_role) in enumerate(entries):
            if number:
                row.addSpacing(8)
            row.addWidget(Swatch(role))
            row.addWidget(PlainLabel(word, size=Size.SMALL, role=text_role, strong=True))


class Swatch(QWidget):
    """A small square in a colour of the theme."""

    def __init__(self, role: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = role
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(10, 10)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Theme.current().color(self._role))
        painter.setBrush(Theme.current().color(self._role))
        painter.drawRoundedRect(QRectF(0.5, 0.5, 9, 9), 2, 2)
        painter.end()
