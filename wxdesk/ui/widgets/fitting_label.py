"""A label that says less where there is less room, in whole words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt

from wxdesk.ui.widgets.labels import PlainLabel, plain_tip


class FittingLabel(PlainLabel):
    """Shows the first of several wordings that has room; the first is told as a tooltip otherwise.

    Make it with `elide`, so that it takes whatever width it is given.
    """

    _wordings: tuple[str, ...] = ()
    _cut_last = False

    def show_wordings(self, wordings: Sequence[str], *, cut_last: bool = False) -> None:
        """Show one of these, the one that says most first. Where none has room, nothing, or the last, cut."""
        self._wordings, self._cut_last = tuple(wordings), cut_last
        self.setText(self._wordings[0] if self._wordings else "")

    def _lay_out(self) -> None:
        metrics, room = self.fontMetrics(), self.width()
        shown = next((words for words in self._wordings if metrics.horizontalAdvance(words) <= room), None)
        if shown is None:
            last = self._wordings[-1] if self._wordings and self._cut_last else ""
            shown = metrics.elidedText(last, Qt.TextElideMode.ElideRight, max(0, room))
        self.setToolTip("" if shown == self._full else plain_tip(self._full))
        self._show_text(shown)
