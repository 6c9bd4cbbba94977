"""A status at a glance: a dot in its colour, and text."""

from PySide6.QtWidgets import QWidget

from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.fitting_label import FittingLabel
from wxdesk.ui.widgets.labels import IconLabel, set_tip

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
    def text(self) -> str:
        """The text beside the dot."""
        return self._text.full_text()

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
