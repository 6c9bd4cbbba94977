"""Places the trial in a column, or in a drawer with the bubbles below the editor."""

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.ui.content.album import Album
from wxdesk.ui.rules.editor.editor import RuleEditor
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.rules.trial.panel import TrialPanel
from wxdesk.ui.rules.trial.preview import RulePreview
from wxdesk.ui.runtime.bridge import Bridge

NARROW = 1036
"""Page width in pixels (1100 of the window) below which there is no third column."""

SHARE = 0.4
"""Largest share of the page's height for the bubbles in the column."""

SHARE_OF_FOOT = 0.18
"""Largest share of the page's height for the bubbles at the foot of the editor."""


class TrialPlacement(QObject):
    """Makes the trial and the preview, and moves them between a column and a drawer.

    The column is the last one of `row`, where the page is wide.
    """

    def __init__(self, bridge: Bridge, rules: RuleModel, editor: RuleEditor, row: QHBoxLayout, page: QWidget) -> None:
        super().__init__(page)
        album = Album(bridge.desk.pictures.path, bridge.ask, self)
        self.trial = TrialPanel(bridge, album, rules, page)
        self.preview = RulePreview(bridge.desk.rules.trials.examples, album, page)
        self._editor = editor
        self._row = row
        self._page = page
        self._opener = editor.head.trial
        self._drawer: bool | None = None
        self._editing = False
        self.trial.close_button.clicked.connect(self.toggle)
        self.trial.tried.connect(self._show_bubbles)

    def show(self, *, editing: bool) -> None:
        """Try the edited rule, and show its bubbles; none while nothing is edited."""
        self._editing = editing
        rule = self._editor.record()
        otherwise = rule != self._editor.saved or not rule.enabled  # than it is asked now
        self.trial.try_with(rule if editing and otherwise else None)
        self._show_bubbles()

    def _show_bubbles(self) -> None:
        """Show the edited rule's bubbles, whichever rule answers the sentence."""
        self.preview.setVisible(self._editing)
        self.trial.line.setVisible(self._editing and not self._drawer)
        if self._editing:
            self.preview.show_rule(self._editor.record(), self._editor.faults, self.trial.message())

    def fit(self) -> bool:
        """Follow the page's width; return True if it is narrow."""
        narrow = self._page.width() < NARROW
        if narrow is not self._drawer:
            self._drawer = narrow
            self._move(narrow)
        if narrow:
            self._lay_over()
        self.preview.set_most(round(self._page.height() * (SHARE_OF_FOOT if narrow else SHARE)))
        return narrow

    def toggle(self) -> None:
        """Open or close the drawer, and move the focus along."""
        if self.trial.isHidden():
            self.open()
        else:
            self.close()
            self._opener.setFocus(Qt.FocusReason.OtherFocusReason)

    def close(self) -> None:
        """Close the drawer; a column stays."""
        self.trial.setHidden(bool(self._drawer))

    def open(self) -> None:
        """Show the trial and focus it."""
        if self.trial.isHidden():
            self._lay_over()
            self.trial.show()
            self.trial.raise_()
        self.trial.sentence.setFocus()

    def _move(self, drawer: bool) -> None:
        self._opener.setVisible(drawer)
        self.trial.close_button.setVisible(drawer)
        self._editor.foot.setVisible(drawer)
        if drawer:
            self._row.removeWidget(self.trial)
            self._editor.in_foot.addWidget(self.preview)
        else:
            self._row.addWidget(self.trial)
            self.trial.above.insertWidget(0, self.preview)
        self.trial.line.setVisible(self._editing and not drawer)
        self.trial.setVisible(not drawer)

    def _lay_over(self) -> None:
        page, width = self._page, self.trial.width()
        self.trial.setGeometry(page.width() - width, 0, width, page.height())
