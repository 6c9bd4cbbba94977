"""List of held replies: its rows, their painter, and the view with its keys."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QCursor, QFocusEvent, QFont, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QSizePolicy, QStyle, QStyleOptionViewItem, QToolTip, QWidget

from wxdesk.desk.conversations.inbox_queries import HeldReply
from wxdesk.i18n import tr
from wxdesk.ui.inbox.lists import ClickGuard, RowsView, TimedRows
from wxdesk.ui.inbox.timeline.entries import message_text, reply_text
from wxdesk.ui.look.keys import ENTER, is_pressed
from wxdesk.ui.look.theme import color_of, font, line_height, sentence_font, smaller
from wxdesk.ui.widgets.labels import plain_tip
from wxdesk.ui.widgets.painting import paint_box, paint_edge, paint_focus, paint_icon, paint_text
from wxdesk.ui.widgets.row_list import RECORD, Index, RowDelegate
from wxdesk.ui.wording.hold_reasons import hold_reason_of_held
from wxdesk.ui.wording.messages import name_of
from wxdesk.ui.wording.reply_status import HoldReason, ReplyStatus, status_of_reply


class HeldModel(TimedRows[HeldReply]):
    """Held replies, the most urgent first; countdowns only need repainting."""

    def _accessible_text(self, row: HeldReply) -> str:
        keys = tr("Enter opens it, Ctrl+Enter sends it, Delete stops it, Ctrl+E changes it, F4 takes over")
        whose = name_of(row.contact), self.account_of(row.contact)
        said = (*whose, asked_text(row), held_text(row), self.status(row).text, keys)
        return ", ".join(filter(None, said))

    def _key(self, row: HeldReply) -> int:
        return row.reply.id

    def status(self, held: HeldReply) -> ReplyStatus:
        """Return what is said of a reply now."""
        return status_of_reply(held.reply, self.clock(), self.hold_reason(held))

    def hold_reason(self, held: HeldReply) -> HoldReason:
        """Return what holds a reply back now."""
        return hold_reason_of_held(held, self._hold_reason_of)


def asked_text(held: HeldReply) -> str:
    """Return the rule of a reply, and the message that it answers."""
    rule, question = held.reply.rule_name, held.question
    words = "" if question is None else tr("to “{words}”", words=" ".join(message_text(question).split()))
    return " · ".join(filter(None, (rule and tr("Rule: {said}", said=rule), words)))


def held_text(held: HeldReply) -> str:
    """Return a row's text; for an answer that asks, its first part and their number."""
    words = " ".join(reply_text(held.reply).split())
    return tr("{n} parts: {words}", n=held.asking, words=words) if held.asking else words


ROWS_AT_MOST = 4
BUTTON = 26
_PAD = 12
_GAP = 4
_LEAST = 24
"""Pixels below which the mini program is not shown beside a name."""


BUTTONS = {"send": (0, 0), "stop": (1, 0), "edit": (0, 1), "person": (1, 1)}
"""Column and line of a row's buttons, by their icons; `person` takes over."""


def row_height() -> int:
    """Return the height of a row: three lines, or two buttons."""
    return max(72, 12 + 3 * line_height())


def button_rect(row: QRect, name: str) -> QRect:
    """Return the rectangle of a row's button."""
    column, line = BUTTONS[name]
    first = QRect(row.right() - _PAD - 2 * BUTTON - _GAP + 3, row.top() + 7, BUTTON, BUTTON)
    return first.translated(column * (BUTTON + _GAP), line * (BUTTON + _GAP))


def words_beside(name: str, status: ReplyStatus, row: QRect) -> str:
    """Return the status, in brief if the name would be cut: cut openids look alike."""
    room = _first_line(row).width() - smaller(2) - 3 * _GAP - QFontMetrics(_name_font()).horizontalAdvance(name)
    whole = QFontMetrics(_status_font()).horizontalAdvance(status.text) + 1
    return status.brief if status.brief and whole > room else status.text


def _first_line(row: QRect) -> QRect:
    left, right = row.left() + _PAD, button_rect(row, "send").left() - 8
    return QRect(left, row.top() + 7, right - left, line_height() - 2)


