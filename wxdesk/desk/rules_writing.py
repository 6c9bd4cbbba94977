"""One `Rule` as a `[[rules]]` table, in the hand of someone who will read it again."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from wxdesk.core.model import MessageType
from wxdesk.core.rules import Action, ActionKind, Condition, Rule
from wxdesk.desk.rules_reading import CONTENT_FIELDS, SESSION_FROM_TESTS, WORD_LISTS

WIDTH = 100
"""Columns before actions are written one a line."""

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}


def rule_text(rule: Rule) -> str:
    """The table, ending with a newline. What is as it would be anyway is left out."""
    return "\n".join(_lines(rule)) + "\n"


def _lines(rule: Rule) -> Iterator[str]:
    yield "[[rules]]"
    yield f"name = {_string(rule.name)}"
    if not rule.enabled:
        yield "enabled = false"
    if rule.on != frozenset({MessageType.TEXT}):
        yield f"on = {_strings([kind.value for kind in MessageType if kind in rule.on])}"
    if rule.when != Condition():
        yield f"when = {_condition(rule.when)}"
    if rule.default:
        yield "default = true"
    if rule.continues:
        yield "continue = true"
    if rule.then:
        yield f"then = {_actions(rule.then)}"


def _condition(when: Condition) -> str:
    pairs = [(key, _strings(getattr(when, key))) for key in WORD_LISTS if getattr(when, key)]
    if when.regex is not None:
        pairs.append(("regex", _string(when.regex)))
    if when.session_from is not None:
        tests = [(key, getattr(when.session_from, key)) for key in SESSION_FROM_TESTS]
        pairs.append(("session_from", _table([(key, _string(value)) for key, value in tests if value is not None])))
    return _table(pairs)


def _actions(actions: Sequence[Action]) -> str:
    items = [_action(action) for action in actions]
    flat = "[" + ", ".join(items) + "]"
    if (_columns(flat) <= WIDTH and "\n" not in flat) or len(items) == 1:
        return flat
    return "[\n" + "".join(f"    {item},\n" for item in items) + "]"


def _columns(text: str) -> int:
    """How wide `text` is in an editor, where a Chinese character takes two columns."""
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _action(action: Action) -> str:
    kind = action.kind
    match kind:
        case ActionKind.REPLY:
            value = _string(action.text)
        case ActionKind.IMAGE:
            value = _string(action.content.media_id)
        case ActionKind.LINK | ActionKind.CARD:
            fields = [(name, getattr(action.content, name)) for name in CONTENT_FIELDS[kind][1]]
            value = _table([(name, _string(text)) for name, text in fields if text])
        case ActionKind.TAG:
            value = _string(action.tags[0]) if len(action.tags) == 1 else _strings(action.tags)
        case _:
            value = "true"
    return _table([(kind.value, value)])


def _table(pairs: Sequence[tuple[str, str]]) -> str:
    return "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }" if pairs else "{}"


def _strings(words: Sequence[str]) -> str:
    return "[" + ", ".join(map(_string, words)) + "]"


def _string(text: str) -> str:
    """The kind of TOML string that needs the fewest escapes."""
    tame = all(char in "\n\t" or char.isprintable() or char == "\u3000" for char in text)
    if tame and "\n" in text and "'''" not in text:
        return f"'''\n{text}'''"
    if tame and "\n" not in text and "'" not in text and ("\\" in text or '"' in text):
        return f"'{text}'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    if char.isprintable() or char == "\u3000" or char == "\u200d":
        return char
    return f"\\u{ord(char):04x}" if ord(char) < 0x10000 else f"\\U{ord(char):08x}"
