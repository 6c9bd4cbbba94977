"""What a stored rule or template says that its fields cannot show to the letter."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any


def as_meant(now: Any, reads: Any, shown: Any) -> Any:  # noqa: ANN401 - a record, or any part of one
    """What the fields say `now`, given that they `reads` so when they had just been `shown` something.

    Whatever reads as it did then still means what was shown, so that looking changes nothing: a line break that a
    field cannot hold, a name longer than its field, blanks round a word. Each part of a record is asked by itself.
    """
    if now == reads:
        return shown
    if type(now) is not type(reads) or type(now) is not type(shown):
        return now
    if is_dataclass(now) and not isinstance(now, type):
        parts = [field.name for field in fields(now)]
        return replace(now, **{part: as_meant(*(getattr(one, part) for one in (now, reads, shown))) for part in parts})
    if isinstance(now, tuple) and len(reads) == len(shown):
        return _all_meant(now, reads, shown)
    return now


def _all_meant(now: tuple[Any, ...], reads: tuple[Any, ...], shown: tuple[Any, ...]) -> tuple[Any, ...]:
    """Several are what reads like them in their place, or elsewhere if they were moved; else they have been changed."""
    if len(now) != len(reads):
        known = dict(zip(reads, shown, strict=True))
        return tuple(known.get(one, one) for one in now)
    if sorted(map(repr, now)) == sorted(map(repr, reads)):
        known = dict(zip(reads, shown, strict=True))
        return tuple(shown[at] if one == reads[at] else known[one] for at, one in enumerate(now))
    return tuple(as_meant(*several) for several in zip(now, reads, shown, strict=True))
