"""The switch for everything automatic; it holds from the instant it is set, and through a restart."""

from __future__ import annotations

from collections.abc import Callable

from wxdesk.core.events import Event, PauseChanged
from wxdesk.desk.ports import Settings

KEY = "paused"


class Pause:
    """Whether automatic replies are paused. Intake asks before it decides, the outbox before it sends."""

    def __init__(self, settings: Settings, publish: Callable[[Event], None]) -> None:
        self._settings = settings
        self._publish = publish
        self._on = False

    @property
    def on(self) -> bool:
        """True while nothing automatic may leave."""
        return self._on

    async def load(self) -> None:
        """Take over what was stored before the restart."""
        self._on = await self._settings.get(KEY) == "1"

    async def set(self, on: bool) -> None:
        """Pause or resume. Pausing holds at once, before it is even stored; resuming only once it is stored."""
        self._on = self._on or on
        await self._settings.set(KEY, "1" if on else "0")
        self._on = on
        self._publish(PauseChanged(on))
