"""Storing of what the operator has begun and not sent, as it is typed."""

from collections import defaultdict
from collections.abc import Coroutine, Sequence
from typing import Any

from PySide6.QtCore import QObject

from wxdesk.core.events import Event, EverythingChanged
from wxdesk.core.model.reply import Draft, UnsentContent
from wxdesk.ui.inbox.composer.drafts import Drafts
from wxdesk.ui.runtime.refresher import Refresher
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

GATHER_MS = 300
"""Milliseconds of writing that are stored together."""


class DraftKeeping(QObject):
    """Stores the difference between what is begun and what was stored before."""

    def __init__(self, drafts: Drafts, bridge: WindowBridge) -> None:
        super().__init__(drafts)
        self._drafts = drafts
        self._bridge = bridge
        self._me = bridge.desk.me
        self._stored: dict[int, tuple[UnsentContent, ...]] | None = None  # until it was read
        self._asked: dict[int, tuple[UnsentContent, ...]] = {}
        self._storing = Refresher(bridge, self._difference, self._mark_stored, self, gather_ms=GATHER_MS)
        self.store = self._storing.ask
        drafts.changed.connect(self._storing.ask_soon)
        bridge.events.connect(self._on_events)
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
        self._drafts.restore(drafts)
        self.store()

    def _on_events(self, events: Sequence[Event]) -> None:
        if self._me != self._bridge.desk.me:
            self._begin_anew()
        elif any(isinstance(event, EverythingChanged) for event in events):  # the store may answer again
            if self._stored is None:
                self._read()
            self.store()

    def _begin_anew(self) -> None:
        """Show the drafts of another operator, who has just signed in here."""
        self._me, self._stored = self._bridge.desk.me, None
        here = self._drafts.conversation_id
        self._drafts.open(0)  # a picture that a panel is reading does not stay either
        self._drafts.forget()
        self._drafts.open(here)
        self._read()

    def _difference(self) -> Coroutine[Any, Any, None] | None:
        if self._stored is None:
            return None
        begun, stored = _gathered(self._drafts.unsent), self._stored
        changed = {one for one in begun.keys() | stored.keys() if begun.get(one) != stored.get(one)}
        self._asked = {one: begun.get(one, ()) for one in changed}
        return self._bridge.desk.drafts.keep(self._asked) if changed else None

    def _mark_stored(self, _: None) -> None:
        known = (self._stored or {}) | self._asked
        self._stored = {one: drafts for one, drafts in known.items() if drafts}


def _gathered(drafts: Sequence[tuple[int, Draft]]) -> dict[int, tuple[UnsentContent, ...]]:
    found: defaultdict[int, tuple[UnsentContent, ...]] = defaultdict(tuple)
    for conversation_id, draft in drafts:
        found[conversation_id] += (draft.stored,)
    return dict(found)
