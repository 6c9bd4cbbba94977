"""List of held replies, to open, send or stop each by mouse or key."""

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QCursor, QFocusEvent, QHelpEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QToolTip, QWidget

from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.desk.ports import Clock
from wxdesk.i18n import tr
from wxdesk.ui.inbox.held_replies.delegate import BUTTONS, ROW_HEIGHT, HeldDelegate, button_rect, words_beside
from wxdesk.ui.inbox.held_replies.model import HeldModel, HeldRole
from wxdesk.ui.inbox.lists import ClickGuard, RowsView
from wxdesk.ui.widgets.labels import plain_tip
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.reply_status import ReplyStatus

_ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
_ACTING = _ENTER | {Qt.Key.Key_Delete}


class HeldView(RowsView):
    """Shows a `HeldModel`; nothing is sent or stopped on rows that have just moved.

    Signals:
        picked: a `HeldReply` whose conversation the operator wants to see.
        send_wanted, stop_wanted, edit_wanted, takeover_wanted: a `HeldReply`.
        left: Esc was pressed.
    """

    picked = Signal(object)
    send_wanted = Signal(object)
    stop_wanted = Signal(object)
    edit_wanted = Signal(object)
    takeover_wanted = Signal(object)
    left = Signal()

    def __init__(self, model: HeldModel, clock: Clock, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows = HeldDelegate(self)
        self.setAccessibleName(tr("Held replies"))
        self.setUniformItemSizes(True)
        self.setItemDelegate(self._rows)
        self._click_guard = ClickGuard(model, self, clock)
        self.setModel(model)
        self._wanted = {
            "send": self.send_wanted,
            "stop": self.stop_wanted,
            "edit": self.edit_wanted,
            "person": self.takeover_wanted,
        }

    def sizeHint(self) -> QSize:
        """Return the height of all rows; Qt's own 192 pixels would cut the fourth."""
        return QSize(super().sizeHint().width(), ROW_HEIGHT * max(self.model().rowCount(), 1))

    def tick(self) -> None:
        """Repaint the countdowns."""
        self.viewport().update()

    def focus_first(self) -> None:
        """Focus the list, at the current or first row."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held: HeldReply | None = self.currentIndex().data(HeldRole.HELD)
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.isAutoRepeat() and event.key() in _ACTING:
            event.accept()  # a key held down must not go on with the next row
        elif held is not None and (event.key() in _ACTING or _act_of(event)):
            self._act(held, event)
        else:
            super().keyPressEvent(event)

    def _act(self, held: HeldReply, event: QKeyEvent) -> None:
        act = _act_of(event)
        if not act:
            self.picked.emit(held)
        elif self._click_guard.accepts_key():
            self._click_guard.decided()
            self._wanted[act].emit(held)

    def event(self, event: QEvent) -> bool:
        """Keep F4 for the chosen row, from the open conversation."""
        if event.type() is QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _act_of(event) == "person":
            event.accept()
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._heat(self._at(event.position().toPoint()))
        super().mouseMoveEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        self._heat((-1, ""))
        super().leaveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        at = event.position().toPoint()
        held: HeldReply | None = self.indexAt(at).data(HeldRole.HELD)
        if held is None or event.button() is not Qt.MouseButton.LeftButton:
            return
        row, button = self._at(at)
        if not button:
            self.picked.emit(held)
        elif self._click_guard.accepts_click(row):
            self._wanted[button].emit(held)

    def viewportEvent(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), plain_tip(self.tip_at(event.pos())), self)
            return True
        return super().viewportEvent(event)

    def tip_at(self, at: QPoint) -> str:
        """Return the tooltip of a button, else the full status where it is shortened."""
        index = self.indexAt(at)
        held: HeldReply | None = index.data(HeldRole.HELD)
        if held is None:
            return ""
        status: ReplyStatus = index.data(HeldRole.STATUS)
        shown = words_beside(name_of(held.contact), status, self.visualRect(index))
        return tip_of(held, self._at(at)[1]) or (status.text if shown != status.text else "")

    def _at(self, at: QPoint) -> tuple[int, str]:
        index = self.indexAt(at)
        if not index.isValid():
            return (-1, "")
        rect = self.visualRect(index)
        return (index.row(), next((name for name in BUTTONS if button_rect(rect, name).contains(at)), ""))

    def _heat(self, hot: tuple[int, str]) -> None:
        if hot != self._rows.hot:
            self._rows.hot = hot
            self.viewport().setCursor(QCursor(Qt.CursorShape.PointingHandCursor) if hot[0] >= 0 else QCursor())
            self.viewport().update()


def tip_of(held: HeldReply, button: str) -> str:
    """Return a button's action and key."""
    match button:
        case "send" if held.asking:
            return tr("Send all {n} parts (Ctrl+Enter)", n=held.asking)
        case "send":
            return tr("Send now (Ctrl+Enter)")
        case "stop" if held.asking:
            return tr("Stop all {n} parts (Delete)", n=held.asking)
        case "stop":
            return tr("Stop it (Delete)")
        case "edit":
            return tr("Change it (Ctrl+E)")
        case "person":
            return tr("Take over (F4)")
    return ""


def _act_of(event: QKeyEvent) -> str:
    """Return the button whose key this is."""
    by_control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    match event.key():
        case Qt.Key.Key_Return | Qt.Key.Key_Enter if by_control:
            return "send"
        case Qt.Key.Key_Delete:
            return "stop"
        case Qt.Key.Key_E if by_control:
            return "edit"
        case Qt.Key.Key_F4 if not event.modifiers():
            return "person"
    return ""
