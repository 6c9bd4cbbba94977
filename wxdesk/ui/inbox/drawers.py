"""A region that stands in the row of a wide window and slides over the page in a narrow one."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.ui.look.theme import Measure
from wxdesk.ui.widgets.buttons import MOVEMENT_MS, wants_movement


class Drawer:
    """One outer region of the page: part of the row, or lying over it until it is closed."""

    def __init__(self, page: QWidget, panel: QWidget, row: QHBoxLayout, *, left: bool) -> None:
        self._page = page
        self._panel = panel
        self._row = row
        self._left = left
        self.is_drawer = False
        self._slide = QPropertyAnimation(panel, b"pos", panel)
        self._slide.setDuration(MOVEMENT_MS)
        self._slide.setEasingCurve(QEasingCurve.Type.OutCubic)
        row.insertWidget(0 if left else -1, panel)

    @property
    def open(self) -> bool:
        """Whether it lies over the page now."""
        return self.is_drawer and not self._panel.isHidden()

    def arrange(self, *, as_drawer: bool) -> None:
        """Stand in the row or become a closed drawer; a drawer that is open keeps its height right."""
        if as_drawer == self.is_drawer:
            if self.open:
                self._panel.setGeometry(self._place().x(), 0, self._panel.width(), self._page.height())
            return
        self.is_drawer = as_drawer
        self._slide.stop()
        if as_drawer:
            self._row.removeWidget(self._panel)
            self._panel.hide()
        else:
            self._row.insertWidget(0 if self._left else -1, self._panel)
            self._panel.show()

    def toggle(self) -> None:
        """Open or close it; nothing happens while it stands in the row."""
        if self.open:
            self.close()
        else:
            self.pull_out()

    def pull_out(self) -> None:
        """Open it over the page."""
        if not self.is_drawer or self.open:
            return
        place = self._place()
        width = self._panel.sizeHint().width() if self._panel.width() <= 0 else self._panel.width()
        self._panel.setGeometry(place.x(), 0, width, self._page.height())
        self._panel.show()
        self._panel.raise_()
        if wants_movement(self._page):
            away = -width if self._left else width
            self._slide.setStartValue(QPoint(place.x() + away, 0))
            self._slide.setEndValue(place)
            self._slide.start()

    def close(self) -> None:
        """Put it away."""
        if self.open:
            self._slide.stop()
            self._panel.hide()

    def _place(self) -> QPoint:
        width = Measure.LIST if self._left else Measure.DETAIL
        return QPoint(0 if self._left else self._page.width() - width, 0)
