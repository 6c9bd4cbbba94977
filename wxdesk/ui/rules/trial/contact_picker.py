"""List of stored customers to choose from, below a field for a part of a name."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from wxdesk.core.model.conversation import Conversation
from wxdesk.desk.ports import Clock
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, Theme, font
from wxdesk.ui.widgets.boxes import vbox
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.widgets.painting import paint_text
from wxdesk.ui.widgets.row_index import Index
from wxdesk.ui.wording.messages import ago, name_of, preview_of

ROW, MOST_ROWS = 42, 5
PAD = 8
_ROOT = QModelIndex()
_THREAD = Qt.ItemDataRole.UserRole + 1


class ContactPickerModel(QAbstractListModel):
    """Model of the conversations found by name, with accounts if there are several."""

    def __init__(self, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._threads: tuple[Conversation, ...] = ()
        self.several = False

    def show(self, threads: Sequence[Conversation], *, several: bool) -> None:
        """Replace the rows; `several`: more than one account is set up."""
        self.beginResetModel()
        self._threads, self.several = tuple(threads), several
        self.endResetModel()

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._threads)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:  # noqa: ANN401 - Qt's signature
        """Return the conversation itself, or a text for screen readers."""
        if not index.isValid() or not 0 <= index.row() < len(self._threads):
            return None
        thread = self._threads[index.row()]
        if role == _THREAD:
            return thread
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return ", ".join(filter(None, (name_of(thread.contact), self.when(thread), self.below(thread))))
        return None

    def when(self, thread: Conversation) -> str:
        """Return the time of the conversation's last message, in words."""
        return "" if thread.last_at is None else ago(thread.last_at, self._clock())

    def below(self, thread: Conversation) -> str:
        """Return the second line: the account, if there are several, and the last message."""
        said = preview_of(thread)
        return f"{thread.account} · {said}" if self.several else said


class ContactPickerDelegate(QStyledItemDelegate):
    """Delegate that paints a conversation in two lines."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        thread, model, theme = index.data(_THREAD), index.model(), Theme.current()
        if thread is None or not isinstance(model, ContactPickerModel):
            return
        painter.save()
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            chosen = option.state & QStyle.StateFlag.State_Selected
            painter.fillRect(option.rect, theme.color("selection" if chosen else "hover"))
        small, when = font(Size.SMALL), model.when(thread)
        width = QFontMetrics(small).horizontalAdvance(when) + 1
        line = QRect(option.rect.left() + PAD, option.rect.top() + 3, option.rect.width() - 2 * PAD, 18)
        paint_text(painter, line.adjusted(line.width() - width, 0, 0, 0), when, small, theme.color("faint"))
        name = name_of(thread.contact)
        paint_text(painter, line.adjusted(0, 0, -width - PAD, 0), name, font(Size.BODY), theme.color("text"))
        paint_text(painter, line.translated(0, 18), model.below(thread), small, theme.color("secondary"))
        painter.restore()


class ContactPicker(QFrame):
    """Popup list over `over`, below a field that keeps the focus.

    Signals:
        chosen: the id of a conversation.
    """

    chosen = Signal(int)

    def __init__(self, clock: Clock, over: QWidget) -> None:
        super().__init__(over)
        self._over = over
        self.setProperty("class", "card")
        self.model = ContactPickerModel(clock, self)
        self.view = QListView(self)
        self.view.setModel(self.model)
        self.view.setItemDelegate(ContactPickerDelegate(self.view))
        self.view.setAccessibleName(tr("Stored customers"))
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.view.setUniformItemSizes(True)
        self.view.setMouseTracking(True)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.none = PlainLabel(size=Size.SMALL, role="secondary", wrap=True, parent=self)
        vbox(self.view, self.none, spacing=0, margins=(4, 4, 4, 4), within=self)
        self.view.clicked.connect(self._take)
        self.hide()

    def show_found(self, field: QWidget, phrase: str, threads: Sequence[Conversation], *, several: bool) -> None:
        """Show what `phrase` found, as wide as the panel, right below `field`."""
        self.model.show(threads, several=several)
        nobody = (
            tr("No stored customer is called “{name}”.", name=phrase) if phrase else tr("No customer is stored yet.")
        )
        self.none.setText("" if threads else nobody)
        self.none.setVisible(not threads)
        self.view.setVisible(bool(threads))
        at = field.mapTo(self._over, QPoint(0, field.height() + 2))
        width = self._over.width() - 2 * 16
        height = min(len(threads), MOST_ROWS) * ROW if threads else self.none.heightForWidth(width - 24) + PAD
        self.none.setContentsMargins(PAD, 0, PAD, 0)
        self.setGeometry(16, at.y(), width, max(min(height + 10, self._over.height() - at.y() - PAD), ROW))
        self.show()
        self.raise_()

    def move_by(self, step: int) -> None:
        """Mark another row; at first the first one."""
        row, last = self.view.currentIndex().row(), self.model.rowCount() - 1
        self.view.setCurrentIndex(self.model.index(min(max(row + step, 0), last)))

    def take(self) -> bool:
        """Choose the marked row; return False if there is none."""
        index = self.view.currentIndex()
        if index.isValid():
            self._take(index)
        return index.isValid()

    def _take(self, index: QModelIndex) -> None:
        thread: Conversation = index.data(_THREAD)
        self.hide()
        self.chosen.emit(thread.id)
