"""Time zones by their IANA names."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones


def zone_named(name: str) -> tzinfo | None:
    """The time zone of that name, such as `Asia/Shanghai`; None if there is none."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a name can also be no path at all, or a folder
        return None


def zone_names() -> list[str]:
    """The time zones of places on earth that this machine knows, in the order of the alphabet."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
