"""The other side of a comparison: which revision the chosen one is held against."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from PySide6.QtWidgets import QSizePolicy, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.revision import Revision, revision_word
from wxdesk.ui.widgets.fields.choice import Choice


class Side(Enum):
    """What is not one certain revision."""

    BEFORE = "before"
    NOTHING = "nothing"


class OtherSide(Choice):
    """The present one, the one before the chosen one, nothing, or any other; the newest of `revisions` is the first.

    Until the operator chooses, the present one is compared with the one before it, and what is older with the present
    one. Of what was deleted none is in use, so to begin with nothing is compared there.
    """

    def __init__(self, revisions: Sequence[Revision], now: datetime, parent: QWidget, *, deleted: bool) -> None:
        super().__init__(parent)
        self._revisions = tuple(revisions)
        names = [revision_word(one.number, one.saved_at or now, now) for one in self._revisions]
        if not deleted:
            self.addItem(tr("Revision {n}, in use now", n=self._revisions[0].number), 0)
        self.addItem(tr("the one before it"), Side.BEFORE)
        self.addItem(tr("no other one"), Side.NOTHING)
        self.insertSeparator(self.count())
        for row, name in enumerate(names):
            if row or deleted:
                self.addItem(name, row)
        self.setAccessibleName(tr("Compare with"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._chosen = self._following = False
        self._deleted = deleted
        self.setCurrentIndex(self.findData(Side.NOTHING) if deleted else 0)
        self.currentIndexChanged.connect(self._note_choice)
        self.activated.connect(self._note_choice)  # also of what stands there already

    def follow(self, row: int) -> None:
        """The revision in `row` is looked at now: stand on what it is usually held against, if nothing was chosen."""
        if self._chosen or self._deleted:
            return
        self._following = True
        present = row > 0 or len(self._revisions) == 1
        self.setCurrentIndex(0 if present else self.findData(Side.BEFORE))
        self._following = False

    def _note_choice(self) -> None:
        self._chosen = self._chosen or not self._following

    @property
    def side(self) -> Side | int:
        """The choice: a row of the revisions, or what is none."""
        chosen = self.currentData()
        return chosen if isinstance(chosen, Side) else int(chosen)

    def against(self, row: int) -> Revision | None:
        """The revision that the one in `row` is compared with; None where there is no other."""
        if self.side is Side.NOTHING:
            return None
        other = row + 1 if isinstance(self.side, Side) else self.side
        return self._revisions[other] if other != row and other < len(self._revisions) else None
