"""Since when the keys and buttons of each bubble mean what they mean, so that none acts before one could read that."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from wxdesk.desk.ports.store import Clock
from wxdesk.ui.inbox.lists.row_shifts import READABLE
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, Key, offers_in
from wxdesk.ui.inbox.timeline.entries import Entry

type Meaning = tuple[Key, BubbleAction | None]
"""A key and what it does to a bubble; Enter does nothing to it (None) where it opens what the bubble holds."""


class Meanings:
    """Follows the entries of one conversation.

    A reply changes its state by itself: its time is over, WeChat refuses it, its answer never comes. A key that is
    pressed in that moment was meant for what stood there before. What an entry offered when it was first seen can be
    meant at once, and so can what it goes on offering while other things change.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._entries: dict[str, Entry] = {}
        self._since: dict[str, dict[Meaning, datetime]] = {}

    def follow(self, entries: Iterable[Entry]) -> None:
        """Take in how they are now."""
        former, self._entries = self._entries, {entry.key: entry for entry in entries}
        now = self._clock()
        for key, entry in self._entries.items():
            before = former.get(key)
            if before is not None and before is not entry:
                known, fresh = self._since.get(key, {}), _meanings(entry) - _meanings(before)
                self._since[key] = {meaning: at for meaning, at in known.items() if meaning in _meanings(entry)}
                self._since[key] |= dict.fromkeys(fresh, now)

    def come_to(self, key: str) -> None:
        """The focus has come to this entry without the operator: nothing of it can be meant yet."""
        entry = self._entries.get(key)
        if entry is not None:
            self._since[key] = dict.fromkeys(_meanings(entry), self._clock())

    def forget(self) -> None:
        """Another conversation begins."""
        self._entries.clear()
        self._since.clear()

    def means(self, entry: Entry, action: BubbleAction) -> bool:
        """Whether `entry` offers this, and has done so for long enough."""
        return any(offer.action is action and self._readable(entry, (offer.key, action)) for offer in offers_in(entry))

    def opens(self, entry: Entry) -> bool:
        """Whether Enter has done nothing else to `entry` for long enough than to open what it holds."""
        return _OPENS in _meanings(entry) and self._readable(entry, _OPENS)

    def _readable(self, entry: Entry, meaning: Meaning) -> bool:
        since = self._since.get(entry.key, {}).get(meaning)
        if since is None:
            return True
        return not timedelta() <= self._clock() - since < READABLE  # a clock that was put back must not lock the keys


_OPENS: Meaning = (Key.ENTER, None)


def _meanings(entry: Entry) -> set[Meaning]:
    offered: set[Meaning] = {(offer.key, offer.action) for offer in offers_in(entry)}
    return offered if any(key is Key.ENTER for key, _ in offered) else offered | {_OPENS}
