"""Preferences in force, the shop's and each operator's own, kept across restarts."""

import asyncio
import logging
from collections.abc import Callable

import msgspec

from wxdesk.core.errors import BadPreference
from wxdesk.core.events import Event, PreferencesChanged
from wxdesk.core.model.operator import acting_name
from wxdesk.core.preferences import Preferences
from wxdesk.store.settings import OWN_PREFERENCES, PREFERENCES, Settings

log = logging.getLogger(__name__)


class CurrentPreferences:
    """Keeper of the preferences, readable from any thread.

    While nobody signs in there is one record. `me` is the name of the operator who is signed in here.
    """

    def __init__(self, settings: Settings, publish: Callable[[Event], None], me: Callable[[], str] = str) -> None:
        self._settings = settings
        self._publish = publish
        self._shop = Preferences()
        self._of: dict[str, Preferences] = {}
        self._me = me
        self._loading = asyncio.Lock()

    @property
    def now(self) -> Preferences:
        """Preferences of the operator who acts, else of who is signed in here."""
        return self._of.get(acting_name() or self._me(), self._shop)

    async def load(self) -> None:
        """Load them; what cannot be read (from a newer program) counts as never set."""
        async with self._loading:  # so that what was read earlier replaces nothing newer
            stored = await self._settings.beginning(PREFERENCES)
            self._shop = _read(stored.pop(PREFERENCES, "{}")) or self._shop
            own = {key.removeprefix(OWN_PREFERENCES): _read(value) for key, value in stored.items()}
            self._of = {name: self._shop.with_own(found) for name, found in own.items() if found is not None}

    async def set(self, preferences: Preferences, before: Preferences | None = None) -> None:
        """Store and apply these for all, or what differs `before`; raises `BadPreference`."""
        wanted = self.now.changed(before or self.now, preferences)
        await self._keep(PREFERENCES, wanted.with_own(self._shop) if acting_name() else wanted)

    async def set_own(self, preferences: Preferences, before: Preferences | None = None) -> None:
        """Store and apply what of these is an operator's own, as `set` does."""
        name, wanted = acting_name(), self.now.changed(before or self.now, preferences)
        await self._keep(OWN_PREFERENCES + name if name else PREFERENCES, self._shop.with_own(wanted))

    async def _keep(self, key: str, preferences: Preferences) -> None:
        preferences.check()
        await self._settings.set(key, msgspec.json.encode(preferences).decode())
        await self.load()
        self._publish(PreferencesChanged())


def _read(stored: str) -> Preferences | None:
    try:
        found = msgspec.json.decode(stored, type=Preferences)
        found.check()
    except (msgspec.MsgspecError, BadPreference) as error:
        log.warning("The stored preferences cannot be read: %s", error)
        return None
    return found
