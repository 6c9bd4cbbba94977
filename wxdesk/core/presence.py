"""Whether somebody sits at the desk, judged from what a window can see of its operator."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wxdesk.core.model.rule import Presence


class AwayReason(StrEnum):
    """Why nobody counts as being at the desk, the weightiest first."""

    NO_WINDOW = "no_window"
    SAID = "said"
    LOCKED = "locked"
    IDLE = "idle"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a window sees: whether he has said that he is away, a locked screen, since when no key or mouse moved.

    `idle_since` is None until that has lasted for as long as the preferences say; aware.
    """

    said_away: bool = False
    locked: bool = False
    idle_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AtDesk:
    """Who is at the desk since when (aware); `reason` is None while somebody is."""

    since: datetime
    reason: AwayReason | None = None

    @property
    def who(self) -> Presence:
        """The same as rules ask for it."""
        return Presence.PRESENT if self.reason is None else Presence.AWAY

    @property
    def away(self) -> bool:
        """True while nobody is at the desk."""
        return self.reason is not None


def reason_in(seen: Seen | None) -> AwayReason | None:
    """Why nobody is at the desk, None if somebody is; `seen` is None without a window."""
    if seen is None:
        return AwayReason.NO_WINDOW
    if seen.said_away:
        return AwayReason.SAID
    if seen.locked:
        return AwayReason.LOCKED
    return AwayReason.IDLE if seen.idle_since is not None else None


def next_at_desk(before: AtDesk, seen: Seen | None, now: datetime) -> AtDesk:
    """Who is at the desk once a window has seen this.

    Another reason to be away is no new absence; one by idleness began with the last key, not when it was noticed.
    """
    reason = reason_in(seen)
    if reason is before.reason:
        return before
    if reason is not None and before.away:
        return AtDesk(before.since, reason)
    if reason is AwayReason.IDLE and seen is not None and seen.idle_since is not None:
        return AtDesk(seen.idle_since, reason)
    return AtDesk(now, reason)
