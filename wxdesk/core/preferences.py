"""The operator's preferences, with their defaults and bounds."""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import asdict, replace

from wxdesk.core.errors import BadPreference
from wxdesk.core.model.conversation import SavedView


class LastMoment(StrEnum):
    """Treatment of a held reply when its contact's reply window is about to close."""

    SEND = "send"
    HAND_OVER = "hand_over"


class OnClose(StrEnum):
    """Effect of closing the window; a deliberate Quit is not asked about."""

    ASK = "ask"
    TRAY = "tray"
    QUIT = "quit"


class AfterSending(StrEnum):
    """Conversation to which the window goes once a reply was sent."""

    STAY = "stay"
    LONGEST = "longest"
    UNREAD = "unread"


class SendKey(StrEnum):
    """Key that sends a written text; with the second, Enter begins a new line."""

    ENTER = "Enter"
    CTRL_ENTER = "Ctrl+Enter"


class Preferences(Struct, frozen=True):
    """The operator's settings; they hold for all accounts of this desk.

    In a team, those in `OWN` are each operator's own, and the others the shop's. The bounds of numbers are in `BOUNDS`.

    undo_seconds: a written reply waits so long and can be taken back · writing_takes_over: writing a reply takes over
    for `takeover_minutes` · calendar: id of the one that “until closing” refers to; the first where there is none of
    that id · last_moment: see `LastMoment` · stale_minutes: an automatic reply that is late by more asks ·
    away_minutes: without key or mouse for so long, nobody is at the desk · hand_back_minutes: after so long an absence,
    takeovers without an end are handed back to the rules, 0 for not by itself · notifications: on the desktop, and
    whether they show what the contact wrote · sound, sound_every_seconds: whether attention rings, and how often until
    somebody looks, 0 for once · quiet_from, quiet_until: hours of the day between which neither happens; the same for
    never · warn_hours: how long before a reply window closes unanswered the operator is told, 0 for not at all ·
    on_close: see `OnClose` · keep_awake: the machine does not go to sleep by itself while messages are received ·
    hands_out: in a team, what waits goes to whoever is least busy · after_sending: see `AfterSending` · send_key: see
    `SendKey` · guarded_words: words that an operator is warned of (`core.content.word_guard`), guards_rules: and that
    make a draft of a rule's reply.
    """

    undo_seconds: int = 3
    writing_takes_over: bool = True
    takeover_minutes: int = 30
    calendar: int = 0
    last_moment: LastMoment = LastMoment.HAND_OVER
    stale_minutes: int = 5
    away_minutes: int = 10
    hand_back_minutes: int = 0
    notifications: bool = True
    notifications_show_text: bool = True
    sound: bool = True
    sound_every_seconds: int = 20
    quiet_from: int = 0
    quiet_until: int = 0
    warn_hours: int = 2
    on_close: OnClose = OnClose.ASK
    views: tuple[SavedView, ...] = ()
    keep_awake: bool = True
    hands_out: bool = False
    after_sending: AfterSending = AfterSending.STAY
    send_key: SendKey = SendKey.ENTER
    guarded_words: tuple[str, ...] = ()
    guards_rules: bool = False

    @property
    def away(self) -> timedelta:
        """Time without key or mouse after which nobody is at the desk."""
        return timedelta(minutes=self.away_minutes)

    @property
    def late_after(self) -> timedelta:
        """Delay after which an automatic reply is left to the operator."""
        return timedelta(minutes=self.stale_minutes)

    @property
    def takeover(self) -> timedelta:
        """Time for which writing a reply takes over."""
        return timedelta(minutes=self.takeover_minutes)

    @property
    def warning(self) -> timedelta:
        """Time before an unanswered reply window closes to warn; zero for not at all."""
        return timedelta(hours=self.warn_hours)

    def with_own(self, other: "Preferences") -> "Preferences":
        """Return these with the fields of `other` that are an operator's own."""
        return replace(self, **{field: getattr(other, field) for field in OWN})

    def changed(self, before: "Preferences", after: "Preferences") -> "Preferences":
        """Return these with what `after` has otherwise than `before`."""
        return replace(self, **{name: one for name, one in asdict(after).items() if one != getattr(before, name)})

    def at(self, hour: int) -> "Preferences":
        """Return these as they hold at an hour of the day, quiet or not."""
        first, last = self.quiet_from, self.quiet_until
        is_quiet = first <= hour < last if first <= last else not last <= hour < first
        return replace(self, notifications=False, sound=False) if is_quiet else self

    def check(self) -> None:
        """Raise `BadPreference` at the first field that is out of its bounds."""
        for field, (least, most, zero) in BOUNDS.items():
            value = getattr(self, field)
            if not (least <= value <= most or (zero and value == 0)):
                raise BadPreference(field, 0 if zero else least, most)


OWN = (
    "undo_seconds", "away_minutes", "notifications", "notifications_show_text", "sound", "sound_every_seconds",
    "quiet_from", "quiet_until", "on_close", "views", "keep_awake", "after_sending", "send_key",
)  # fmt: skip
"""Fields that concern nobody but the operator who sets them."""

BOUNDS = {
    "undo_seconds": (1, 30, True),
    "takeover_minutes": (1, 1440, False),
    "stale_minutes": (1, 60, False),
    "away_minutes": (1, 240, False),
    "hand_back_minutes": (1, 1440, True),
    "sound_every_seconds": (5, 600, True),
    "quiet_from": (1, 23, True),
    "quiet_until": (1, 23, True),
    "warn_hours": (1, 47, True),
}
"""Least and most of each number, and whether 0 is allowed as well."""
