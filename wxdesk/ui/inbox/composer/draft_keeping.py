"""Keeping of drafts: stored as they are typed, there again after any end."""

from collections import defaultdict
from collections.abc import Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject

from wxdesk.core.events import CaughtUp, Event
from wxdesk.core.model.reply import Draft, UnsentContent
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.composer.panels.control import SendingPanels
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.refresher import Refresher

GATHER_MS = 300
"""Milliseconds of writing that are stored together."""


class DraftKeeping(QObject):
    """Stores the difference between what is begun and what was stored before."""

    def __init__(self, composer: Composer, panels: SendingPanels, bridge: Bridge) -> None:
        super().__init__(composer)
        self._composer = composer
        self._panels = panels
        self._bridge = bridge
        self._me = bridge.desk.me
        self._stored: dict[int, tuple[UnsentContent, ...]] | None = None  # until it was read
        self._asked: dict[int, tuple[UnsentContent, ...]] = {}
        self._storing = Refresher(bridge, self._difference, self._note, self, gather_ms=GATHER_MS)
        self.store = self._storing.ask
        composer.changed.connect(self._storing.ask_soon)
        panels.changed.connect(self._storing.ask_soon)
        bridge.events.connect(self._hear)
        self._read()

    def finish(self) -> None:
        """Store what is begun now, before the window closes."""
        work = self._difference()
        if work is not None:
            self._bridge.ask(work)

    def _read(self) -> None:
        self._bridge.ask(self._bridge.desk.drafts.stored(self._me), self._bring_back, once="drafts")

    def _bring_back(self, drafts: Sequence[tuple[int, Draft]]) -> None:
        self._stored = _gathered(drafts)
        for conversation_id, draft in drafts:
            self._composer.drafts.bring_back(conversation_id, draft)
        self._composer.show_stored()
        self._panels.note_begun()
        self.store()

    def _hear(self, events: Sequence[Event]) -> None:
        if self._me != self._bridge.desk.me:
            self._begin_anew()
        elif any(isinstance(event, CaughtUp) for event in events):  # the store may answer again
            if self._stored is None:
                self._read()
            self.store()

    def _begin_anew(self) -> None:
        """Show the drafts of another operator, who has just signed in here."""
        self._me, self._stored = self._bridge.desk.me, None
        here = self._composer.conversation_id
        self._composer.switch_to(0)
        self._composer.drafts.forget()
        for panel in (self._panels.link, self._panels.picture, self._panels.card):
            panel.clear()
        self._composer.switch_to(here)
        self._read()

    def _difference(self) -> Coroutine[Any, Any, None] | None:
        if self._stored is None:
            return None
        begun, stored = _gathered([*self._composer.unsent, *self._panels.unsent()]), self._stored
        changed = {one for one in begun.keys() | stored.keys() if begun.get(one) != stored.get(one)}
        self._asked = {one: begun.get(one, ()) for one in changed}
        return self._bridge.desk.drafts.keep(self._asked) if changed else None

    def _note(self, _: None) -> None:
        known = (self._stored or {}) | self._asked
        self._stored = {one: drafts for one, drafts in known.items() if drafts}


def _gathered(drafts: Sequence[tuple[int, Draft]]) -> dict[int, tuple[UnsentContent, ...]]:
    found: defaultdict[int, tuple[UnsentContent, ...]] = defaultdict(tuple)
    for conversation_id, draft in drafts:
        found[conversation_id] += (draft.stored,)
    return dict(found)
