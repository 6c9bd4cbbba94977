"""Ignores keys and clicks on a bubble whose actions changed within a second."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from wxdesk.desk.ports import Clock
from wxdesk.ui.inbox.lists import READABLE
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, BubbleKey, offers_in
from wxdesk.ui.inbox.timeline.entries import TimelineEntry

type KeyEffect = tuple[BubbleKey, BubbleAction | None]
"""A key and its action; Enter with None opens what the bubble holds."""


class KeyGuard:
    """Follows the entries of one conversation.

    A reply changes its state by itself: its time is over, WeChat refuses it, its answer never comes. A key
    pressed in that moment was meant for the state before. Actions of a new entry, and those that stay, can be
    used at once; so can stopping a reply that comes back from a failed attempt: the key meant nothing else since.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[str, TimelineEntry] = {}
        self._since: dict[str, dict[KeyEffect, datetime]] = {}
        self._stops: dict[str, dict[BubbleKey, KeyEffect]] = {}  # the last effect of each key, where it stops a reply

    def follow(self, entries: Iterable[TimelineEntry]) -> None:
        """Take in the present entries."""
        former, self._entries = self._entries, {entry.key: entry for entry in entries}
        now = self._clock()
        for key, entry in self._entries.items():
            before, effects = former.get(key), _key_effects(entry)
            if before is not None and before is not entry:
                known, fresh = self._since.get(key, {}), effects - _key_effects(before)
                self._since[key] = {effect: at for effect, at in known.items() if effect in effects}
                self._since[key] |= dict.fromkeys(fresh - set(self._stops[key].values()), now)
            self._remember_stops(key, effects)

    def _remember_stops(self, key: str, effects: set[KeyEffect]) -> None:
        stops = self._stops.setdefault(key, {})
        for effect in effects:
            if effect[1] in _STOPPING:
                stops[effect[0]] = effect
            else:
                stops.pop(effect[0], None)

    def focus_moved_to(self, key: str) -> None:
        """Block all actions of an entry that got the focus without the operator."""
        entry = self._entries.get(key)
        if entry is not None:
            self._since[key] = dict.fromkeys(_key_effects(entry), self._clock())

    def forget(self) -> None:
        """Forget all entries; another conversation begins."""
        self._entries.clear()
        self._since.clear()
        self._stops.clear()

    def means(self, entry: TimelineEntry, action: BubbleAction) -> bool:
        """Return True if `entry` has offered this action long enough."""
        return any(offer.action is action and self._readable(entry, (offer.key, action)) for offer in offers_in(entry))

    def opens(self, entry: TimelineEntry) -> bool:
        """Return True if Enter may open what `entry` holds."""
        return _OPENS in _key_effects(entry) and self._readable(entry, _OPENS)

    def _readable(self, entry: TimelineEntry, effect: KeyEffect) -> bool:
        since = self._since.get(entry.key, {}).get(effect)
        if since is None:
            return True
        return not timedelta() <= self._clock() - since < READABLE  # a clock that was put back must not lock the keys


_STOPPING = frozenset({BubbleAction.STOP, BubbleAction.UNDO})

_OPENS: KeyEffect = (BubbleKey.ENTER, None)


def _key_effects(entry: TimelineEntry) -> set[KeyEffect]:
    offered: set[KeyEffect] = {(offer.key, offer.action) for offer in offers_in(entry)}
    return offered if any(key is BubbleKey.ENTER for key, _ in offered) else offered | {_OPENS}
