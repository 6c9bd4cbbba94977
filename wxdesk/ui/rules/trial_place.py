"""Where the trial stands: in a column of its own, or in a drawer over the editor where the window is narrow."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.ui.rules.trial_panel import TrialPanel

NARROW = 1036
"""Below this width of the page (1100 of the window) there is no room for a third column."""


class TrialPlace(QObject):
    """Moves the trial between `row`, where it is the last column, and a drawer that `opener` opens."""

    def __init__(self, page: QWidget, row: QHBoxLayout, trial: TrialPanel, opener: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._row = row
        self._trial = trial
        self._opener = opener
        self._drawer: bool | None = None
        trial.closed.connect(self.toggle)

    def fit(self) -> bool:
        """Follow the page's width; whether it is narrow."""
        narrow = self._page.width() < NARROW
        if narrow is not self._drawer:
            self._drawer = narrow
            self._move(narrow)
        if narrow:
            self._lay_over()
        return narrow

    def toggle(self) -> None:
        """Open or close the drawer, and let the keyboard follow."""
        if self._trial.isHidden():
            self._lay_over()
            self._trial.show()
            self._trial.raise_()
            self._trial.sentence.setFocus()
        else:
            self._trial.hide()
            self._opener.setFocus(Qt.FocusReason.OtherFocusReason)

    def _move(self, drawer: bool) -> None:
        self._opener.setVisible(drawer)
        self._trial.set_drawer(drawer)
        if drawer:
            self._row.removeWidget(self._trial)
        else:
            self._row.addWidget(self._trial)
        self._trial.setVisible(not drawer)

    def _lay_over(self) -> None:
        page, width = self._page, self._trial.width()
        self._trial.setGeometry(page.width() - width, 0, width, page.height())
