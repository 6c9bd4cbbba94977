"""A desk of the team, as a process: it follows like a window does, and remembers when it showed what.

    python -m tests.campaign.team.desk HOME URL

A word on its input is a question, each answered by a line of JSON: `seen` has the moment at which each preview was
first shown, `rows` has the list as it is shown now.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.campaign.team.machine import prepare
from wxdesk.app import open_window_desk
from wxdesk.config.reading import Config, StoreSettings
from wxdesk.core.conversations.listing import InboxFilter, InboxRow
from wxdesk.core.errors import StoreError
from wxdesk.core.events import ConversationEvent, Event, EverythingChanged
from wxdesk.desk.desk import Desk
from wxdesk.desk.settings.configuration import Setup

RETRY_SECONDS = 0.2

type Shown = tuple[str, int, str]
"""A row: preview, unread, state of the last reply."""


class ShownList:
    """The list of conversations, read as the window reads it: a page, then the rows that events name."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.seen: dict[str, float] = {}
        self.rows: dict[int, Shown] = {}
        self._touched: set[int] = set()
        self._all_new = True
        self._awake = asyncio.Event()
        self._awake.set()
        desk.bus.subscribe(self.hear)

    def hear(self, event: Event) -> None:
        if isinstance(event, EverythingChanged):
            self._all_new = True
        elif isinstance(event, ConversationEvent):
            self._touched.add(event.conversation_id)
        else:
            return
        self._awake.set()

    async def run(self) -> None:
        while True:
            await self._awake.wait()
            self._awake.clear()
            page, self._all_new = self._all_new, False
            touched, self._touched = self._touched, set()
            try:
                if page:
                    found = await self._desk.inbox.list_page(InboxFilter.ALL, 0)
                    self.rows.clear()
                    self._show(found.rows)
                if touched:
                    rows, _ = await self._desk.inbox.touched_rows(touched)
                    self._show(rows)
            except StoreError:
                self._all_new |= page
                self._touched |= touched
                self._awake.set()
                await asyncio.sleep(RETRY_SECONDS)

    def _show(self, rows: Iterable[InboxRow]) -> None:
        now = time.monotonic()
        for row in rows:
            talk, last = row.conversation, row.last_reply
            self.rows[talk.id] = (talk.preview, talk.unread, "" if last is None else last.state.value)
            self.seen.setdefault(talk.preview, now)


async def main(home: Path, url: str) -> None:
    """Follow until the input ends."""
    opened = await open_window_desk(Setup(home, Config(store=StoreSettings(url))))
    shown = ShownList(opened.desk)
    showing = asyncio.create_task(shown.run())
    answers: dict[str, Any] = {"seen": shown.seen, "rows": shown.rows}
    print(json.dumps("follows"), flush=True)
    while word := (await asyncio.to_thread(sys.stdin.readline)).strip():
        print(json.dumps(answers[word]), flush=True)
    showing.cancel()
    await opened.stop()


if __name__ == "__main__":
    prepare()
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
