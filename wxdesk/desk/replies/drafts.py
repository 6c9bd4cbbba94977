"""Drafts of the operator, stored as they are written."""

import asyncio
from collections.abc import Callable

from msgspec.structs import replace

from wxdesk.core.events import DraftKept, Event
from wxdesk.core.model.operator import acting_name
from wxdesk.core.model.reply import UnsentContent
from wxdesk.store.replies.drafts import DraftStore

MOST = 20
"""Most drafts that are kept of one conversation, the last ones."""

MOST_CHARACTERS = 20_000
"""Most characters that are kept of one text, the first ones."""


class OperatorDrafts:
    """Keeps what operators have begun to write; `stored` returns all of it."""

    def __init__(self, store: DraftStore, publish: Callable[[Event], None]) -> None:
        self._store = store
        self._publish = publish
        self._turn = asyncio.Lock()  # an earlier text must not be stored after a later one
        self.stored = store.stored

    async def keep(self, changed: dict[int, tuple[UnsentContent, ...]]) -> None:
        """Store the drafts of these conversations, within bounds; empty removes them."""
        async with self._turn:
            bounded = {one: tuple(map(_bounded, drafts[-MOST:])) for one, drafts in changed.items()}
            await self._store.keep(bounded, acting_name())
        for conversation_id in changed:
            self._publish(DraftKept(conversation_id))


def _bounded(draft: UnsentContent) -> UnsentContent:
    return replace(draft, content=replace(draft.content, text=draft.content.text[:MOST_CHARACTERS]))
