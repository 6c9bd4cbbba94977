"""The lamp at the foot: whether messages can arrive, or the cause why not."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from wxdesk.core.errors import Phrase
from wxdesk.core.setup.facts import SetupState
from wxdesk.core.setup.findings import CheckVerdict, Finding, Gravity
from wxdesk.desk.setup import sentences
from wxdesk.i18n import tr
from wxdesk.ui.widgets.fitting_label import StatusDot

_NOTHING_YET = (CheckVerdict.UNKNOWN, CheckVerdict.WAITING)
_SHORT = {Gravity.FAILURE: "Not ready", Gravity.WARNING: "Look here", Gravity.NOTE: "Unproved"}


class SetupLamp(StatusDot):
    """Dot and cause; whoever presses it wants to see the set-up.

    Signals:
        pressed: by mouse or keyboard.
    """

    pressed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_setup(self, state: SetupState, *, is_remote: bool = False, refused: str = "") -> None:
        """Show the set-up, or why messages are `refused`, here or on the server."""
        found = state.lamp
        if refused:
            self.show_state("failed", refused, short=tr("Not ready"))
            return
        if found.verdict is CheckVerdict.OK:
            place = state.listener_url.split("://")[-1]
            self.show_state("accent", tr("Listening on {place}", place=place), short=tr("Listening"))
            return
        said, more = _lamp_text(found, many=len(state.accounts) > 1), sentences.remedy(found)
        said, gravity = tr("The server reports: {told}", told=said) if is_remote else said, found.verdict.gravity
        details = tr("{said} {more}", said=said, more=more) if more else ""
        self.show_state("failed" if gravity is Gravity.FAILURE else "pending", said, details, short=tr(_SHORT[gravity]))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        if event.button() is Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.pressed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.pressed.emit()
            return
        super().keyPressEvent(event)


def _lamp_text(found: Finding, *, many: bool) -> str:
    said = sentences.found(found)
    if found.verdict in _NOTHING_YET:
        said = Phrase("{check}: {said}", check=sentences.name(found.check), said=said)
    return tr(sentences.of_account(found, said) if many else said)
