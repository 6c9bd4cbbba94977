"""Searchable lists above the composer, of templates and of emoticons."""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct
from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListView, QListWidget, QListWidgetItem, QWidget

from wxdesk.core.model.reply import ReplyKind
from wxdesk.core.templates import Template, search_templates
from wxdesk.emoticons import read_emoticons
from wxdesk.i18n import language, tr
from wxdesk.ui.inbox.composer.panels.content import Popup
from wxdesk.ui.look.fonts import has_emoji
from wxdesk.ui.look.keys import ENTER
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import literal, plain_tip, small_label
from wxdesk.ui.widgets.row_list import tell_current
from wxdesk.ui.wording.messages import kind_text, more_text

_ROW, _ROWS, _WIDEST = 30, 8, 460
_STEPS = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -_ROWS, Qt.Key.Key_PageDown: _ROWS}
_SIDEWAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class Picker(Popup):
    """Typing narrows a list of what can be inserted, Enter chooses.

    Signals:
        chosen: what was chosen.
    """

    chosen = Signal(object)

    _most = 50
    """Most that are offered at once."""
    _cell = 0
    """Width of a cell in a grid; 0 for a list."""
    _columns = 1

    def __init__(self, name: str, search: str, parent: QWidget) -> None:
        super().__init__(name, _WIDEST, parent)
        self._rows = 1
        self.field = QLineEdit(self, placeholderText=search)
        self.field.setAccessibleName(search)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.below = small_label(wrap=True)
        self._head = hbox((self.field, 1), spacing=8)
        vbox(self._head, (self.list, 1), self.below, within=self, spacing=6, margins=(8, 8, 8, 8))
        self.field.textChanged.connect(self._fill)
        self.list.itemClicked.connect(self._take_item)
        tell_current(self.list)

    def start(self) -> None:
        """Begin another search."""
        self.field.clear()
        self._fill("")
        self.field.setFocus()

    def take(self) -> None:
        """Choose the current row."""
        item = self.list.currentItem()
        if item is not None:
            self._take_item(item)

    def _take_item(self, item: QListWidgetItem) -> None:
        chosen = item.data(Qt.ItemDataRole.UserRole)
        self.close_it()
        self.chosen.emit(chosen)  # last: what opens for it takes the keyboard

    def _fill(self, sought: str) -> None:
        self.list.clear()
        fitting = self._find(sought)
        for one in fitting[: self._most]:
            item = QListWidgetItem(self._words(one))
            item.setData(Qt.ItemDataRole.UserRole, one)
            item.setSizeHint(QSize(self._cell, _ROW))
            self._describe(item, one)
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        more = len(fitting) - self._most
        self.below.show_if_any(more_text(more) if more > 0 else "" if fitting else self._nothing())
        self.list.setVisible(self.list.count() > 0)
        self.place()

    def _find(self, sought: str) -> Sequence[object]:
        """Return what fits, the best first."""
        raise NotImplementedError

    def _words(self, one: Any) -> str:  # noqa: ANN401 - as found
        """Return the row of one thing that was found."""
        raise NotImplementedError

    def _describe(self, item: QListWidgetItem, one: Any) -> None:  # noqa: ANN401 - as found
        """Add what the row does not say, for the mouse and for screen readers."""

    def _nothing(self) -> str:
        """Return the sentence for an empty list."""
        return tr("Nothing fits.")

    def height_at(self, width: int) -> int:
        """Return the height of the rows that are shown, with what is around them."""
        return self._rows * _ROW + self._around()

    def fit_into(self, width: int, height: int) -> None:
        """Show as many rows as there are and fit."""
        room = (max(120, height) - self._around()) // _ROW
        if self._cell:
            self._columns = (width - 32) // self._cell
            self.list.setGridSize(QSize((width - 32) // self._columns, _ROW))  # no gap at the right
        self._rows = min(max(-(-self.list.count() // self._columns), 1), _ROWS, max(room, 1))

    def _around(self) -> int:
        cut = self.list.count() and self.below.full_text()
        return self.field.sizeHint().height() + 26 + (self.below.sizeHint().height() + 6 if cut else 0)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Use the field's keys that are meant for the list, which never has the focus."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched is self.field:
            return self._use_key(event)
        return super().eventFilter(watched, event)

    def _use_key(self, event: QKeyEvent) -> bool:
        key = Qt.Key(event.key())
        sideways = _SIDEWAYS if self._columns > 1 else {}
        if key in _STEPS or key in sideways:
            wanted = self.list.currentRow() + _STEPS.get(key, 0) * self._columns + sideways.get(key, 0)
            self.list.setCurrentRow(min(max(wanted, 0), self.list.count() - 1))
            self.worked.emit()
        elif key in ENTER:
            self.take()
        elif key == Qt.Key.Key_Escape or (key == Qt.Key.Key_Backspace and not self.field.text()):
            self.close_it()
        elif key == Qt.Key.Key_Tab:
            self._next_group()
        else:
            return False
        return True

    def _next_group(self) -> None:
        """Go to the next group, where there are groups."""


class TemplatePicker(Picker):
    """Templates: best matches first, equals by last use; Tab goes through the groups."""

    def __init__(self, parent: QWidget) -> None:
        self._templates: tuple[Template, ...] | None = None  # until they were read
        self._one_line: Callable[[Template], str] = lambda template: template.summary
        self._groups = [""]
        super().__init__(tr("Templates"), tr("Search templates"), parent)
        self.group = Button(kind=ButtonKind.LINK, key_hint="Tab", parent=self, then=self._next_group)
        self._head.addWidget(self.group)

    def offer(self, templates: Sequence[Template], one_line: Callable[[Template], str]) -> None:
        """Show these as `one_line` tells them, by category; what is chosen stays so."""
        item, group, groups = self.list.currentItem(), self._groups[0], {"", *(one.category for one in templates)}
        chosen = 0 if item is None else item.data(Qt.ItemDataRole.UserRole).id
        self._templates, self._one_line = tuple(templates), one_line
        self._groups = sorted(groups, key=lambda one: (group in groups and one < group, one))
        self._fill(self.field.text())
        shown = [self.list.item(row).data(Qt.ItemDataRole.UserRole).id for row in range(self.list.count())]
        self.list.setCurrentRow(shown.index(chosen) if chosen in shown else 0)

    def start(self) -> None:
        """Begin another search, among all."""
        self._groups.sort()
        super().start()

    def _next_group(self) -> None:
        self._groups.append(self._groups.pop(0))
        self._fill(self.field.text())
        self.field.setFocus()
        self.worked.emit()

    def _find(self, sought: str) -> Sequence[Template]:
        group = self._groups[0]
        self.group.setText(literal(group) or tr("All groups"))
        self.group.setVisible(len(self._groups) > 1)
        return search_templates([one for one in self._templates or () if group in ("", one.category)], sought)

    def _words(self, one: Template) -> str:
        kind = "" if one.kind is ReplyKind.TEXT else kind_text(one.kind)
        named = f"{one.title}  /{one.shortcut}" if one.shortcut else one.title
        return " — ".join(part for part in (named, " ".join((kind, self._one_line(one))).strip()) if part)

    def _nothing(self) -> str:
        if self._templates:
            return tr("No template fits.")
        none = tr("There are no templates yet. Ctrl+3 leads to where they are written.")
        return "" if self._templates is None else none


MOST_USED = 24


class EmoticonOffer(Struct, frozen=True):
    """A text to insert, its row in the list, and what else it is found by."""

    text: str
    row: str
    other_name: str


class EmoticonPicker(Picker):
    """Grid of emoticons and similar emoji, by name in either language.

    The last used are first.
    """

    _most = 300  # all of them

    def __init__(self, parent: QWidget) -> None:
        self._offered: list[EmoticonOffer] = []
        self.used: list[str] = []
        self._cell = 72 if language() == "zh_CN" else 104
        super().__init__(tr("Emoticons"), tr("Search emoticons"), parent)
        self.list.setFlow(QListView.Flow.LeftToRight)
        self.list.setWrapping(True)
        self.list.setResizeMode(QListView.ResizeMode.Adjust)
        for one in read_emoticons():
            name, other = (one.zh, one.en) if language() == "zh_CN" or not one.en else (one.en, one.zh)
            self._offered.append(EmoticonOffer(one.code or f"[{one.zh}]", f"[{name}]  {one.code}", other))
            if one.unicode and has_emoji():
                self._offered.append(EmoticonOffer(one.unicode, f"{one.unicode}  {name}", other))
        self.chosen.connect(self._note_use)

    def _find(self, sought: str) -> Sequence[EmoticonOffer]:
        words = sought.casefold().split()
        return [one for one in self._offered if all(word in f"{one.row} {one.other_name}".casefold() for word in words)]

    def _words(self, one: EmoticonOffer) -> str:
        return one.row.partition("  ")[0]

    def _describe(self, item: QListWidgetItem, one: EmoticonOffer) -> None:
        item.setToolTip(plain_tip(one.row))
        item.setData(Qt.ItemDataRole.AccessibleTextRole, one.row)

    def remember(self, used: Sequence[str]) -> None:
        """Offer texts that were `used` before first, the last of them at the top."""
        known = {one.text: one for one in self._offered}
        for text in reversed([text for text in used if text in known]):
            self._note_use(known[text])

    def _note_use(self, used: EmoticonOffer) -> None:
        self.used = [used.text, *(text for text in self.used if text != used.text)][:MOST_USED]
        self._offered.remove(used)
        self._offered.insert(0, used)
