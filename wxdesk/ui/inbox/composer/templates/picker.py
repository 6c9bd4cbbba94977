"""Searchable list of templates above the composer."""

from collections.abc import Callable, Sequence

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


class TemplatePicker(QFrame):
    """Best matches first, equals by last use; typing narrows the list, Enter chooses.

    Signals:
        chosen: a `Template`.
        closed: it was closed, with or without a choice.
        worked: it was opened, or the operator typed or moved in it.
    """

    worked = Signal()
    chosen = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self._bottom = QPoint()
        self._widest = 460
        self.setProperty("class", "card")
        self._templates: tuple[Template, ...] = ()
        self._one_line: Callable[[Template], str] = lambda template: template.summary
        self._groups = [""]
        self.field = _Field(self)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Templates"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.below = PlainLabel(size=Size.SMALL, role="secondary", wrap=True)
        self.group = Button(kind=ButtonKind.LINK, key_hint="Tab", parent=self)
        search = hbox((self.field, 1), self.group, spacing=8)
        vbox(search, (self.list, 1), self.below, within=self, spacing=6, margins=(8, 8, 8, 8))
        self.group.clicked.connect(self._next_group)
        self.field.went_on.connect(self._next_group)
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
        self._groups = [""]
        self._fill("")
        self.show()
        self.raise_()
        self.field.setFocus()
        self.worked.emit()

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
        template = item.data(Qt.ItemDataRole.UserRole)
        self.hide()
        self.closed.emit()
        self.chosen.emit(template)  # last: what opens for it takes the keyboard

    def _fill(self, sought: str) -> None:
        self.list.clear()
        group = self._groups[0]
        self.group.setText(group.replace("&", "&&") or tr("All groups"))
        self.group.setVisible(len(self._groups) > 1)
        fitting = search_templates([one for one in self._templates if group in ("", one.category)], sought)
        for template in fitting[:_MOST]:
            item = QListWidgetItem(_row_text(template, self._one_line(template)))
            item.setData(Qt.ItemDataRole.UserRole, template)
            item.setSizeHint(QSize(0, _ROW))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.below.setText(self._words_below(len(fitting)))
        self.below.setVisible(bool(self.below.full_text()))
        self.list.setVisible(self.list.count() > 0)
        self._place()

    def _words_below(self, fitting: int) -> str:
        if fitting > _MOST:
            return more_text(fitting - _MOST)
        if fitting:
            return ""
        if self._templates:
            return tr("No template fits.")
        return tr("There are no templates yet. Ctrl+6 leads to where they are written.")

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

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setPlaceholderText(tr("Search templates"))
        self.setAccessibleName(tr("Search templates"))

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


def _row_text(template: Template, said: str) -> str:
    kind = "" if template.kind is ReplyKind.TEXT else kind_text(template.kind)
    named = f"{template.title}  /{template.shortcut}" if template.shortcut else template.title
    return " — ".join(part for part in (named, " ".join((kind, said)).strip()) if part)
