"""Menu that inserts a variable into a reply's text or a content field."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.templates import ASK
from wxdesk.i18n import tr
from wxdesk.ui.editing.template_text.variables import variable_names
from wxdesk.ui.widgets.buttons import ButtonKind
from wxdesk.ui.widgets.menu_button import MenuButton

CLOSING = " }}"

AT_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute
"""Alignment of a menu button, whose own layout direction is right to left."""


class VariableMenu(MenuButton):
    """Menu of variables with their meanings; `asking` adds operator-filled ones.

    Signals:
        picked: the text to insert, braces included.
    """

    picked = Signal(str)

    def __init__(self, parent: QWidget, *, asking: bool = False) -> None:
        super().__init__(tr("Insert a variable"), kind=ButtonKind.LINK, parent=parent)
        self._asking = asking
        self._groups: tuple[str, ...] = ()
        self.popup_menu.aboutToShow.connect(self.fill)
        self.popup_menu.triggered.connect(self._pick)

    def show_groups(self, names: Iterable[str]) -> None:
        """Offer these named groups of patterns as `m.…`."""
        self._groups = tuple(sorted(names))

    def fill(self) -> None:
        """Fill the menu with the current variables."""
        menu = self.popup_menu
        menu.clear()
        if self._asking:
            menu.addAction(tr("something that you fill in") + f"    {ASK}.…").setData(f"{ASK}.{prompt_placeholder()}")
            menu.addSeparator()
        for name, meaning in variable_names(self._groups):
            menu.addAction(f"{meaning}    {name}").setData(name)

    def _pick(self, action: QAction) -> None:
        self.picked.emit("{{ " + action.data() + CLOSING)


class FieldVariableMenu(VariableMenu):
    """Variable menu that writes into the last focused of several fields."""

    def __init__(self, fields: Sequence[QLineEdit], parent: QWidget, *, asking: bool = False) -> None:
        super().__init__(parent, asking=asking)
        self._parent = parent
        self._first = self._into = fields[0]
        for field in fields:
            field.installEventFilter(self)
        self.picked.connect(self._insert)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Remember the field that was focused last."""
        if event.type() is QEvent.Type.FocusIn and isinstance(watched, QLineEdit):
            self._into = watched
        return super().eventFilter(watched, event)

    def _insert(self, text: str) -> None:
        field = self._into if self._into.isVisibleTo(self._parent) else self._first
        field.insert(text)
        field.setFocus()
        if is_prompt(text):
            field.setSelection(
                field.cursorPosition() - len(CLOSING) - len(prompt_placeholder()), len(prompt_placeholder())
            )


def prompt_placeholder() -> str:
    """Return the placeholder name of a prompt that the operator has not named yet."""
    return tr("order_no")


def is_prompt(text: str) -> bool:
    """Return True if the picked text is a prompt that still needs a name."""
    return text.startswith("{{ " + f"{ASK}.")
