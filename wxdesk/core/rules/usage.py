"""Usage of a rule: its matches, the last one, and how often it was corrected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LATELY = timedelta(days=7)
"""Time over which a rule's hits and corrections are counted."""


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """Figures of one rule in the list of rules.

    hits: messages that it matched lately, in the shadow as well · last_at: when it matched the last time,
    however long ago; None if it never did · corrected: of the messages that it answered lately, those where an
    operator changed the prepared reply, or stopped it before it left. A takeover stops the pending replies of
    its conversation, and so corrects them. Replies that the program or WeChat stopped do not count, nor those
    discarded after failing: that says nothing against the rule.
    """

    hits: int = 0
    last_at: datetime | None = None
    corrected: int = 0


NO_FIGURES = RuleFigures()
"""Figures of a rule that never matched."""
