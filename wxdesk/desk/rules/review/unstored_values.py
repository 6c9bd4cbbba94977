"""Compares past replies, ignoring variables whose past values were not stored.

A customer's alias, and how many replies WeChat still allowed and until when, are known as they are now.
Whether an operator sent what a rule would have sent is judged as though each could have been any other of
its kind: a name, a figure, a date and time. Where nobody gave an alias so far, none was shown.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime

from wxdesk.core.model.conversation import Conversation, ReplyWindow
from wxdesk.core.model.rule import ActionKind, Rule
from wxdesk.core.normalise import is_visible

_ALIAS = "\ue0a1\ue0a2\ue0a1"
_LEFT = 907_060_503
_UNTIL = datetime(7907, 1, 1, tzinfo=UTC)
_MOMENT = r"\d\d-\d\d \d\d:\d\d"
_MARK = re.compile(rf"({_ALIAS})|({_LEFT})|(790[67]-{_MOMENT})")

_KINDS = (r"[^\n\r\u2028\u2029。！？，；：、…．.!?,;:]{0,20}", r"(?:1?\d|20)", rf"\d{{4}}-{_MOMENT}")
"""Pattern for each mark; a name is short and no sentence, to hide no other answer."""

_NAMES = re.compile(r"\b(?:alias|window)\b")


def shows_unstored_value(rule: Rule) -> bool:
    """Return True if `rule` can show a value that is not stored; any template might."""
    return any(action.kind is ActionKind.TEMPLATE or _NAMES.search(repr(action)) for action in rule.then)


def with_marked_values(thread: Conversation) -> Conversation:
    """Put marks in place of values not stored; an empty alias stays empty."""
    alias = _ALIAS if is_visible(thread.contact.alias) else ""
    return replace(thread, contact=replace(thread.contact, alias=alias), window=ReplyWindow(_LEFT, _UNTIL))


def could_match(said: str, marked: str) -> bool:
    """Check that `said` equals the answer `marked`, with suitable values at its marks."""
    pattern, marked, end = "", marked.strip(), 0
    for mark in _MARK.finditer(marked):
        pattern += re.escape(marked[end : mark.start()]) + _KINDS[(mark.lastindex or 1) - 1]
        end = mark.end()
    return re.fullmatch(pattern + re.escape(marked[end:]), said.strip(), re.ASCII) is not None
