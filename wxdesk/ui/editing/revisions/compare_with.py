"""Chooser of the revision that the selected one is compared with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.revision import Revision, revision_title
from wxdesk.ui.widgets.fields.choice import ChoiceField


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
        names = [revision_title(one.number, one.saved_at or now, now) for one in self._revisions]
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
        self._chosen = self._following = False
        self._deleted = deleted
        self.setCurrentIndex(self.findData(CompareWith.NOTHING) if deleted else 0)
        self.currentIndexChanged.connect(self._note_choice)
        self.activated.connect(self._note_choice)  # also of what stands there already

    def follow(self, row: int) -> None:
        """Select the usual counterpart of the revision in `row`, unless one was chosen."""
        if self._chosen or self._deleted:
            return
        self._following = True
        present = row > 0 or len(self._revisions) == 1
        self.setCurrentIndex(0 if present else self.findData(CompareWith.BEFORE))
        self._following = False

    def _note_choice(self) -> None:
        self._chosen = self._chosen or not self._following

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
