"""A drop-down list with a themed arrow, which no style sheet can draw."""

import sys
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle, QStyledItemDelegate, QStyleOptionComboBox, QWidget

from wxdesk.ui.widgets.painting import paint_arrow


class ChoiceField(QComboBox):
    """A drop-down list that the wheel changes only with the focus, not by scrolling.

    `choices` are values with their texts. With `shortest`, it may be so narrow that only that many letters are shown.
    """

    def __init__(
        self,
        parent: QWidget | None = None,
        name: str = "",
        choices: Iterable[tuple[object, str]] = (),
        *,
        shortest: int = 0,
    ) -> None:
        super().__init__(parent)
        if shortest:
            self.setSizeAdjustPolicy(self.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            self.setMinimumContentsLength(shortest)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        if sys.platform != "win32":
            self.setAccessibleDescription(name)  # elsewhere Qt gives the value as the name
        self.setItemDelegate(QStyledItemDelegate(self))  # that of a drop-down list knows no style sheet
        self.offer(choices)

    def offer(self, choices: Iterable[tuple[object, str]]) -> None:
        """Offer these choices and no others."""
        self._values: list[object] = []
        self.clear()
        for value, text in choices:
            self._values.append(value)
            self.addItem(text)

    @property
    def value(self) -> Any:  # noqa: ANN401 - of the type that was offered
        """The chosen value."""
        return self._values[self.currentIndex()]

    def show_value(self, value: object) -> None:
        """Show this value as chosen; one that is not offered shows the first."""
        self.setCurrentIndex(self._values.index(value) if value in self._values else 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        edit = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, edit, self).width()
        option.currentText = option.fontMetrics.elidedText(option.currentText, Qt.TextElideMode.ElideRight, room)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        paint_arrow(self)
