"""Places the trial in a column, or in a drawer with the bubbles below the editor."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.ui.rules.editor.editor import RuleEditor
from wxdesk.ui.rules.trial.panel import TrialPanel
from wxdesk.ui.rules.trial.preview import RulePreview

NARROW = 1036
"""Page width in pixels (1100 of the window) below which there is no third column."""

SHARE = 0.4
"""Largest share of the page's height for the bubbles in the column."""

SHARE_OF_FOOT = 0.18
"""Largest share of the page's height for the bubbles at the foot of the editor."""


class TrialPlacement(QObject):
    """Moves the trial between the last column of `row` and a drawer."""

    def __init__(
        self, page: QWidget, row: QHBoxLayout, trial: TrialPanel, preview: RulePreview, editor: RuleEditor
    ) -> None:
        super().__init__(page)
        self._preview = preview
        self._editor = editor
        self._page = page
        self._row = row
        self._trial = trial
        self._opener = editor.head.trial
        self._drawer: bool | None = None
        self._editing = False
        trial.closed.connect(self.toggle)
        trial.tried.connect(self._show_bubbles)

    def show(self, *, editing: bool) -> None:
        """Try the edited rule, and show its bubbles; none while nothing is edited."""
        self._editing = editing
        rule = self._editor.record()
        otherwise = rule != self._editor.saved or not rule.enabled  # than it is asked now
        self._trial.try_with(rule if editing and otherwise else None)
        self._show_bubbles()

    def _show_bubbles(self) -> None:
        """Show the edited rule's bubbles, whichever rule answers the sentence."""
        self._preview.setVisible(self._editing)
        if self._editing:
            self._preview.show_rule(self._editor.record(), self._editor.faults, self._trial.message())

    def fit(self) -> bool:
        """Follow the page's width; return True if it is narrow."""
        narrow = self._page.width() < NARROW
        if narrow is not self._drawer:
            self._drawer = narrow
            self._move(narrow)
        if narrow:
            self._lay_over()
        self._preview.set_most(round(self._page.height() * (SHARE_OF_FOOT if narrow else SHARE)))
        return narrow

    def toggle(self) -> None:
        """Open or close the drawer, and move the focus along."""
        if self._trial.isHidden():
            self.open()
        else:
            self._trial.hide()
            self._opener.setFocus(Qt.FocusReason.OtherFocusReason)

    def open(self) -> None:
        """Show the trial and focus it."""
        if self._trial.isHidden():
            self._lay_over()
            self._trial.show()
            self._trial.raise_()
        self._trial.sentence.setFocus()

    def _move(self, drawer: bool) -> None:
        self._opener.setVisible(drawer)
        self._trial.set_drawer(drawer)
        self._editor.foot.setVisible(drawer)
        if drawer:
            self._row.removeWidget(self._trial)
            self._editor.put_preview(self._preview)
        else:
            self._row.addWidget(self._trial)
            self._trial.put_above(self._preview)
        self._trial.setVisible(not drawer)

    def _lay_over(self) -> None:
        page, width = self._page, self._trial.width()
        self._trial.setGeometry(page.width() - width, 0, width, page.height())
