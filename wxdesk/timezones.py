"""Time zones by their IANA names."""

from collections.abc import Iterable
from datetime import tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones


def zone_named(name: str) -> tzinfo | None:
    """Find a time zone by name, such as `Asia/Shanghai`; None if unknown."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # a name can also be no path at all, or a folder
        return None


def shared_zone(names: Iterable[str]) -> tzinfo | None:
    """Return the zone that all names are of; None if they differ or are empty."""
    different = set(names)
    return zone_named(different.pop()) if len(different) == 1 else None


def zone_names() -> list[str]:
    """List the geographical time zones that this machine knows, alphabetically."""
    return sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/"))
