"""Detail beside the table: one request's body and the steps of its processing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase, QFontInfo, QGuiApplication, QKeyEvent, QTextOption
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from wxdesk.i18n import tr
from wxdesk.ui.look.icons import icon
from wxdesk.ui.look.theme import Size
from wxdesk.ui.traffic.steps import TrafficStep
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.copying import CopyButton
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel

WIDTH = 380
TALLEST = 380
"""Height in pixels above which the body scrolls by itself."""


class TrafficDetail(QFrame):
    """Shows one line of the table, filled by the page.

    Signals:
        closed: the operator closes it (Esc, or the cross where it covers the table).
        copied: a part of it is in the clipboard.
        save_wanted: the body shall be saved to a file, byte for byte.
    """

    closed = Signal()
    save_wanted = Signal()
    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "side")
        self.setFixedWidth(WIDTH)
        self._title = PlainLabel(size=Size.TITLE, strong=True, elide=True)
        self._close = QToolButton()
        self._close.setAccessibleName(tr("Close"))
        self._close.setToolTip(tr("Close"))
        self._close.clicked.connect(self.closed)
        self._heading = PlainLabel(size=Size.SMALL, role="faint", strong=True)
        self.copy = Button(tr("Copy"), icon="copy")
        self.copy.clicked.connect(self._copy_body)
        self.save = Button(tr("Save as…"))
        self.save.clicked.connect(self.save_wanted)
        self.save.hide()
        self.body = PushBodyText()
        self.steps = StepList()
        self.steps.copied.connect(self.copied)
        self._build()
        self._tint()

    def _build(self) -> None:
        inner = QWidget()
        inner.setProperty("class", "flat")
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 8, 16, 16)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.addWidget(self._heading, 1)
        row.addWidget(self.save)
        row.addWidget(self.copy)
        column.addLayout(row)
        column.addWidget(self.body)
        column.addSpacing(8)
        column.addWidget(PlainLabel(tr("What happened"), size=Size.SMALL, role="faint", strong=True))
        column.addWidget(self.steps)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        scroll.viewport().setProperty("class", "flat")
        head = QHBoxLayout()
        head.setContentsMargins(16, 12, 12, 4)
        head.addWidget(self._title, 1)
        head.addWidget(self._close)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(1, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(scroll, 1)

    def show_line(self, title: str, heading: str, text: str, steps: Sequence[TrafficStep]) -> None:
        """Show a line's texts; without `text` there is no body to show or copy."""
        self._title.setText(title)
        self._heading.setText(heading)
        for widget in (self._heading, self.copy, self.body):
            widget.setVisible(bool(text))
        self.body.show_text(text)
        self.steps.show_steps(steps)

    def set_savable(self, savable: bool) -> None:
        """Offer to save the body, where one is shown."""
        self.save.setVisible(savable)

    def set_closable(self, closable: bool) -> None:
        """Offer the cross, where the detail covers the table."""
        self._close.setVisible(closable)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close on Esc."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Tint the icon again when the appearance changes."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_close"):
            self._tint()

    def _tint(self) -> None:
        self._close.setIcon(icon("close", "secondary", 16))

    def _copy_body(self) -> None:
        QGuiApplication.clipboard().setText(self.body.toPlainText())
        self.copied.emit()


class PushBodyText(QPlainTextEdit):
    """Text to read, select and copy; as tall as it needs up to a bound."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("class", "well")
        self.setReadOnly(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setFont(mono_font())
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setAccessibleName(tr("Body of the push"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def show_text(self, text: str) -> None:
        """Show `text` from its beginning, if it has changed."""
        if text != self.toPlainText():
            self.setPlainText(text)

    def _fit(self) -> None:
        layout, block, height = self.document().documentLayout(), self.document().begin(), 0.0
        while block.isValid() and height < TALLEST:  # line by line: Chinese ones are taller than others
            height += layout.blockBoundingRect(block).height()
            block = block.next()
        margins = self.contentsMargins()
        around = margins.top() + margins.bottom() + 2 * int(self.document().documentMargin()) + 2
        self.setFixedHeight(min(TALLEST, int(height) + around))


class StepList(QWidget):
    """The steps, one below the other.

    Signals:
        copied: one of them is in the clipboard.
    """

    copied = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: list[TrafficStep] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnMinimumWidth(0, 72)
        self._grid.setColumnStretch(1, 1)

    def show_steps(self, steps: Sequence[TrafficStep]) -> None:
        """Show these steps."""
        if list(steps) == self._shown:
            return
        self._shown = list(steps)
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, step in enumerate(steps):
            name = PlainLabel(step.name, size=Size.SMALL, role="secondary", parent=self)
            text = PlainLabel(step.text, size=Size.SMALL, role=step.role, wrap=True, parent=self)
            text.setAccessibleName(f"{step.name}: {step.text}")
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(self._with_icon(step, text), row, 1)
            if step.copy:
                copy = CopyButton(step.text, step.name, self)
                copy.copied.connect(self.copied)
                self._grid.addWidget(copy, row, 2, Qt.AlignmentFlag.AlignTop)

    def _with_icon(self, step: TrafficStep, text: PlainLabel) -> QWidget:
        if not step.icon:
            return text
        both = QWidget(self)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(IconLabel(step.icon, step.role, 12, both), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(text, 1)
        return both

    def texts(self) -> list[tuple[str, str]]:
        """Return the texts shown, in order."""
        return [(step.name, step.text) for step in self._shown]


def mono_font() -> QFont:
    """Make the system's monospace font, with the interface's font for Chinese."""
    face = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    # The system may name it by an alias, which stands for nothing in a list of families.
    face.setFamilies([QFontInfo(face).family(), *QGuiApplication.font().families()])
    face.setPixelSize(Size.SMALL)
    return face
