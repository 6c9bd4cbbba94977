"""Writes one `Rule` as a `[[rules]]` table that is easy to read."""

from __future__ import annotations

from collections.abc import Iterator

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, Cooldown, Delivery, Rule, Variant
from wxdesk.desk.rules.file.conditions import condition_text
from wxdesk.desk.rules.file.rule_reading import CONTENT_FIELDS, COOLDOWN_FIELDS, ONCE
from wxdesk.desk.rules.file.toml_writing import inline_table, listed, one_or_more, string, strings


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
        yield f"when = {condition_text(rule.when)}"
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


def _cooldown(limits: Cooldown) -> str:
    pairs = [(name, str(getattr(limits, name))) for name in COOLDOWN_FIELDS if getattr(limits, name)]
    once = ("per_conversation", "1")
    return inline_table([(name, string(ONCE)) if (name, value) == once else (name, value) for name, value in pairs])


def _action(action: Action) -> str:
    kind = action.kind
    match kind:
        case ActionKind.REPLY:
            value = one_or_more(action.texts)
        case ActionKind.TEMPLATE:
            value = string(str(action.template))
        case ActionKind.IMAGE:
            content = action.content
            kept = inline_table([("picture", string(content.picture))])
            value = kept if content.picture else string(content.media_id)
        case ActionKind.LINK | ActionKind.CARD:
            fields = [(name, getattr(action.content, name)) for name in CONTENT_FIELDS[kind][1]]
            value = inline_table([(name, string(text)) for name, text in fields if text])
        case ActionKind.TAG:
            value = one_or_more(action.tags)
        case ActionKind.TYPING:
            value = str(action.seconds)
        case ActionKind.SNOOZE:
            value = str(action.minutes)
        case _:
            value = "true"
    variant = [] if action.variant is Variant.FIRST else [("variant", string(action.variant))]
    return inline_table([(kind.value, value), *variant])
