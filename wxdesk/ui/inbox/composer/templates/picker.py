"""Searchable lists above the composer, of templates among others."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem, QWidget

from wxdesk.core.model.content import ReplyKind
from wxdesk.core.templates import Template, search_templates
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import Button, ButtonKind
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.wording.messages import kind_text, more_text

_ROW, _ROWS = 30, 8
_MOST = 50
_MOVES = frozenset({Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown})


class Picker(QFrame):
    """Typing narrows a list of what can be inserted, Enter chooses.

    Signals:
        chosen: what was chosen.
        closed: it was closed, with or without a choice.
        worked: it was opened, or the operator typed or moved in it.
    """

    worked = Signal()
    chosen = Signal(object)
    closed = Signal()

    def __init__(self, name: str, search: str, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._bottom = QPoint()
        self._widest = 460
        self.setProperty("class", "card")
        self.field = _Field(search, self)
        self.list = QListWidget()
        self.list.setAccessibleName(name)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.below = PlainLabel(size=Size.SMALL, role="secondary", wrap=True)
        self._head = hbox((self.field, 1), spacing=8)
        vbox(self._head, (self.list, 1), self.below, within=self, spacing=6, margins=(8, 8, 8, 8))
        self.field.textChanged.connect(self._fill)
        self.field.textEdited.connect(self.worked)
        self.field.moved.connect(self._move)
        self.field.taken.connect(self.take)
        self.field.left.connect(self.close_it)
        self.list.itemClicked.connect(self._take_item)
        self.hide()

    def open_over(self, composer: QWidget) -> None:
        """Appear above `composer` and take the focus."""
        at = composer.mapTo(self._over, QPoint(0, 0))
        self._bottom = QPoint(at.x() + 16, at.y() - 4)
        self._widest = composer.width() - 32
        self.field.clear()
        self._fill("")
        self.show()
        self.raise_()
        self.field.setFocus()
        self.worked.emit()

    def take(self) -> None:
        """Choose the current row."""
        item = self.list.currentItem()
        if item is not None:
            self._take_item(item)

    def close_it(self) -> None:
        """Close without a choice."""
        self.hide()
        self.closed.emit()

    def _take_item(self, item: QListWidgetItem) -> None:
        chosen = item.data(Qt.ItemDataRole.UserRole)
        self.hide()
        self.closed.emit()
        self.chosen.emit(chosen)  # last: what opens for it takes the keyboard

    def _fill(self, sought: str) -> None:
        self.list.clear()
        fitting = self._find(sought)
        for one in fitting[:_MOST]:
            item = QListWidgetItem(self._words(one))
            item.setData(Qt.ItemDataRole.UserRole, one)
            item.setSizeHint(QSize(0, _ROW))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.below.setText(self._words_below(len(fitting)))
        self.below.setVisible(bool(self.below.full_text()))
        self.list.setVisible(self.list.count() > 0)
        self._place()

    def _find(self, sought: str) -> Sequence[object]:
        """Return what fits, the best first."""
        raise NotImplementedError

    def _words(self, one: Any) -> str:  # noqa: ANN401 - as found
        """Return the row of one thing that was found."""
        raise NotImplementedError

    def _nothing(self) -> str:
        """Return the sentence for an empty list."""
        return tr("Nothing fits.")

    def _words_below(self, fitting: int) -> str:
        return more_text(fitting - _MOST) if fitting > _MOST else "" if fitting else self._nothing()

    def _place(self) -> None:
        """Stand above the composer, as high as the rows need and the window allows."""
        cut = self.list.count() and self.below.full_text()
        around = self.field.sizeHint().height() + 26 + (self.below.sizeHint().height() + 6 if cut else 0)
        room = (max(120, self._bottom.y() - 12) - around) // _ROW
        height = min(max(self.list.count(), 1), _ROWS, max(room, 1)) * _ROW + around
        self.setGeometry(self._bottom.x(), self._bottom.y() - height, min(460, self._widest), height)

    def _move(self, event: QKeyEvent) -> None:
        last = self.list.count() - 1
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -8, Qt.Key.Key_PageDown: 8}
        wanted = self.list.currentRow() + step[Qt.Key(event.key())]
        self.list.setCurrentRow(min(max(wanted, 0), last))
        self.worked.emit()


class _Field(QLineEdit):
    """The search field; the list never has the focus."""

    moved = Signal(object)
    taken = Signal()
    left = Signal()
    went_on = Signal()

    def __init__(self, name: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText(name)
        self.setAccessibleName(name)

    def event(self, event: QEvent) -> bool:
        """Go to the next group by Tab, before Qt moves the focus by it."""
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Tab:
            self.went_on.emit()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if Qt.Key(event.key()) in _MOVES:
            self.moved.emit(event)
        elif event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.taken.emit()
        elif event.key() == Qt.Key.Key_Escape or (event.key() == Qt.Key.Key_Backspace and not self.text()):
            self.left.emit()
        else:
            super().keyPressEvent(event)


class TemplatePicker(Picker):
    """Templates: best matches first, equals by last use; Tab goes through the groups."""

    def __init__(self, parent: QWidget) -> None:
        self._templates: tuple[Template, ...] = ()
        self._one_line: Callable[[Template], str] = lambda template: template.summary
        self._groups = [""]
        super().__init__(tr("Templates"), tr("Search templates"), parent)
        self.group = Button(kind=ButtonKind.LINK, key_hint="Tab", parent=self)
        self._head.addWidget(self.group)
        self.group.clicked.connect(self._next_group)
        self.field.went_on.connect(self._next_group)

    def offer(self, templates: Sequence[Template], one_line: Callable[[Template], str]) -> None:
        """Show these templates, each as `one_line` tells it, in groups by category."""
        self._templates, self._one_line = tuple(templates), one_line
        self._groups = ["", *sorted({one.category for one in templates if one.category})]
        self._fill(self.field.text())

    def _next_group(self) -> None:
        self._groups.append(self._groups.pop(0))
        self._fill(self.field.text())
        self.field.setFocus()
        self.worked.emit()

    def _find(self, sought: str) -> Sequence[Template]:
        group = self._groups[0]
        self.group.setText(group.replace("&", "&&") or tr("All groups"))
        self.group.setVisible(len(self._groups) > 1)
        return search_templates([one for one in self._templates if group in ("", one.category)], sought)

    def _words(self, one: Template) -> str:
        kind = "" if one.kind is ReplyKind.TEXT else kind_text(one.kind)
        named = f"{one.title}  /{one.shortcut}" if one.shortcut else one.title
        return " — ".join(part for part in (named, " ".join((kind, self._one_line(one))).strip()) if part)

    def _nothing(self) -> str:
        if self._templates:
            return tr("No template fits.")
        return tr("There are no templates yet. Ctrl+6 leads to where they are written.")
