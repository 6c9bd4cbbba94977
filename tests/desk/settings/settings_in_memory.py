"""The store's small facts, kept in a dictionary: what `store.settings.Settings` promises and nothing more."""

import asyncio

import msgspec

from wxdesk.core.rules.business_hours import Calendar, CalendarList
from wxdesk.store.rules.rules import KEY
from wxdesk.store.settings import Settings


class KeptSettings(Settings):
    """Values by their keys. Storing one takes its time, as it does on a disk: others come in between."""

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    async def get(self, key: str, *, for_update: bool = False) -> str | None:
        return self._values.get(key)

    async def beginning(self, prefix: str) -> dict[str, str]:
        return {key: value for key, value in self._values.items() if key.startswith(prefix)}

    async def set(self, key: str, value: str) -> None:
        await asyncio.sleep(0)
        self._values[key] = value
        await asyncio.sleep(0)


async def keep_hours(settings: KeptSettings, *calendars: Calendar) -> KeptSettings:
    """Store these business hours; their ids count from 1."""
    await settings.set(KEY, msgspec.json.encode(CalendarList().replaced_by(calendars)).decode())
    return settings
