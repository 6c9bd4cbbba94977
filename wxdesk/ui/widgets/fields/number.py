"""A small field for a whole number inside a sentence."""

from collections.abc import Callable

from PySide6.QtCore import QRegularExpression, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QWidget

from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.runtime.debounce import Debounce
from wxdesk.ui.widgets.labels import PlainLabel

DIGIT = 9
AROUND = 24

PAUSE_MS = 800
"""Milliseconds after the last key until the number counts as entered."""


class NumberField(QLineEdit):
    """A number field; arrow keys step from `least` to `most`, typing is not bounded.

    Signals:
        valueChanged: the number has changed.
        decided: it has changed and typing has ended: by Enter, on leaving, or after a pause. Never while the
            field is empty; left empty, it shows the last one again.
    """

    valueChanged = Signal(int)  # noqa: N815 - as Qt's own fields for numbers call it
    decided = Signal(int)

    def __init__(self, least: int, most: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._least = least
        self._most = most
        self.last = least  # entered last, without the one being typed
        self._unit: tuple[PlainLabel, Callable[[int], str]] | None = None
        self._pause = Debounce(self._decide, self, PAUSE_MS)
        digits = max(2, len(str(most)))
        self.setText(str(least))
        self.setAccessibleName(name)
        self.setValidator(QRegularExpressionValidator(QRegularExpression(f"[0-9]{{0,{digits}}}"), self))
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setFont(font(Size.BODY, tabular=True))
        self.setFixedWidth(AROUND + DIGIT * digits)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.textChanged.connect(self._changed)
        self.editingFinished.connect(self._decide)

    def count(self, label: PlainLabel, words: Callable[[int], str]) -> None:
        """Show the unit in `label` in the number's plural form: one minute, two minutes."""
        self._unit = label, words
        self._count()

    def value(self) -> int:
        """The number; 0 while the field is empty."""
        return int(self.text() or 0)

    def setValue(self, number: int) -> None:  # noqa: N802 - as Qt's own fields for numbers call it
        """Show a number and emit signals."""
        self.setText(str(number))

    def show_number(self, number: int) -> None:
        """Show a number without emitting signals."""
        self.last = number
        self._pause.stop()
        with QSignalBlocker(self):
            self.setText(str(number))
        self._count()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        self.setValue(min(max(self.value() + step, self._least), self._most))

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if not self.text():
            self.setText(str(self.last))

    def _decide(self) -> None:
        self._pause.stop()
        if self.text() and self.value() != self.last:
            self.last = self.value()
            self.decided.emit(self.last)

    def _count(self) -> None:
        if self._unit is not None:
            label, words = self._unit
            label.setText(words(self.value()))

    def _changed(self) -> None:
        self._count()
        self._pause.start()
        self.valueChanged.emit(self.value())
