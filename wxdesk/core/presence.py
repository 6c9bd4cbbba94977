"""Presence of an operator at the desk, judged from the signals of the window."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from wxdesk.core.model.rule import Presence


class AwayReason(StrEnum):
    """Reason for counting nobody as present, the weightiest first."""

    NO_WINDOW = "no_window"
    SAID = "said"
    LOCKED = "locked"
    IDLE = "idle"


class PresenceSignals(Struct, frozen=True):
    """Signals of a window: declared absence, locked screen, idle since (aware).

    `idle_since` is None until that has lasted for as long as the preferences say.
    """

    declared_away: bool = False
    locked: bool = False
    idle_since: datetime | None = None


class PresenceState(Struct, frozen=True):
    """Presence at the desk `since` a time (aware); `reason` is None while present."""

    since: datetime
    reason: AwayReason | None = None

    @property
    def who(self) -> Presence:
        """The presence as rules test it."""
        return Presence.PRESENT if self.reason is None else Presence.AWAY

    @property
    def away(self) -> bool:
        """True while nobody is at the desk."""
        return self.reason is not None


def _away_reason(seen: PresenceSignals | None) -> AwayReason | None:
    if seen is None:
        return AwayReason.NO_WINDOW
    if seen.declared_away:
        return AwayReason.SAID
    if seen.locked:
        return AwayReason.LOCKED
    return AwayReason.IDLE if seen.idle_since is not None else None


def next_at_desk(before: PresenceState, seen: PresenceSignals | None, now: datetime) -> PresenceState:
    """Return the presence after the signals `seen` of a window, None without one.

    Another reason is no new absence; one by idleness began with the last key, not when noticed.
    """
    reason = _away_reason(seen)
    if reason is before.reason:
        return before
    if reason is not None and before.away:
        return PresenceState(before.since, reason)
    if reason is AwayReason.IDLE and seen is not None and seen.idle_since is not None:
        return PresenceState(seen.idle_since, reason)
    return PresenceState(now, reason)


def together(desks: Sequence[PresenceState]) -> PresenceState:
    """Return the presence at several desks, of which there is at least one.

    Somebody is there as long as somebody is at one of them; the absence began when the last one left.
    """
    present = [one for one in desks if not one.away]
    return min(present, key=lambda one: one.since) if present else max(desks, key=lambda one: one.since)
