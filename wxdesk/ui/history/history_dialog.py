"""Every revision that was ever saved: look at one, see what has changed since, and take it back into the editor."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.history.comparison import alone, compare
from wxdesk.ui.history.comparison_view import ComparisonView
from wxdesk.ui.history.revision import Revision, revision_word
from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.flow import FlowLayout
from wxdesk.ui.widgets.labels import PlainLabel

WIDTH, HEIGHT = 800, 520
LIST, ROW = 228, 32


class HistoryDialog(QDialog):
    """Revisions at the left, the newest first; at the right the chosen one, compared with the present one.

    The present one is the newest. Of what was deleted none is, so each stands by itself. `note` is a sentence above
    everything; `shown` the number of the revision to begin with, if it is not the newest.

    Signals:
        taken: what was kept as the revision whose words shall be edited again.
    """

    taken = Signal(object)

    def __init__(
        self,
        revisions: Sequence[Revision],
        now: datetime,
        parent: QWidget,
        *,
        note: str = "",
        shown: int = 0,
        deleted: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("History"))
        self.setModal(True)
        self._revisions = tuple(revisions)
        self._deleted = deleted
        self.note = PlainLabel(note, wrap=True, parent=self)
        self.note.setVisible(bool(note))
        self.list = self._make_list(now)
        self.gone = PlainLabel(size=Size.SMALL, role="failed", parent=self)
        self.added = PlainLabel(size=Size.SMALL, role="accent", parent=self)
        self.standing = PlainLabel(size=Size.SMALL, role="secondary", parent=self)
        self.view = ComparisonView(self)
        self.take = Button(tr("Restore"), kind=ButtonKind.PRIMARY, parent=self)
        self.take.setToolTip(tr("Puts them into the editor; they are used once you save."))
        self.close_button = Button(tr("Close"), key_hint="Esc", parent=self)
        self.list.currentRowChanged.connect(self._show)
        self.list.itemActivated.connect(self._take)
        self.take.clicked.connect(self._take)
        self.close_button.clicked.connect(self.reject)
        self._lay_out()
        room = parent.window().size()
        self.resize(min(WIDTH, room.width() - 48), min(HEIGHT, room.height() - 48))
        numbers = [revision.number for revision in self._revisions]
        self.list.setCurrentRow(numbers.index(shown) if shown in numbers else 0)
        self.list.setFocus()

    def _make_list(self, now: datetime) -> QListWidget:
        rows = QListWidget(self)
        rows.setProperty("class", "card")
        rows.setAccessibleName(tr("Revisions, the newest first"))
        rows.setFixedWidth(LIST)
        for revision in self._revisions:
            item = QListWidgetItem(revision_word(revision.number, revision.saved_at or now, now))
            item.setSizeHint(QSize(0, ROW))
            rows.addItem(item)
        return rows

    def _lay_out(self) -> None:
        legend = FlowLayout(gap=16)
        for label in (self.gone, self.added, self.standing):
            legend.addWidget(label)
        right = QVBoxLayout()
        right.setSpacing(8)
        right.addLayout(legend)
        right.addWidget(self.view, 1)
        middle = QHBoxLayout()
        middle.setSpacing(16)
        middle.addWidget(self.list)
        middle.addLayout(right, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        foot.addWidget(self.close_button)
        foot.addWidget(self.take)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(self.note)
        column.addLayout(middle, 1)
        column.addLayout(foot)

    def _show(self, row: int) -> None:
        revision, newest = self._revisions[row], self._revisions[0]
        compared = alone(revision.sections)
        if not self._deleted:
            compared = compare(revision.sections, newest.sections)
        changed = any(section.changed for section in compared)
        self.view.show_sections(compared)
        self.gone.setText(tr("− only in revision {n}", n=revision.number) if changed else "")
        self.added.setText(tr("+ only in revision {n}, in use now", n=newest.number) if changed else "")
        self.standing.setText("" if changed else self._standing(row))
        for label in (self.gone, self.added, self.standing):
            label.setVisible(bool(label.full_text()))
        self.take.setEnabled(self._deleted or row > 0)

    def _standing(self, row: int) -> str:
        if self._deleted:
            return tr("Deleted; not in use any more")
        if row == 0:
            return tr("In use now")
        return tr("Reads like revision {n}, which is in use now", n=self._revisions[0].number)

    def _take(self) -> None:
        if self.take.isEnabled():
            kept = self._revisions[self.list.currentRow()].kept
            self.accept()
            self.taken.emit(kept)
