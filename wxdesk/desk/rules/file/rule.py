"""Reads and writes `[[rules]]` of a rules file: a table a rule with conditions."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.errors import Phrase
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import (
    ACTION_NUMBERS,
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    FieldTest,
    HoursTest,
    LastRule,
    MessageNo,
    Presence,
    Rule,
    SessionFromTest,
    TagsTest,
    Variant,
)
from wxdesk.desk.rules.file.toml_table import RulesFileMistake, TomlTable, one_or_more
from wxdesk.toml import Path, table_text

_SESSION_FROM_TESTS = ("equals", "prefix", "regex")


class _Format(Struct, frozen=True):
    """The value of a condition in TOML; `read` takes it out of a table by its key."""

    read: Callable[[TomlTable, str], Any]
    write: Callable[[Any], object] = lambda value: value


def condition_from(value: object, path: Path) -> Condition:
    """Return the condition that a table describes; raises `RulesFileMistake`."""
    table = TomlTable(value, path, (*_WORDS, _CONTAINS, *_OTHERS, "not"))
    values = {name: form.read(table, name) for name, form in _WORDS.items() if name in table}
    if _CONTAINS in table:
        if "any" in table:
            raise table.mistake(Phrase("“contains” and “any” mean the same; write one of them."), _CONTAINS)
        values["any"] = _words(table, _CONTAINS)
    values |= {name: form.read(table, name) for name, form in _OTHERS.items() if name in table}
    if "not" in table:
        values["unless"] = condition_from(table.raw("not"), (*path, "not"))
    return Condition(**values)


def condition_table(when: Condition) -> dict[str, object]:
    """Return the table for a condition, with the fields that are set."""
    values = ((name, form, getattr(when, name)) for name, form in {**_WORDS, **_OTHERS}.items())
    table = {name: form.write(value) for name, form, value in values if value is not None and value != ()}
    return table if when.unless is None else {**table, "not": condition_table(when.unless)}


def _words(table: TomlTable, name: str) -> tuple[str, ...]:
    words = table.texts(name)
    if not words:
        raise table.mistake(Phrase("“{key}” lists no words.", key=name), name)
    return words


def _session_from(table: TomlTable, name: str) -> SessionFromTest:
    inner = table.table(name, (*_SESSION_FROM_TESTS, "fields"))
    equals, prefix, regex = (inner.text(test) if test in inner else None for test in _SESSION_FROM_TESTS)
    return SessionFromTest(equals, prefix, regex, _fields(inner) if "fields" in inner else ())


def _fields(table: TomlTable) -> tuple[FieldTest, ...]:
    value = table.raw("fields")
    names = tuple(value) if isinstance(value, dict) else ()
    fields = table.table("fields", names)
    return tuple(FieldTest(name, fields.words(name)) for name in names)


def _session_from_table(test: SessionFromTest) -> dict[str, object]:
    fields = {one.name: one_or_more(one.values) for one in test.fields} or None
    return {"equals": test.equals, "prefix": test.prefix, "regex": test.regex, "fields": fields}


def _hours(table: TomlTable, name: str) -> HoursTest:
    inner = table.table(name, ("inside", "outside"))
    given = list(inner)
    if len(given) != 1:
        raise inner.mistake(Phrase("hours takes “inside” or “outside”, with the name of a calendar."))
    return HoursTest(inner.text(given[0]), inside=given[0] == "inside")


def _tags(table: TomlTable, name: str) -> TagsTest:
    inner = table.table(name, ("any", "none"))
    return TagsTest(**{one: _words(inner, one) for one in inner})


def _message_no(table: TomlTable, name: str) -> MessageNo:
    inner = table.table(name, ("min", "max"))
    if not list(inner):
        raise inner.mistake(Phrase("message_no takes “min”, “max” or both."))
    return MessageNo(inner.number("min", otherwise=1), inner.number("max") if "max" in inner else None)


def _last_rule(table: TomlTable, name: str) -> LastRule:
    inner = table.table(name, ("rule", "minutes"))
    return LastRule(inner.text("rule"), inner.number("minutes"))


_CONTAINS = "contains"
"""Synonym of `any`, which other programs use."""

_WORDS = dict.fromkeys(("any", "all", "none", "exact", "prefix", "suffix"), _Format(_words))

_OTHERS: Mapping[str, _Format] = {
    "regex": _Format(TomlTable.text),
    "account": _Format(TomlTable.text),
    "session_from": _Format(_session_from, _session_from_table),
    "event": _Format(TomlTable.words),
    "hours": _Format(_hours, lambda test: {"inside" if test.inside else "outside": str(test.calendar)}),
    "operator": _Format(lambda table, name: table.choice(name, Presence)),
    "tags": _Format(_tags, lambda test: {"any": test.any or None, "none": test.none or None}),
    "first_contact": _Format(lambda table, name: table.truth(name, otherwise=True)),
    "quiet_days": _Format(TomlTable.number),
    "message_no": _Format(_message_no, lambda bounds: {"min": bounds.min, "max": bounds.max}),
    "last_rule_within": _Format(_last_rule, lambda last: {"rule": str(last.rule), "minutes": last.minutes}),
}


_CONTENT_FIELDS = {
    ActionKind.LINK: (ReplyKind.LINK, ("title", "description", "url", "thumb_url")),
    ActionKind.CARD: (ReplyKind.CARD, ("title", "page_path", "thumb_media_id", "thumb_picture")),
}
_COOLDOWN_FIELDS = ("per_contact_s", "per_conversation", "per_account_per_min")
_ONCE = "once"
"""The same as `per_conversation = 1`."""

_RULE_KEYS = ("name", "enabled", "on", "when", "then", "default", "continue", "cooldown", "delivery")


def rule_from(value: object, path: Path) -> Rule:
    """Return the rule that a table describes; raises `RulesFileMistake`."""
    table = TomlTable(value, path, _RULE_KEYS)
    if "name" not in table:
        raise table.mistake(Phrase("A rule needs a name."))
    delivery, hold_seconds = _delivery(table)
    return Rule(
        name=table.text("name"),
        enabled=table.truth("enabled", otherwise=True),
        on=table.members("on", table.texts("on"), MessageType) if "on" in table else frozenset({MessageType.TEXT}),
        when=condition_from(table.raw("when"), (*path, "when")) if "when" in table else Condition(),
        then=_actions(table),
        default=table.truth("default", otherwise=False),
        continues=table.truth("continue", otherwise=False),
        cooldown=_cooldown(table) if "cooldown" in table else Cooldown(),
        delivery=delivery,
        hold_seconds=hold_seconds,
    )


def _cooldown(table: TomlTable) -> Cooldown:
    inner = table.table("cooldown", _COOLDOWN_FIELDS)
    for key in inner:
        if not (key == "per_conversation" and inner.raw(key) == _ONCE) and inner.number(key) < 1:
            raise inner.mistake(Phrase("“{key}” must be 1 or more.", key=key), key)
    times = inner.raw("per_conversation") if "per_conversation" in inner else 0
    return Cooldown(
        per_contact_s=inner.number("per_contact_s"),
        per_conversation=1 if times == _ONCE else inner.number("per_conversation"),
        per_account_per_min=inner.number("per_account_per_min"),
    )


def _delivery(table: TomlTable) -> tuple[Delivery, int]:
    if "delivery" not in table:
        return Delivery.INHERIT, 0
    if isinstance(table.raw("delivery"), dict):
        return Delivery.HOLD, table.table("delivery", ("hold",)).number("hold")
    delivery = table.choice("delivery", Delivery)
    if delivery is Delivery.HOLD:
        raise table.mistake(Phrase("How long is it held? Write {example}.", example="{ hold = 8 }"), "delivery")
    return delivery, 0


def _actions(table: TomlTable) -> tuple[Action, ...]:
    values = table.raw("then") if "then" in table else []
    path = (*table.path, "then")
    if not isinstance(values, list):
        raise RulesFileMistake(path, Phrase("“then” must be a list of actions in brackets."))
    return tuple(_action(value, (*path, index)) for index, value in enumerate(values))


def _action(value: object, path: Path) -> Action:
    table = TomlTable(value, path, (*ActionKind, "variant"))
    kind = _kind(table)
    match kind:
        case ActionKind.REPLY:
            return _reply(table)
        case ActionKind.TEMPLATE:
            return Action(kind, template=table.text(kind))
        case ActionKind.IMAGE:
            return Action(kind, content=_image(table))
        case ActionKind.LINK | ActionKind.CARD:
            reply_kind, fields = _CONTENT_FIELDS[kind]
            inner = table.table(kind, fields)
            said: dict[str, Any] = {name: inner.text(name) for name in fields}
            return Action(kind, content=Content(reply_kind, **said))
        case ActionKind.TAG:
            tag = table.raw(kind)
            return Action(kind, tags=(tag,) if isinstance(tag, str) else table.texts(kind))
        case _ if kind in ACTION_NUMBERS:
            return replace(Action(kind), **{ACTION_NUMBERS[kind].field: table.number(kind)})
        case _:
            return _plain_action(table, kind)


def _image(table: TomlTable) -> Content:
    """Return a media_id, or a picture kept on this machine."""
    if isinstance(table.raw("image"), dict):
        return Content(ReplyKind.IMAGE, picture=table.table("image", ("picture",)).text("picture"))
    return Content(ReplyKind.IMAGE, media_id=table.text("image"))


def _plain_action(table: TomlTable, kind: ActionKind) -> Action:
    if table.truth(kind, otherwise=True) is False:
        raise table.mistake(Phrase("“{key} = false” does nothing; remove it.", key=kind.value), kind)
    return Action(kind)


def _kind(table: TomlTable) -> ActionKind:
    given = [kind for kind in ActionKind if kind in table]
    if len(given) != 1:
        raise table.mistake(Phrase("An action is one of: {known}.", known=", ".join(ActionKind)))
    if "variant" in table and given[0] is not ActionKind.REPLY:
        raise table.mistake(Phrase("Only a reply has variants."), "variant")
    return given[0]


def _reply(table: TomlTable) -> Action:
    variant = table.choice("variant", Variant) if "variant" in table else Variant.FIRST
    if isinstance(table.raw("reply"), list):
        first, *others = table.words("reply")
        return Action(ActionKind.REPLY, text=first, others=tuple(others), variant=variant)
    return Action(ActionKind.REPLY, text=table.text("reply"), variant=variant)


def rule_text(rule: Rule) -> str:
    """Return the table, without default values, ending with a newline."""
    entries = {
        "name": rule.name,
        "enabled": None if rule.enabled else False,
        "on": None if rule.on == {MessageType.TEXT} else [kind for kind in MessageType if kind in rule.on],
        "when": condition_table(rule.when) or None,
        "default": rule.default or None,
        "continue": rule.continues or None,
        "cooldown": _cooldown_table(rule.cooldown) or None,
        "delivery": _delivery_value(rule),
        "then": [_action_table(action) for action in rule.then] or None,
    }
    return table_text("rules", entries)


def _cooldown_table(limits: Cooldown) -> dict[str, object]:
    values = {name: getattr(limits, name) for name in _COOLDOWN_FIELDS if getattr(limits, name)}
    return values | {"per_conversation": _ONCE} if limits.per_conversation == 1 else values


def _delivery_value(rule: Rule) -> object:
    if rule.delivery is Delivery.HOLD:
        return {"hold": rule.hold_seconds}
    return None if rule.delivery is Delivery.INHERIT else rule.delivery


def _action_table(action: Action) -> dict[str, object]:
    variant = None if action.variant is Variant.FIRST else action.variant
    return {action.kind: _action_value(action), "variant": variant}


def _action_value(action: Action) -> object:
    content = action.content
    match action.kind:
        case ActionKind.REPLY:
            return one_or_more(action.texts)
        case ActionKind.TEMPLATE:
            return str(action.template)
        case ActionKind.IMAGE:
            return {"picture": content.picture} if content.picture else content.media_id
        case ActionKind.LINK | ActionKind.CARD:
            return {name: getattr(content, name) or None for name in _CONTENT_FIELDS[action.kind][1]}
        case ActionKind.TAG:
            return one_or_more(action.tags)
        case kind if kind in ACTION_NUMBERS:
            return getattr(action, ACTION_NUMBERS[kind].field)
        case _:
            return True
