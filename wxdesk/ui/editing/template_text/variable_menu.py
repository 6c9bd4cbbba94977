"""Menu that inserts a variable into a reply, and the meanings of all variables."""

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit, QWidget

from wxdesk.core.content.variables import VARIABLES
from wxdesk.core.templates import ASK
from wxdesk.i18n import tr
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


def variable_names(groups: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return names and meanings of variables; `groups` are those of patterns."""
    meanings = {
        "contact.alias": tr("the customer's name, as you gave it"),
        "message.text": tr("what the customer wrote"),
        "time": tr("the time, as 14:05"),
        "date": tr("the date"),
        "weekday": tr("the day of the week: 1 is Monday, 7 is Sunday"),
        "hours.open": tr("whether it is open now, for {% if %}"),
        "hours.next_open": tr("when it opens next"),
        "hours.next_close": tr("when it closes next"),
        "window.left": tr("replies that are left"),
        "window.until": tr("until when replies are possible"),
        "account": tr("the mini program's name"),
        "session_from.value": tr("where this entry comes from; session_from.id and the like"),
        "session.value": tr("where the customer came from last; session.id and the like, if it has fields"),
        "contact.short_id": tr("the end of the customer's openid"),
        "message.type": tr("the kind of the message, as text or image"),
    }
    known = [(name, text) for name, text in meanings.items() if name.partition(".")[0] in VARIABLES]
    return [*((f"m.{group}", tr("found by the pattern")) for group in groups), *known]
