"""Texts about the operator's presence."""

from __future__ import annotations

from wxdesk.core.presence import AwayReason, PresenceState
from wxdesk.i18n import tr
from wxdesk.ui.wording.messages import clock_time


def chip_words(at_desk: PresenceState) -> str:
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


def bar_words(at_desk: PresenceState) -> str:
    """Return the text of the bar shown after the operator chose to be away."""
    time = clock_time(at_desk.since)
    return tr(
        "You have been away since {time}. Until you say that you are back, rules count nobody at the desk.", time=time
    )
