"""Writes one `Rule` as a `[[rules]]` table that is easy to read."""

from __future__ import annotations

from collections.abc import Iterator

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, Cooldown, Delivery, Rule, SessionFromTest, Variant
from wxdesk.desk.rules.file.condition_reading import SESSION_FROM_TESTS, WORD_LISTS
from wxdesk.desk.rules.file.rule_reading import CONTENT_FIELDS, COOLDOWN_FIELDS, ONCE
from wxdesk.desk.rules.file.toml_writing import inline_table, key, listed, string, strings


def rule_text(rule: Rule) -> str:
    """Return the table, without default values, ending with a newline."""
    return "\n".join(_lines(rule)) + "\n"


def _lines(rule: Rule) -> Iterator[str]:
    yield "[[rules]]"
    yield f"name = {string(rule.name)}"
    if not rule.enabled:
        yield "enabled = false"
    if rule.on != frozenset({MessageType.TEXT}):
        yield f"on = {strings([kind.value for kind in MessageType if kind in rule.on])}"
    if rule.when != Condition():
        yield f"when = {inline_table(list(_condition(rule.when)))}"
    if rule.default:
        yield "default = true"
    if rule.continues:
        yield "continue = true"
    yield from _limits(rule)
    if rule.then:
        yield f"then = {listed([_action(action) for action in rule.then])}"


def _limits(rule: Rule) -> Iterator[str]:
    if rule.cooldown != Cooldown():
        yield f"cooldown = {_cooldown(rule.cooldown)}"
    if rule.delivery is Delivery.HOLD:
        yield f"delivery = {inline_table([('hold', str(rule.hold_seconds))])}"
    elif rule.delivery is not Delivery.INHERIT:
        yield f"delivery = {string(rule.delivery)}"


def _condition(when: Condition) -> Iterator[tuple[str, str]]:
    for name in WORD_LISTS:
        if getattr(when, name):
            yield name, strings(getattr(when, name))
    if when.regex is not None:
        yield "regex", string(when.regex)
    if when.session_from is not None:
        yield "session_from", _session_from(when.session_from)
    if when.event:
        yield "event", strings(when.event)
    yield from _state(when)
    if when.unless is not None:
        yield "not", inline_table(list(_condition(when.unless)))


def _state(when: Condition) -> Iterator[tuple[str, str]]:
    if when.hours is not None:
        yield "hours", inline_table([("inside" if when.hours.inside else "outside", string(when.hours.calendar))])
    if when.operator is not None:
        yield "operator", string(when.operator)
    if when.tags is not None:
        both = (("any", when.tags.any), ("none", when.tags.none))
        yield "tags", inline_table([(name, strings(tags)) for name, tags in both if tags])
    if when.first_contact is not None:
        yield "first_contact", "true" if when.first_contact else "false"
    if when.quiet_days is not None:
        yield "quiet_days", str(when.quiet_days)
    if when.message_no is not None:
        bounds = (("min", when.message_no.min), ("max", when.message_no.max))
        yield "message_no", inline_table([(name, str(number)) for name, number in bounds if number is not None])
    if when.last_rule_within is not None:
        last = when.last_rule_within
        yield "last_rule_within", inline_table([("rule", string(last.rule)), ("minutes", str(last.minutes))])


def _session_from(test: SessionFromTest) -> str:
    pairs = [(name, string(getattr(test, name))) for name in SESSION_FROM_TESTS if getattr(test, name) is not None]
    if test.fields:
        fields = [(key(one.name), _one_or_more(one.values)) for one in test.fields]
        pairs.append(("fields", inline_table(fields)))
    return inline_table(pairs)


def _cooldown(limits: Cooldown) -> str:
    pairs = [(name, str(getattr(limits, name))) for name in COOLDOWN_FIELDS if getattr(limits, name)]
    once = ("per_conversation", "1")
    return inline_table([(name, string(ONCE)) if (name, value) == once else (name, value) for name, value in pairs])


def _action(action: Action) -> str:
    kind = action.kind
    match kind:
        case ActionKind.REPLY:
            value = _one_or_more(action.texts)
        case ActionKind.TEMPLATE:
            value = string(action.text)
        case ActionKind.IMAGE:
            content = action.content
            kept = inline_table([("picture", string(content.picture))])
            value = kept if content.picture else string(content.media_id)
        case ActionKind.LINK | ActionKind.CARD:
            fields = [(name, getattr(action.content, name)) for name in CONTENT_FIELDS[kind][1]]
            value = inline_table([(name, string(text)) for name, text in fields if text])
        case ActionKind.TAG:
            value = _one_or_more(action.tags)
        case ActionKind.TYPING:
            value = str(action.seconds)
        case ActionKind.SNOOZE:
            value = str(action.minutes)
        case _:
            value = "true"
    variant = [] if action.variant is Variant.FIRST else [("variant", string(action.variant))]
    return inline_table([(kind.value, value), *variant])


def _one_or_more(texts: tuple[str, ...]) -> str:
    return string(texts[0]) if len(texts) == 1 else strings(texts)
