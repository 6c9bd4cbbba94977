"""Legend above a comparison, or a sentence where nothing differs."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.revision import Revision
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.flow_layout import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel


class ComparisonLegend(QWidget):
    """Labels of both revisions, `gone` and `added`, or `standing` if none differs."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.gone = PlainLabel(size=Size.SMALL, role="failed", parent=self)
        self.added = PlainLabel(size=Size.SMALL, role="accent", parent=self)
        self.standing = PlainLabel(size=Size.SMALL, role="secondary", parent=self)
        flow = FlowLayout(self, gap=16)
        for label in (self.gone, self.added, self.standing):
            flow.addWidget(label)

    def name_revisions(self, older: Revision, newer: Revision, *, in_use: bool) -> None:
        """Name both revisions; `in_use`: the newer one is the present one."""
        added = tr("+ only in revision {n}, in use now", n=newer.number)
        if not in_use:
            added = tr("+ only in revision {n}", n=newer.number)
        self._say(tr("− only in revision {n}", n=older.number), added, "")

    def say(self, standing: str) -> None:
        """Show this sentence about a text without marks."""
        self._say("", "", standing)

    def _say(self, gone: str, added: str, standing: str) -> None:
        for label, text in ((self.gone, gone), (self.added, added), (self.standing, standing)):
            label.setText(text)
            label.setVisible(bool(text))
