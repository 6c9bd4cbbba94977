"""The operator's preferences in force, kept across restarts."""

import logging
from collections.abc import Callable

import msgspec

from wxdesk.core.errors import BadPreference
from wxdesk.core.events import Event, PreferencesChanged
from wxdesk.core.preferences import Preferences
from wxdesk.store.settings import Settings

log = logging.getLogger(__name__)

KEY = "preferences"


class CurrentPreferences:
    """Keeper of the preferences `now`, one record, readable from any thread."""

    def __init__(self, settings: Settings, publish: Callable[[Event], None]) -> None:
        self._settings = settings
        self._publish = publish
        self.now = Preferences()

    async def load(self) -> None:
        """Load them; what cannot be read (from a newer program) counts as never set."""
        stored = await self._settings.get(KEY)
        try:
            found = msgspec.json.decode(stored or "{}", type=Preferences)
            found.check()
        except (msgspec.MsgspecError, BadPreference) as error:
            log.warning("The stored preferences cannot be read: %s", error)
            return
        self.now = found

    async def set(self, preferences: Preferences) -> None:
        """Store and apply these; raises `BadPreference`, and then nothing has changed."""
        preferences.check()
        await self._settings.set(KEY, msgspec.json.encode(preferences).decode())
        self.now = preferences
        self._publish(PreferencesChanged())
