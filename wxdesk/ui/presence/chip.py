"""Presence in the status bar: a quiet icon at the desk, amber text while away."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from wxdesk.core.presence import AwayReason, PresenceState
from wxdesk.i18n import tr
from wxdesk.ui.widgets.boxes import hbox
from wxdesk.ui.widgets.buttons import SmallButton
from wxdesk.ui.widgets.menu_button import offer_above
from wxdesk.ui.widgets.status_dot import StatusDot
from wxdesk.ui.wording.messages import clock_time


class PresenceChip(QWidget):
    """Shows the operator's presence, and lets the operator change it.

    Signals:
        said: True for away, False for at the desk.
    """

    said = Signal(bool)

    def __init__(self, at_desk: PresenceState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._at_desk = at_desk
        self.lamp = StatusDot(self, tabular=True)
        self.button = SmallButton("person", tr("Who is at the desk"), self)
        self.button.clicked.connect(self._choose)
        hbox(self.lamp, self.button, within=self, spacing=4)
        self.show_presence(at_desk)

    def show_presence(self, at_desk: PresenceState) -> None:
        """Show the current presence."""
        self._at_desk = at_desk
        words = presence_sentence(at_desk)
        self.lamp.show_state("pending", chip_text(at_desk), words, short=tr("Away") if at_desk.away else "")
        self.button.setToolTip(words)
        self.button.setAccessibleName(words)

    def _choose(self) -> None:
        now = self._at_desk
        here = (tr("I am at the desk"), False, not now.away)
        away = (tr("I am away until I say otherwise"), True, now.reason is AwayReason.SAID)
        offer_above(self.button, tr("Who is at the desk"), (here, away), self.said.emit)


def chip_text(at_desk: PresenceState) -> str:
    """Return the text of the status bar; empty while the operator is present."""
    return tr("Away since {time}", time=clock_time(at_desk.since)) if at_desk.away else ""


def presence_sentence(at_desk: PresenceState) -> str:
    """Return the presence, the reason for it, and the key that changes it."""
    time = clock_time(at_desk.since)
    match at_desk.reason:
        case None:
            return tr("You are at the desk. F10: I am away")
        case AwayReason.SAID:
            return tr("You said at {time} that you are away. F10: I am back", time=time)
        case AwayReason.LOCKED:
            return tr("Nobody has been at the desk since {time}: the screen is locked", time=time)
        case AwayReason.IDLE:
            return tr("Nobody has been at the desk since {time}: no key or mouse in this window", time=time)
        case AwayReason.NO_WINDOW:
            return tr("Nobody is at the desk: no window is open")


def bar_text(at_desk: PresenceState) -> str:
    """Return the text of the bar shown after the operator chose to be away."""
    time = clock_time(at_desk.since)
    return tr(
        "You have been away since {time}. Until you say that you are back, rules count nobody at the desk.", time=time
    )