def _name_font() -> QFont:
    return font(smaller(1), strong=True)


def _status_font() -> QFont:
    return sentence_font(smaller(3), strong=True, tabular=True)


class HeldDelegate(RowDelegate[HeldReply]):
    """Paints a `HeldReply`; `hot` is row and button of `BUTTONS` under the mouse."""

    def __init__(self, model: HeldModel) -> None:
        super().__init__()
        self._model = model
        self.hot: tuple[int, str] = (-1, "")

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(200, row_height())

    def _paint_row(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, row: HeldReply) -> None:
        rect = option.rect
        if option.state & QStyle.StateFlag.State_MouseOver or option.state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(rect, color_of("hover"))
        paint_edge(painter, rect)
        self._paint_text(painter, rect, row, self._model.status(row))
        for name in BUTTONS:
            role = "accent" if name == "send" else "secondary"
            place, frame = button_rect(rect, name), role if self.hot == (index.row(), name) else "line"
            paint_box(painter, QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 6, "panel", frame)
            paint_icon(painter, QPointF(place.left() + 6, place.top() + 6), name, role, BUTTON - 12)
        if option.state & QStyle.StateFlag.State_HasFocus:
            paint_focus(painter, QRectF(rect).adjusted(2, 2, -2, -3))

    def _paint_text(self, painter: QPainter, rect: QRect, held: HeldReply, status: ReplyStatus) -> None:
        """Paint name and text, and at the right the countdown or another status."""
        line = _first_line(rect)
        face, said = _status_font(), words_beside(name_of(held.contact), status, rect)
        width = min(QFontMetrics(face).horizontalAdvance(said) + 1, line.width() * 2 // 3)
        told = QRect(line.right() - width + 1, line.top(), width, line.height())
        paint_text(painter, told, said, face, color_of(status.role))
        size = smaller(2)
        at = QPointF(told.left() - size - _GAP, line.top() + (line.height() - size) / 2)
        paint_icon(painter, at, status.icon, status.role, size)
        name = line.adjusted(0, 0, -width - size - 3 * _GAP, 0)
        name.setLeft(name.left() + paint_text(painter, name, name_of(held.contact), _name_font(), color_of("text")) + 8)
        if name.width() > _LEAST:
            account = self._model.account_of(held.contact)
            paint_text(painter, name, account, font(smaller(3)), color_of("secondary"))
        pitch, face = line_height(), font(smaller(2))
        paint_text(painter, line.translated(0, pitch), asked_text(held), face, color_of("secondary"))
        paint_text(painter, line.translated(0, 2 * pitch - 1), held_text(held), face, color_of("text"))


_ACTING = ENTER | {Qt.Key.Key_Delete}


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

    def __init__(self, model: HeldModel, parent: QWidget | None = None) -> None:
        self._click_guard = ClickGuard(model)
        self._rows = HeldDelegate(model)
        super().__init__(model, self._rows, tr("Held replies"), parent)
        self._click_guard.watch(self)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._held = model
        self._wanted = {
            "send": self.send_wanted,
            "stop": self.stop_wanted,
            "edit": self.edit_wanted,
            "person": self.takeover_wanted,
        }

    def sizeHint(self) -> QSize:
        """Return the height of all rows, up to four."""
        rows = min(max(self.model().rowCount(), 1), ROWS_AT_MOST)
        return QSize(super().sizeHint().width(), row_height() * rows)

    def minimumSizeHint(self) -> QSize:
        """Return the height of one row: in a low window the list scrolls sooner."""
        return QSize(super().minimumSizeHint().width(), row_height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if not self.currentIndex().isValid() and self.model().rowCount():
            self.setCurrentIndex(self.model().index(0, 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        held: HeldReply | None = self.currentIndex().data(RECORD)
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
        held: HeldReply | None = self.indexAt(at).data(RECORD)
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
        held: HeldReply | None = index.data(RECORD)
        if held is None:
            return ""
        status = self._held.status(held)
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
        case _ if is_pressed(event, "Ctrl+E"):
            return "edit"
        case _ if is_pressed(event, "F4"):
            return "person"
    return ""
