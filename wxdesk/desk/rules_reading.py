"""One `[[rules]]` table of a rules file as a `Rule`: every key known, every value of its type."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from wxdesk.core.model import Content, MessageType, ReplyKind
from wxdesk.core.rules import Action, ActionKind, Condition, Rule, SessionFromTest
from wxdesk.desk.toml_lines import Path
from wxdesk.i18n import tr

WORD_LISTS = ("any", "all", "none", "exact", "prefix", "suffix")
SESSION_FROM_TESTS = ("equals", "prefix", "regex")
CONTENT_FIELDS = {
    ActionKind.LINK: (ReplyKind.LINK, ("title", "description", "url", "thumb_url")),
    ActionKind.CARD: (ReplyKind.CARD, ("title", "page_path", "thumb_media_id")),
}

_RULE_KEYS = ("name", "enabled", "on", "when", "then", "default", "continue")


class Misread(Exception):
    """Something in a rules file is wrong: where, why, and on which line of a text (0: not inside a text)."""

    def __init__(self, path: Path, reason: str, text_line: int = 0) -> None:
        super().__init__(reason)
        self.path = path
        self.reason = reason
        self.text_line = text_line


class _Table:
    """A TOML table that knows where it stands and gives its values only in the type that is asked for."""

    def __init__(self, value: object, path: Path, known: tuple[str, ...]) -> None:
        if not isinstance(value, dict):
            raise Misread(path, tr("A table in braces is expected here."))
        for key in value:
            if key not in known:
                reason = tr("“{key}” is not known here. Possible: {known}.", key=key, known=", ".join(known))
                raise Misread((*path, key), reason)
        self._value: Mapping[str, object] = value
        self.path = path

    def __contains__(self, key: str) -> bool:
        return key in self._value

    def raw(self, key: str) -> object:
        return self._value[key]

    def text(self, key: str) -> str:
        value = self._value.get(key, "")
        if not isinstance(value, str):
            raise Misread((*self.path, key), tr("“{key}” must be a text in quotes.", key=key))
        return value

    def truth(self, key: str, otherwise: bool) -> bool:
        value = self._value.get(key, otherwise)
        if not isinstance(value, bool):
            raise Misread((*self.path, key), tr("“{key}” must be true or false.", key=key))
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self._value.get(key, [])
        if not isinstance(value, list):
            raise Misread((*self.path, key), tr("“{key}” must be a list of texts in brackets.", key=key))
        for index, item in enumerate(value):
            if not isinstance(item, str):
                raise Misread((*self.path, key, index), tr("“{key}” must be a list of texts in brackets.", key=key))
        return tuple(value)


def rule_from(value: object, path: Path) -> Rule:
    """The rule that a table describes.

    Raises:
        Misread: an unknown key, a value of another type, or a word that is none of the possible ones.
    """
    table = _Table(value, path, _RULE_KEYS)
    if "name" not in table:
        raise Misread(path, tr("A rule needs a name."))
    return Rule(
        name=table.text("name"),
        enabled=table.truth("enabled", otherwise=True),
        on=_message_types(table),
        when=_condition(table.raw("when"), (*path, "when")) if "when" in table else Condition(),
        then=_actions(table),
        default=table.truth("default", otherwise=False),
        continues=table.truth("continue", otherwise=False),
    )


def _message_types(table: _Table) -> frozenset[MessageType]:
    if "on" not in table:
        return frozenset({MessageType.TEXT})
    names = table.texts("on")
    for index, name in enumerate(names):
        if name not in tuple(MessageType):
            reason = tr("“{key}” is not known here. Possible: {known}.", key=name, known=_listed(MessageType))
            raise Misread((*table.path, "on", index), reason)
    return frozenset(map(MessageType, names))


def _condition(value: object, path: Path) -> Condition:
    table = _Table(value, path, (*WORD_LISTS, "regex", "session_from"))
    for key in WORD_LISTS:
        if key in table and not table.texts(key):
            raise Misread((*path, key), tr("“{key}” lists no words.", key=key))
    return Condition(
        any=table.texts("any"),
        all=table.texts("all"),
        none=table.texts("none"),
        exact=table.texts("exact"),
        prefix=table.texts("prefix"),
        suffix=table.texts("suffix"),
        regex=table.text("regex") if "regex" in table else None,
        session_from=_session_from(table) if "session_from" in table else None,
    )


def _session_from(table: _Table) -> SessionFromTest:
    inner = _Table(table.raw("session_from"), (*table.path, "session_from"), SESSION_FROM_TESTS)
    equals, prefix, regex = (inner.text(key) if key in inner else None for key in SESSION_FROM_TESTS)
    return SessionFromTest(equals, prefix, regex)


def _actions(table: _Table) -> tuple[Action, ...]:
    values = table.raw("then") if "then" in table else []
    path = (*table.path, "then")
    if not isinstance(values, list):
        raise Misread(path, tr("“then” must be a list of actions in brackets."))
    return tuple(_action(value, (*path, index)) for index, value in enumerate(values))


def _action(value: object, path: Path) -> Action:
    table = _Table(value, path, tuple(ActionKind))
    given = [kind for kind in ActionKind if kind in table]
    if len(given) != 1:
        raise Misread(path, tr("An action is one of: {known}.", known=_listed(ActionKind)))
    kind = given[0]
    match kind:
        case ActionKind.REPLY:
            return Action(kind, text=table.text(kind))
        case ActionKind.IMAGE:
            return Action(kind, content=Content(ReplyKind.IMAGE, media_id=table.text(kind)))
        case ActionKind.LINK | ActionKind.CARD:
            reply_kind, fields = CONTENT_FIELDS[kind]
            inner = _Table(table.raw(kind), (*path, kind), fields)
            return Action(kind, content=Content(reply_kind, **{name: inner.text(name) for name in fields}))
        case ActionKind.TAG:
            tag = table.raw(kind)
            return Action(kind, tags=(tag,) if isinstance(tag, str) else table.texts(kind))
        case _:
            if table.truth(kind, otherwise=True) is False:
                raise Misread((*path, kind), tr("“{key} = false” does nothing; remove it.", key=kind.value))
            return Action(kind)


def _listed(words: type[StrEnum]) -> str:
    return ", ".join(words)
