"""`wxdesk rules import|export`: the stored rules as a file and back, without a desk at work."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from wxdesk.app import PICTURES, Setup
from wxdesk.desk.bus import Bus
from wxdesk.desk.calendars import Calendars
from wxdesk.desk.liquid import LiquidRenderer
from wxdesk.desk.rulebook import Rulebook
from wxdesk.desk.shelf import Shelf
from wxdesk.store import open_store
from wxdesk.store.picture_files import FolderOfPictures


async def import_rules(setup: Setup, text: str, file_name: str) -> int:
    """Replace the stored rules by those of a rules file, all or none; how many there are now."""
    async with _rulebook(setup) as rulebook:
        return len(await rulebook.import_text(text, file_name))


async def export_rules(setup: Setup) -> str:
    """The stored rules as the text of a rules file."""
    async with _rulebook(setup) as rulebook:
        return await rulebook.export_text()


@contextlib.asynccontextmanager
async def _rulebook(setup: Setup) -> AsyncIterator[Rulebook]:
    store = await open_store(setup.config.store.url, setup.home)
    try:
        calendars, shelf = Calendars(store.settings), Shelf(store.templates)
        has_picture = FolderOfPictures(setup.home / PICTURES).holds
        rulebook = Rulebook(
            store.rules,
            calendars,
            LiquidRenderer(),
            setup.clock,
            Bus().publish,
            shelf=shelf,
            has_picture=has_picture,
        )
        await rulebook.load()
        yield rulebook
    finally:
        await store.close()
