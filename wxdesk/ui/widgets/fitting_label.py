"""Labels that shorten their text, and the order in which parts of one line do."""

from collections.abc import Sequence
from typing import Protocol

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, set_tip
from wxdesk.ui.widgets.painting import ELLIPSIS, fitting


class Shrinkable(Protocol):
    """A part of a line with shorter forms: step 0 is the full one."""

    def width_at(self, step: int) -> int:
        """Return the width at this step; 0 while the part is hidden."""

    def use_step(self, step: int) -> None:
        """Ask for the room that this step needs, and show the form that fits."""


type ShrinkSteps = dict[Shrinkable, int]


def shrink_steps(order: Sequence[tuple[Shrinkable, int]], fixed: int, room: int) -> ShrinkSteps:
    """Return the step of each part that lets all fit into `room` beside `fixed`.

    `order` lists the parts and the steps to shorten them to, the first one first.
    """
    steps: ShrinkSteps = dict.fromkeys((part for part, _ in order), 0)
    for part, step in order:
        if fixed + sum(one.width_at(at) for one, at in steps.items()) <= room:
            break
        steps[part] = step
    return steps


class FittingLabel(PlainLabel):
    """Shows the first of several texts that fits; the tooltip then shows the longest.

    Make it with `elide`, so that it takes whatever width it is given. It asks for room for the first of them,
    or for the one chosen with `use_step`.
    """

    _wordings: tuple[str, ...] = ()
    _cut_last = False
    _about = ""
    _asked = 0

    def show_wordings(self, wordings: Sequence[str], *, cut_last: bool = False, about: str = "") -> None:
        """Show the first of these that fits, the longest first.

        If none fits, nothing is shown, or the last one, cut. `about` is added to the tooltip.
        """
        self._wordings, self._cut_last, self._about = tuple(wordings), cut_last, about
        self.setText(self._wordings[0] if self._wordings else "")

    def width_at(self, step: int) -> int:
        """Return the width of the text at this step; 0 behind the last."""
        if step >= len(self._wordings):
            return 0
        return self.fontMetrics().horizontalAdvance(self._wordings[step]) + 2

    def use_step(self, step: int) -> None:
        """Ask for room for the text at this step."""
        if step != self._asked:
            self._asked = step
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        return QSize(self.width_at(self._asked), self.fontMetrics().height())

    def _lay_out(self) -> None:
        shown = fitting(self._wordings, self.font(), self.width())
        if not shown and self._cut_last and self._wordings:
            shown = self.fontMetrics().elidedText(self._wordings[-1], ELLIPSIS, max(0, self.width()))
        lines = ("" if shown == self._full else self._full, self._about)
        set_tip(self, "\n".join(filter(None, lines)))
        self._show_text(shown)


_DOT, _GAP = 16, 4


class StatusDot(QWidget):
    """A status dot with full, short or (if all is well) no text."""

    def __init__(self, parent: QWidget | None = None, *, tabular: bool = False) -> None:
        super().__init__(parent)
        self._well = True
        self._dot = IconLabel("dot", "accent_fill", _DOT, self)
        self._text = FittingLabel(size=Size.SMALL, role="secondary", elide=True, tabular=tabular, parent=self)
        hbox(self._dot, self._text, within=self, spacing=_GAP)

    @property
    def role(self) -> str:
        """The colour role of the dot."""
        return self._dot.role

    def show_state(self, role: str, text: str, details: str = "", *, short: str = "") -> None:
        """Show a status, `short` if room is scarce; hide without text. `details`: tooltip."""
        self._dot.show_icon("dot", "accent_fill" if role == "accent" else role)
        self._well = role == "accent"
        self._text.show_wordings([text, short or text], cut_last=True)
        self._text.set_role("secondary" if role == "accent" else role)
        self.setVisible(bool(text))
        set_tip(self, details or text)
        self.setAccessibleName(text)

    def width_at(self, step: int) -> int:
        """Return the width in full (0), short (1), or of the dot alone (2); 0 if hidden."""
        if self.isHidden():
            return 0
        return _DOT if self._alone(step) else _DOT + _GAP + self._text.width_at(min(step, 1))

    def use_step(self, step: int) -> None:
        """Ask for the room that this step needs."""
        self._text.use_step(min(step, 1))
        self._text.setVisible(not self._alone(step))

    def _alone(self, step: int) -> bool:
        """Tell whether the dot is shown without text; only if all is well."""
        return step > 1 and self._well
