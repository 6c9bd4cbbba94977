"""How a rule fares: how often it spoke, when it last did, and how often a person thought better of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LATELY = timedelta(days=7)
"""Over how long a rule's hits and corrections are counted."""


@dataclass(frozen=True, slots=True)
class RuleFigures:
    """What is told of one rule in the list of rules.

    hits: messages that it matched lately, in the shadow as well · last_at: when it matched the last time, however
    long ago; None if it never did · corrected: of the messages that it answered lately, those where an operator changed
    what it had prepared, or stopped it before it left. Whoever takes a conversation over stops what waits in it, and so
    corrects it. Not counted is what the program or WeChat stopped, and what was discarded after a try to send it had
    failed: that says nothing against the rule.
    """

    hits: int = 0
    last_at: datetime | None = None
    corrected: int = 0


NO_FIGURES = RuleFigures()
"""Of a rule that never matched."""
