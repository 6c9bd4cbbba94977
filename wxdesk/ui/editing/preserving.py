"""Keeps stored values that the fields of an editor cannot show exactly."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from typing import Any


def preserve_untouched(now: Any, reads: Any, shown: Any) -> Any:  # noqa: ANN401 - a record, or any part of one
    """Return `now`, with the `shown` value wherever a field still `reads` the same.

    `reads` is what the fields returned once filled with `shown`. So looking changes nothing: a line break that
    a field cannot hold, an overlong name, blanks round a keyword. Parts of a record are compared one by one.
    """
    if now == reads:
        return shown
    if type(now) is not type(reads) or type(now) is not type(shown):
        return now
    if is_dataclass(now) and not isinstance(now, type):
        parts = [field.name for field in fields(now)]
        return replace(
            now, **{part: preserve_untouched(*(getattr(one, part) for one in (now, reads, shown))) for part in parts}
        )
    if isinstance(now, tuple) and len(reads) == len(shown):
        return _preserve_items(now, reads, shown)
    return now


def _preserve_items(now: tuple[Any, ...], reads: tuple[Any, ...], shown: tuple[Any, ...]) -> tuple[Any, ...]:
    """Preserve items that read the same, in place or moved; others count as changed."""
    if len(now) != len(reads):
        known = dict(zip(reads, shown, strict=True))
        return tuple(known.get(one, one) for one in now)
    if sorted(map(repr, now)) == sorted(map(repr, reads)):
        known = dict(zip(reads, shown, strict=True))
        return tuple(shown[at] if one == reads[at] else known[one] for at, one in enumerate(now))
    return tuple(preserve_untouched(*several) for several in zip(now, reads, shown, strict=True))
