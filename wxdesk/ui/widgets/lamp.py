"""A state at a glance: a dot in its colour, and words."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from wxdesk.ui.theme import Size
from wxdesk.ui.widgets.fitting_label import FittingLabel
from wxdesk.ui.widgets.icon_label import IconLabel


class Lamp(QWidget):
    """A dot in the colour of a state, and the state in words."""

    def __init__(self, parent: QWidget | None = None, *, tabular: bool = False) -> None:
        super().__init__(parent)
        self._dot = IconLabel("dot", "accent_fill", 16, self)
        self._text = FittingLabel(size=Size.SMALL, role="secondary", elide=True, tabular=tabular, parent=self)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self._dot)
        row.addWidget(self._text)

    @property
    def text(self) -> str:
        """The words beside the dot."""
        return self._text.full_text()

    @property
    def role(self) -> str:
        """The colour of the dot, by its role."""
        return self._dot.role

    def show_state(self, role: str, text: str, details: str = "", *, short: str = "") -> None:
        """Show a state, `short` where room is scarce; without text the lamp disappears. `details` is the tooltip."""
        self._dot.show_icon("dot", "accent_fill" if role == "accent" else role)
        self._text.show_wordings([text, short] if short else [text], cut_last=True)
        self._text.set_role("secondary" if role == "accent" else role)
        self.setVisible(bool(text))
        self.setToolTip(details)
        self.setAccessibleName(text)
