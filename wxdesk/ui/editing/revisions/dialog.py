"""Dialog of all saved revisions: view, compare and restore into the editor."""

from collections.abc import Sequence
from datetime import datetime
from enum import Enum
from operator import attrgetter

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QSizePolicy, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.comparison import Revision, compare, revision_title
from wxdesk.ui.editing.revisions.comparison_view import ComparisonLegend, ComparisonView
from wxdesk.ui.widgets.boxes import STRETCH, hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.dialogs.dialog import Dialog
from wxdesk.ui.widgets.fields.choice import ChoiceField
from wxdesk.ui.widgets.labels import PlainLabel, set_tip

WIDTH, HEIGHT = 860, 520
LIST, ROW = 288, 32


class HistoryDialog(Dialog):
    """Revisions at the left, newest first; at the right one compared with another.

    The other one is the present revision (the newest) and, for that, the one before it, until something else is
    chosen above the text. A deleted record has no present revision, so each is shown by itself at first. The
    older one of the two always has the removed lines. `note` is a sentence above everything; `shown` the number
    of the revision to begin with, if it is not the newest.

    Signals:
        taken: the record of the revision that the operator wants to edit again.
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
        super().__init__(parent, tr("History"))
        self._revisions = tuple(revisions)
        self._deleted = deleted
        self._locked = False
        self.note = PlainLabel(note, wrap=True, parent=self)
        self.note.setVisible(bool(note))
        self.list = self._make_list(now)
        self.other = CompareWithChoice(self._revisions, now, self, deleted=deleted)
        self.legend = ComparisonLegend(self)
        self.view = ComparisonView(self)
        self.take = Button(tr("Restore"), kind=ButtonKind.PRIMARY, parent=self, then=self._take)
        self.take.setToolTip(tr("Puts them into the editor; they are used once you save."))
        self.close_button = Button(tr("Close"), key_hint="Esc", parent=self, then=self.reject)
        self.list.currentRowChanged.connect(self.other.follow)
        self.list.currentRowChanged.connect(self._show)
        self.other.currentIndexChanged.connect(self._show)
        self.list.itemActivated.connect(self._take)
        self._lay_out()
        self._fit_into_window(WIDTH, HEIGHT)
        numbers = [revision.number for revision in self._revisions]
        self.list.setCurrentRow(numbers.index(shown) if shown in numbers else 0)
        self.list.setFocus()

    def lock(self, reason: str) -> None:
        """Let nothing be put into the editor, and tell why."""
        self._locked = True
        set_tip(self.take, reason)
        self._show()

    def _make_list(self, now: datetime) -> QListWidget:
        rows = QListWidget(self)
        rows.setProperty("class", "card")
        rows.setAccessibleName(tr("Revisions, the newest first"))
        rows.setFixedWidth(LIST)
        for revision in self._revisions:
            item = QListWidgetItem(revision_title(revision.number, revision.saved_at or now, now, revision.by))
            item.setSizeHint(QSize(0, ROW))
            rows.addItem(item)
        return rows

    def _lay_out(self) -> None:
        sides = hbox(PlainLabel(tr("Compare with"), role="secondary", parent=self), self.other, STRETCH, spacing=8)
        right = vbox(sides, self.legend, (self.view, 1), spacing=8)
        middle = hbox(self.list, (right, 1), spacing=16)
        foot = hbox(STRETCH, self.close_button, self.take, spacing=8)
        vbox(self.note, (middle, 1), foot, spacing=16, margins=(24, 20, 24, 20), within=self)

    def _show(self) -> None:
        row = self.list.currentRow()
        shown, other = self._revisions[row], self.other.against(row)
        older, newer = sorted((shown, other or shown), key=attrgetter("number"))
        compared = compare(older.sections, newer.sections)
        self.view.show_sections(compared)
        if any(section.changed for section in compared):
            self.legend.name_revisions(older, newer, in_use=self._is_in_use(newer))
        else:
            self.legend.show_text(self._place_text(row, other))
        self.take.setEnabled((self._deleted or row > 0) and not self._locked)

    def _is_in_use(self, revision: Revision) -> bool:
        return not self._deleted and revision is self._revisions[0]

    def _place_text(self, row: int, other: Revision | None) -> str:
        if other is not None and self._is_in_use(other):
            return tr("Reads like revision {n}, which is in use now", n=other.number)
        if other is not None:
            return tr("Reads like revision {n}", n=other.number)
        if self.other.side is CompareWith.BEFORE:
            return tr("The first one: there is none before it")
        if self._deleted:
            return tr("Deleted; not in use any more")
        return tr("In use now") if row == 0 else tr("Revision {n} by itself", n=self._revisions[row].number)

    def _take(self) -> None:
        if self.take.isEnabled():
            kept = self._revisions[self.list.currentRow()].kept
            self.accept()
            self.taken.emit(kept)


class CompareWith(Enum):
    """Choices that are no certain revision: the one before, or nothing."""

    BEFORE = "before"
    NOTHING = "nothing"


class CompareWithChoice(ChoiceField):
    """Chooser of the revision to compare with; row 0 of `revisions` is the newest.

    Until the operator chooses, the present revision is compared with the one before it, and older ones with the
    present one. A deleted record has no present revision, so its revisions are compared with nothing at first.
    """

    def __init__(self, revisions: Sequence[Revision], now: datetime, parent: QWidget, *, deleted: bool) -> None:
        super().__init__(parent)
        self._revisions = tuple(revisions)
        names = [revision_title(one.number, one.saved_at or now, now, one.by) for one in self._revisions]
        if not deleted:
            self.addItem(tr("Revision {n}, in use now", n=self._revisions[0].number), 0)
        self.addItem(tr("the one before it"), CompareWith.BEFORE)
        self.addItem(tr("no other one"), CompareWith.NOTHING)
        self.insertSeparator(self.count())
        for row, name in enumerate(names):
            if row or deleted:
                self.addItem(name, row)
        self.setAccessibleName(tr("Compare with"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._chosen = False
        self._deleted = deleted
        self.setCurrentIndex(self.findData(CompareWith.NOTHING) if deleted else 0)
        self.activated.connect(self._note_choice)  # by the operator, also of what stands there already

    def follow(self, row: int) -> None:
        """Select the usual counterpart of the revision in `row`, unless one was chosen."""
        if self._chosen or self._deleted:
            return
        present = row > 0 or len(self._revisions) == 1
        self.setCurrentIndex(0 if present else self.findData(CompareWith.BEFORE))

    def _note_choice(self) -> None:
        self._chosen = True

    @property
    def side(self) -> CompareWith | int:
        """The choice: a row of the revisions, or a `CompareWith`."""
        chosen = self.currentData()
        return chosen if isinstance(chosen, CompareWith) else int(chosen)

    def against(self, row: int) -> Revision | None:
        """Return the revision to compare the one in `row` with, or None."""
        if self.side is CompareWith.NOTHING:
            return None
        other = row + 1 if isinstance(self.side, CompareWith) else self.side
        return self._revisions[other] if other != row and other < len(self._revisions) else None
