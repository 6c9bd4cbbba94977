"""Until when something lasts, as a menu offers it: an end that can be chosen, or why it cannot."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class End[T]:
    """One line of such a menu. `end` is None where it cannot be chosen, `tip` says why then."""

    text: str
    end: T | None
    tip: str = ""
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Turn:
    """When the business hours begin or end next; `problem` says why that is not known."""

    at: datetime | None = None
    problem: str = ""
