"""Buttons with a menu: one of several, several, or a name; and passing menus."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QMenu, QWidget

from wxdesk.ui.widgets.buttons import Button, ButtonKind, Menu
from wxdesk.ui.widgets.labels import literal, set_tip
from wxdesk.ui.widgets.painting import ELLIPSIS

type MenuChoice = tuple[str, object, bool | None]
"""Words, value, and whether it is in force; None if it is never marked."""


def offer_above(
    button: QWidget, name: str, choices: Iterable[MenuChoice | None], then: Callable[[Any], object]
) -> None:
    """Open a menu above a button; `then` gets the value chosen. None draws a line."""
    menu = PassingMenu(button, name)
    for choice in choices:
        if choice is None:
            menu.addSeparator()
        else:
            words, value, marked = choice
            menu.choice(words, partial(then, value), marked)
    open_beside(menu, button, above=True)


def open_beside(menu: QMenu, anchor: QWidget, *, above: bool = False, at_right: bool = False) -> None:
    """Open a menu under or above a widget, from its left edge or up to its right one."""
    x = anchor.width() - menu.sizeHint().width() if at_right else 0
    y = -menu.sizeHint().height() - _GAP if above else anchor.height() + _GAP
    menu.popup(anchor.mapToGlobal(QPoint(x, y)))


_GAP = 4


def add_choice(menu: QMenu, words: str, then: Callable[[], object], marked: bool | None = False) -> QAction:
    """Add a choice to a menu, marked if it is in force; None if it is never marked."""
    action = menu.addAction(literal(words))
    action.setCheckable(marked is not None)
    action.setChecked(bool(marked))
    action.triggered.connect(then)
    return action


class PassingMenu(Menu):
    """A menu that is made for one opening, and gone once it hides."""

    def __init__(self, parent: QWidget, name: str) -> None:
        super().__init__(parent, toolTipsVisible=True)
        self.setAccessibleName(name)
        self.aboutToHide.connect(self.deleteLater)
        self._choices = QActionGroup(self)

    def say(self, words: str) -> None:
        """Add a line that cannot be chosen."""
        self.addAction(literal(words)).setEnabled(False)

    def choice(self, words: str, then: Callable[[], object], marked: bool | None) -> None:
        """Add one of several choices that exclude each other; see `add_choice`."""
        self._choices.addAction(add_choice(self, words, then, marked))


class MenuButton(Button):
    """A button with a menu under it and an arrow behind its text."""

    def __init__(
        self,
        text: str = "",
        *,
        kind: ButtonKind = ButtonKind.QUIET,
        menu: QMenu | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(text, kind=kind, icon="chevron-down", parent=parent)
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the words
        self.popup_menu = menu or Menu(self)
        self.popup_menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.clicked.connect(self._open)

    def _show_choice(self, name: str, words: str, widest: int = 0) -> None:
        """Show the choice; words wider than `widest` pixels are whole in the tip only."""
        shown = self.fontMetrics().elidedText(words, ELLIPSIS, widest) if widest else words
        self.setText(literal(shown))
        if widest:
            set_tip(self, words if shown != words else "")
        self.setAccessibleName(f"{name}: {words}")
        self.updateGeometry()

    def _open(self) -> None:
        open_beside(self.popup_menu, self)


class SingleChoiceButton[T](MenuButton):
    """Shows one of a few choices and lets another be chosen.

    Words that are wider than `widest` pixels are cut on the button.

    Signals:
        chosen: the new value.
    """

    chosen = Signal(object)

    def __init__(
        self, choices: Sequence[tuple[T, str]], name: str, parent: QWidget | None = None, *, widest: int = 0
    ) -> None:
        super().__init__("", parent=parent)
        self._name, self._widest = name, widest
        self._lines: dict[T, QAction] = {}
        self.value = choices[0][0]
        self.popup_menu.aboutToShow.connect(self.fill)
        self.offer(choices)

    def set_value(self, value: T) -> None:
        """Show `value` as chosen without emitting a signal."""
        self.value = value
        for one, line in self._lines.items():
            line.setChecked(one == value)
        self._show_choice(self._name, self._words_of(value), self._widest)

    def offer(self, choices: Sequence[tuple[T, str]]) -> None:
        """Offer other choices; the value stays if it is among them, else it is the first.

        An open menu keeps its lines under the operator's hand; it has the others when it opens again.
        """
        self._words = dict(choices)
        self.set_value(self.value if self.value in self._words else choices[0][0])
        if not self.popup_menu.isVisible():
            self.fill()

    def fill(self) -> None:
        """Fill the menu with the choices of now."""
        self.popup_menu.clear()
        menu, words = self.popup_menu, self._words
        self._lines = {one: add_choice(menu, text, partial(self._take, one)) for one, text in words.items()}
        self.set_value(self.value)

    def _words_of(self, value: T) -> str:
        return self._words[value]

    def _take(self, value: T) -> None:
        self.set_value(value)
        self.chosen.emit(value)


class NameMenuButton(SingleChoiceButton[str]):
    """Shows one name from a list that is read each time the menu opens.

    The chosen name may be gone from the list. `without` is shown while nothing is chosen; `more`, if given, is
    a last line of the menu that does something else. A name that is wider than `widest` pixels is cut.

    Signals:
        more_asked: the last line.
    """

    more_asked = Signal()

    def __init__(
        self,
        offered: Callable[[], Sequence[str]],
        name: str,
        *,
        without: str,
        more: str = "",
        widest: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        self._offered, self._without, self._more = offered, without, more
        super().__init__([("", without)], name, parent, widest=widest)

    def fill(self) -> None:
        """Fill the menu with the names of now."""
        self._words = {name: name for name in self._offered()}
        super().fill()
        if self._more:
            self.popup_menu.addSeparator()
            self.popup_menu.addAction(self._more, self.more_asked.emit)

    def _words_of(self, value: str) -> str:
        return value or self._without


class MultiChoiceButton[T](MenuButton):
    """Shows the chosen ones of a few choices; its menu stays open while they change.

    `say` turns the chosen values into text.

    Signals:
        changed: the choice has changed.
    """

    changed = Signal()

    def __init__(
        self,
        choices: Sequence[tuple[T, str]],
        name: str,
        say: Callable[[Sequence[T]], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("", menu=_StayingMenu(), parent=parent)
        self.popup_menu.setParent(self, self.popup_menu.windowFlags())
        self._name = name
        self._say = say
        self._actions = {value: add_choice(self.popup_menu, text, self._changed) for value, text in choices}

    def values(self) -> list[T]:
        """Return the chosen values in the order of the menu."""
        return [value for value, action in self._actions.items() if action.isChecked()]

    def set_values(self, values: Iterable[T]) -> None:
        """Show these as chosen without emitting a signal."""
        chosen = frozenset(values)
        for value, action in self._actions.items():
            action.setChecked(value in chosen)
        self._show()

    def _changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        self._show_choice(self._name, self._say(self.values()))


class _StayingMenu(Menu):
    """A menu that stays open while its items are ticked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        action = self.actionAt(event.position().toPoint())
        if action is not None and action.isCheckable():
            action.trigger()
            return
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action is not None and action.isCheckable():
            action.trigger()
            return
        super().keyPressEvent(event)
