"""Rate limits of the simulated API, by minute and by day.

A day is Beijing's; a minute ends with the minute ("retry next minute"). The day's counts can be cleared ten
times a month (重置API调用次数).
"""

from collections import Counter
from datetime import datetime, timedelta, timezone

from wxdesk.desk.ports import Clock
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.program import ProgramSettings

BEIJING = timezone(timedelta(hours=8))
CLEARED_A_MONTH = 10


class CallMeter:
    """Counts the calls of all mini programs."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._day = ""
        self._minute = ""
        self._today: Counter[tuple[str, str]] = Counter()
        self._this_minute: Counter[tuple[str, str]] = Counter()
        self._cleared: Counter[tuple[str, str]] = Counter()

    def count(self, app_id: str, path: str, settings: ProgramSettings) -> None:
        """Count a call; raises `ApiRefusal` 45009 (day) or 45011 (minute)."""
        self._turn()
        key = (app_id, path)
        if settings.daily_limit(path) and self._today[key] >= settings.daily_limit(path):
            raise ApiRefusal(45009)
        self._within_minute(key, settings.minutely.get(path, 0))
        self._today[key] += 1

    def count_for(self, app_id: str, openid: str, settings: ProgramSettings) -> None:
        """Count one message to one contact; raises `ApiRefusal` 45011."""
        self._turn()
        self._within_minute((app_id, "to " + openid), settings.to_one_a_minute)

    def used(self, app_id: str, path: str) -> int:
        """Return the number of calls of `path` today."""
        self._turn()
        return self._today[app_id, path]

    def clear(self, app_id: str) -> None:
        """Reset the day's counts; raises `ApiRefusal` 48006 after ten times in a month."""
        month = (app_id, f"{self._beijing():%Y-%m}")
        if self._cleared[month] >= CLEARED_A_MONTH:
            raise ApiRefusal(48006)
        self._cleared[month] += 1
        for key in [key for key in self._today if key[0] == app_id]:
            del self._today[key]

    def _within_minute(self, key: tuple[str, str], most: int) -> None:
        if most and self._this_minute[key] >= most:
            raise ApiRefusal(45011)
        self._this_minute[key] += 1

    def _beijing(self) -> datetime:
        return self._clock().astimezone(BEIJING)

    def _turn(self) -> None:
        now = self._beijing()
        day, minute = f"{now:%Y-%m-%d}", f"{now:%Y-%m-%d %H:%M}"
        if day != self._day:
            self._day = day
            self._today.clear()
        if minute != self._minute:
            self._minute = minute
            self._this_minute.clear()
