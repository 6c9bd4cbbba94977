"""Side region that becomes a sliding drawer in a narrow window."""

from __future__ import annotations

from PySide6.QtCore import QEasingCurve, QPoint, QPropertyAnimation
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.ui.look.theme import Measure
from wxdesk.ui.widgets.buttons import MOVEMENT_MS, wants_movement


class Drawer:
    """One side region: part of the row, or a drawer over the page."""

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
        """True while it lies over the page."""
        return self.is_drawer and not self._panel.isHidden()

    def arrange(self, *, as_drawer: bool) -> None:
        """Put the region into the row, or make it a closed drawer; fit an open drawer."""
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
        """Open or close the drawer; does nothing in the row."""
        if self.open:
            self.close()
        else:
            self.pull_out()

    def pull_out(self) -> None:
        """Open the drawer over the page."""
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
        """Close the drawer."""
        if self.open:
            self._slide.stop()
            self._panel.hide()

    def _place(self) -> QPoint:
        width = Measure.LIST if self._left else Measure.DETAIL
        return QPoint(0 if self._left else self._page.width() - width, 0)
