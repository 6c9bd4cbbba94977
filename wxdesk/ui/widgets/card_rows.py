"""Cards of the settings page, with rows of a name and a value."""

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLayout, QVBoxLayout, QWidget

from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import AT_TOP, Frame, grid, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel, small_label

NAME_WIDTH = 104
LINE, ROOM = 20, 2000  # pixels: a line is as high, and no text as wide

MARKS = {"accent": "check", "pending": "warning", "failed": "warning", "faint": "clock"}
"""Icon for each colour role, with the same meaning."""


class SettingsCard(Frame):
    """A titled card with rows; `head` is its title's line, `column` the whole card.

    `names` are the labels of its rows.
    """

    def __init__(self, title: str, parent: QWidget | None = None, *, hint: str = "") -> None:
        super().__init__("card", parent)
        self.hint = small_label(hint, elide=True, parent=self)
        self.title = PlainLabel(title, size=Size.TITLE, strong=True, elide=True, parent=self)
        self.head = hbox(self.title, (self.hint, 1), spacing=10)
        self._grid = grid(across=16, down=10, names=NAME_WIDTH)
        self.names: list[PlainLabel] = []
        self.column = vbox(self.head, self._grid, within=self, spacing=12, margins=(20, 16, 20, 18))

    def add_row(self, name: str, value: QWidget | QLayout) -> None:
        """Add a row; its name is aligned with the value's first line."""
        row = self._grid.rowCount()
        label = PlainLabel(name, role="secondary", wrap=True, parent=self)
        label.setMinimumHeight(_first_line(value))
        self._grid.addWidget(label, row, 0, AT_TOP)
        self.names.append(label)
        if isinstance(value, QWidget):
            self._grid.addWidget(value, row, 1)
        else:
            self._grid.addLayout(value, row, 1)

    def focus_below(self, name: QWidget) -> None:
        """Focus the first control beside or below the title or a name."""
        shown = ((one.mapTo(self, QPoint()), one) for one in self.findChildren(QWidget) if one.isVisible())
        tabs = {(at.y(), at.x()): one for at, one in shown if one.focusPolicy() & Qt.FocusPolicy.TabFocus}
        below = [at for at in tabs if at[0] > name.y() - LINE]
        if below:
            tabs[min(below)].setFocus()


def _first_line(part: QWidget | QLayout) -> int:
    """Return the height of a value's first line, none of its texts wrapped."""
    inside = part if isinstance(part, QLayout) else part.layout()
    items = map(inside.itemAt, range(inside.count())) if isinstance(inside, QVBoxLayout) else ()
    first = next((item for item in items if item is not None and not item.isEmpty()), None)
    if first is not None and (inner := first.layout() or first.widget()) is not None:
        return _first_line(inner)
    return max(LINE, part.heightForWidth(ROOM) if part.hasHeightForWidth() else part.sizeHint().height())


class StateLine(QWidget):
    """A state by icon, text and colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mark = IconLabel(MARKS["faint"], "faint", 16, self)
        self._mark.setFixedHeight(LINE)
        self.words = PlainLabel(wrap=True, tabular=True, parent=self)
        hbox((self._mark, AT_TOP), (self.words, 1), within=self, spacing=6)

    def show_state(self, role: str, text: str) -> None:
        """Show a state: `accent` well, `pending` warning, `failed` error, `faint` waiting."""
        self._mark.show_icon(MARKS[role], role)
        self.words.setText(text)
        self.words.set_role("text" if role in {"accent", "faint"} else role)


class ChangedState(QWidget):
    """A state as it is now, with the button that changes it, if it can be changed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = StateLine(self)
        self.button = Button(parent=self, then=self._change)
        self.button.setProperty("class", "small")
        hbox((self.state, 1), (self.button, AT_TOP), within=self, spacing=10)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.show_now()

    def show_now(self, _: object = None) -> None:
        """Show the present state."""
        role, text, action = self._now()
        self.state.show_state(role, text)
        self.button.setText(action)
        self.button.setVisible(bool(action))

    def _now(self) -> tuple[str, str, str]:
        """Find colour role and text of the state, and the text of the button."""
        raise NotImplementedError

    def _change(self) -> None:
        raise NotImplementedError
