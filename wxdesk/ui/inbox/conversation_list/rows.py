"""List view of conversations, in which several can be chosen, with a menu."""

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QListView, QWidget

from wxdesk.core.conversations.row_change import MOST_ROWS
from wxdesk.i18n import ntr, tr
from wxdesk.ui.inbox.conversation_list.model import RowRole
from wxdesk.ui.inbox.lists import RowsView
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import Button, SmallButton
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.row_index import Index

_SEVERAL = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


class ConversationRows(RowsView):
    """List of conversations: a click opens one, Ctrl and Shift choose several.

    `choosing` is True while a key or click chooses one more, and opens nothing. A right click opens the menu only.

    Signals:
        menu_wanted: this list, the conversations that a menu is for, the tags in use, and where it shall open.
        given_up: no more than the open conversation shall be chosen.
    """

    menu_wanted = Signal(object, object, object, QPoint)
    given_up = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setSelectionMode(QListView.SelectionMode.ExtendedSelection)
        self.choosing = False

    def several(self) -> Sequence[Index]:
        """Return the first `MOST_ROWS` chosen rows, if they are more than one."""
        rows = self.selectedIndexes()
        return sorted(rows, key=lambda index: index.row())[:MOST_ROWS] if len(rows) > 1 else ()

    def ask_for_menu(self, index: Index, at: QPoint) -> None:
        """Want a menu for all chosen rows, or for `index` where that is none of them."""
        several = self.several()
        some = [one.data(RowRole.ROW).conversation for one in (several if index in several else (index,))]
        rows = [self.model().index(at, 0).data(RowRole.ROW) for at in range(self.model().rowCount())]
        tags = Counter(tag for row in rows for tag in row.conversation.contact.tags)
        self.menu_wanted.emit(self, some, [tag for tag, _ in tags.most_common()], at)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() is not Qt.MouseButton.RightButton:  # its menu follows, and nothing is opened
            self.choosing = bool(event.modifiers() & _SEVERAL)
            super().mousePressEvent(event)
            self.choosing = False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons():  # a hand that slips while clicking chooses nothing more
            super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.several():
            self.given_up.emit()
            return
        self.choosing = bool(event.modifiers() & _SEVERAL)
        super().keyPressEvent(event)
        self.choosing = False

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            place = self.visualRect(index).center() if by_key else event.pos()
            self.ask_for_menu(index, self.viewport().mapToGlobal(place))


class ChosenRows(QFrame):
    """Line below the list while several rows are chosen: their number and menu."""

    def __init__(self, rows: ConversationRows) -> None:
        super().__init__()
        self._rows = rows
        self.setProperty("class", "footer")
        self.count = PlainLabel(strong=True)
        self.menu = Button(tr("With all of them…"))
        self.away = SmallButton("close", tr("Choose none"), self)
        hbox((self.count, 1), self.menu, self.away, within=self, spacing=8, margins=(12, 6, 8, 6))
        self.menu.clicked.connect(self._open)
        self.away.clicked.connect(rows.given_up)
        self.hide()

    def follow(self) -> None:
        """Show how many rows are chosen now."""
        several = len(self._rows.several())
        self.count.setText(ntr("{n} chosen", "{n} chosen", several))
        self.setVisible(several > 0)

    def _open(self) -> None:
        several = self._rows.several()
        if several:
            self._rows.ask_for_menu(several[0], self.menu.mapToGlobal(QPoint(0, 0)))
