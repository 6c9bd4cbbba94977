"""What a template may show and nobody keeps: how an answer of the past is compared without it.

A customer's alias, and how many replies WeChat still allowed and until when, are known as they are now. Whether an
operator said what a rule would have said is judged as though they could have been anything.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from wxdesk.core.model import Conversation, ReplyWindow
from wxdesk.core.rules import ActionKind, Rule

_ALIAS = "\ue0a1\ue0a2\ue0a1"
_LEFT = 907_060_503
_UNTIL = datetime(7907, 1, 1, tzinfo=UTC)
_ANYTHING = re.compile(rf"{_ALIAS}|{_LEFT}|790[67]-\d\d-\d\d \d\d:\d\d")

_NAMES = re.compile(r"\b(?:alias|window)\b")


def shows_unkept(rule: Rule) -> bool:
    """Whether `rule` can show a value that is not kept; of a stored answer one does not look, and supposes so."""
    return any(action.kind is ActionKind.TEMPLATE or _NAMES.search(repr(action)) for action in rule.then)


def with_anything(thread: Conversation) -> Conversation:
    """`thread` with marks in the place of what is not kept."""
    contact = replace(thread.contact, alias=_ALIAS)
    return replace(thread, contact=contact, window=ReplyWindow(_LEFT, _UNTIL))


def could_be(said: str, marked: str) -> bool:
    """Whether `said` reads like `marked`, an answer to such a thread, whatever stands where the marks are."""
    pattern = ".*?".join(re.escape(piece) for piece in _ANYTHING.split(marked.strip()))
    return re.fullmatch(pattern, said.strip(), re.DOTALL) is not None
