"""Non-modal panel over the chat, above the composer; Esc closes it."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QWidget

from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.widgets.boxes import hbox, vbox
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.labels import PlainLabel

_SIDE, _GAP = 16, 6
_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})


class Popover(QFrame):
    """Base of the panels; content goes into `column`, below the title.

    Signals:
        closed: it was closed.
        confirmed: Ctrl+Enter was pressed.
        worked: it was opened, or the operator typed in it.
    """

    worked = Signal()
    closed = Signal()
    confirmed = Signal()

    def __init__(self, title: str, widest: int, parent: QWidget) -> None:
        super().__init__(parent)
        self._host = parent
        self._composer: QWidget | None = None
        self._widest = widest
        self._heard: set[QLineEdit] = set()
        self.setProperty("class", "card")
        self.setAccessibleName(title)
        self.title = PlainLabel(title, strong=True, size=Size.BODY)
        self.put_away = SmallButton("close", tr("Close (Esc)"), self)
        self.put_away.clicked.connect(self.close_it)
        head = hbox((self.title, 1), self.put_away)
        self.column = vbox(head, within=self, spacing=10, margins=(16, 10, 16, 14))
        parent.installEventFilter(self)
        self.hide()

    def open_over(self, composer: QWidget) -> None:
        """Appear above `composer` and take the focus."""
        self._composer = composer
        self.show()
        self.raise_()
        self.place()
        self.start()
        for field in self.findChildren(QLineEdit):
            if field not in self._heard:
                self._heard.add(field)
                field.textEdited.connect(self.worked)
        self.worked.emit()

    def start(self) -> None:
        """Focus the first field."""
        self.setFocus()

    def close_it(self) -> None:
        """Close it, also while its page is not shown."""
        if not self.isHidden():
            self.hide()
            self.closed.emit()

    def place(self) -> None:
        """Stand above the composer; in a low window also over it."""
        if self._composer is None or not self.isVisible():
            return
        at = self._composer.mapTo(self._host, QPoint(0, 0))
        width = min(self._widest, self._composer.width() - 2 * _SIDE)
        self.fit_into(width, at.y() - 2 * _GAP)
        height = min(self.height_at(width), self._host.height() - 2 * _GAP)
        self.setGeometry(at.x() + _SIDE, max(_GAP, at.y() - _GAP - height), width, height)

    def height_at(self, width: int) -> int:
        """Return the height that the content needs at `width`."""
        column, frame = self.column, self.contentsMargins()
        inner = width - frame.left() - frame.right()
        needed = column.heightForWidth(inner) if column.hasHeightForWidth() else column.sizeHint().height()
        return max(needed, column.minimumSize().height()) + frame.top() + frame.bottom()

    def fit_into(self, width: int, height: int) -> None:
        """Hide the least needed content if it does not fit into `width` and `height`."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_it()
        elif event.key() in _ENTER and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.confirmed.emit()
        else:
            event.accept()  # what is typed here belongs nowhere else

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: N802
        """Keep Tab inside the panel."""
        stops = [
            widget
            for widget in self.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible() and widget.isEnabled()
        ]
        stops.sort(key=self._reading_order)
        if not stops:
            return False
        now = self.focusWidget()
        at = stops.index(now) if now in stops else -1 if forward else 0
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def _reading_order(self, widget: QWidget) -> tuple[bool, int, int]:
        at = widget.mapTo(self, QPoint(0, 0))
        return widget is self.put_away, at.y(), at.x()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() is QEvent.Type.Resize:
            self.place()
        return False

    def event(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.LayoutRequest:
            self.place()
        return super().event(event)
