"""A label that says less where there is less room, in whole words."""

from __future__ import annotations

from collections.abc import Sequence

from wxdesk.ui.widgets.labels import PlainLabel, plain_tip


class FittingLabel(PlainLabel):
    """Shows the first of several wordings that has room, or nothing; the first is told as a tooltip otherwise.

    Make it with `elide`, so that it takes whatever width it is given.
    """

    _wordings: tuple[str, ...] = ()

    def show_wordings(self, wordings: Sequence[str]) -> None:
        """Show one of these, the one that says most first."""
        self._wordings = tuple(wordings)
        self.setText(self._wordings[0] if self._wordings else "")

    def _lay_out(self) -> None:
        metrics, room = self.fontMetrics(), self.width()
        shown = next((words for words in self._wordings if metrics.horizontalAdvance(words) <= room), "")
        self.setToolTip("" if shown == self._full else plain_tip(self._full))
        self._show_text(shown)
