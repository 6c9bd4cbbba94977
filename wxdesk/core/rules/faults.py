"""Faults of a rule, found before it is saved and never while a customer waits.

The first fault is named with its place, so that a rules file can point at the line and the
editor at the field.
"""

from collections.abc import Callable, Container, Iterator, Sequence

from msgspec import Struct

from wxdesk.core.content.limits import check_written, has_liquid, words_of
from wxdesk.core.errors import BadContent, BadPattern, BadTemplate, Text
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import (
    ACTION_NUMBERS,
    SENDING_ACTIONS,
    STATUS_ACTIONS,
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    Reference,
    Rule,
)
from wxdesk.core.normalise import is_visible
from wxdesk.core.rules.conditions.surroundings import MOST_DAYS
from wxdesk.core.rules.conditions.table import faults_of, patterns_of
from wxdesk.core.rules.patterns import CompilePattern
from wxdesk.core.wechat.quota import AFTER_MESSAGE

type CheckRuleTemplate = Callable[[str, frozenset[str] | None], Sequence[BadTemplate]]
"""Returns a template's mistakes, given the group names that `m` has (None: any)."""

type FieldPath = tuple[str | int, ...]
"""Keys and positions as in a rules file: `("then", 0, "reply")`."""

MOST_TIMES = 10_000
"""Most times that a limit allows a rule to match, in all or within a minute."""

MOST_HOLD_SECONDS = 3600
"""Most seconds for which a rule holds a reply."""

_FILE_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
"""File endings that no media_id has: it has letters, digits, - and _ only."""

LOST = "This picture is not on this machine. Choose it again in the window."

FIELDED = frozenset({ActionKind.LINK, ActionKind.CARD})
"""Actions with text in fields, each of which may be a template."""


class RuleFault(Struct, frozen=True):
    """A fault and its place; `template_line` counts from 1, 0 outside templates."""

    where: FieldPath
    reason: Text
    template_line: int = 0


class ReferenceCheck(Struct, frozen=True):
    """Checks of the templates and pictures that a rule refers to.

    stored: why it cannot use that template, empty if it can · has_picture: whether a picture of
    that digest is kept.
    """

    stored: Callable[[Reference], Text]
    has_picture: Callable[[str], bool]


def find_faults(
    rule: Rule,
    compile_pattern: CompilePattern,
    mistakes_in: CheckRuleTemplate | None = None,
    calendars: Container[Reference] | None = None,
    against: ReferenceCheck | None = None,
) -> Iterator[RuleFault]:
    """Yield the faults of `rule`, in order: one a place, but all within a template.

    Without `mistakes_in`, templates are taken on trust, and so are calendars without `calendars`
    and those of templates and pictures without `against`.
    """
    found = set()
    for fault in _faults(rule, compile_pattern, mistakes_in, calendars, against):
        line = fault.template_line
        place = (fault.where, line, fault.reason if line else "")
        if place not in found:
            found.add(place)
            yield fault


def _faults(
    rule: Rule,
    compile_pattern: CompilePattern,
    mistakes_in: CheckRuleTemplate | None,
    calendars: Container[Reference] | None,
    against: ReferenceCheck | None,
) -> Iterator[RuleFault]:
    if not is_visible(rule.name):
        yield RuleFault(("name",), "A rule needs a name.")
    if not rule.on:
        yield RuleFault(("on",), "“on” names no kind of message, so the rule could never match.")
    yield from _condition_faults(rule)
    for place, when in zip((("when",), ("when", "not")), rule.when.both, strict=False):
        for where, reason in (*faults_of(when, rule, calendars), *_pattern_faults(when, compile_pattern)):
            yield RuleFault((*place, *where), reason)
    yield from _cooldown_faults(rule.cooldown)
    yield from _delivery_faults(rule)
    yield from _action_faults(rule)
    if mistakes_in:
        names = known_groups(rule.when, compile_pattern)
        for index, action in enumerate(rule.then):
            yield from _template_faults(index, action, names, mistakes_in)
    yield from _field_faults(rule)
    yield from _kept_faults(rule, against)


def _kept_faults(rule: Rule, against: ReferenceCheck | None) -> Iterator[RuleFault]:
    for index, action in enumerate(rule.then):
        if action.kind is ActionKind.TEMPLATE and not is_visible(str(action.template)):
            yield RuleFault(("then", index, "template"), "No template is named.")
        elif against and action.kind is ActionKind.TEMPLATE and (reason := against.stored(action.template)):
            yield RuleFault(("then", index, "template"), reason)
        elif against and action.kind is ActionKind.IMAGE and _is_lost(action.content.picture, against):
            yield RuleFault(("then", index, "image", "picture"), LOST)
        elif against and action.kind is ActionKind.CARD and _is_lost(action.content.thumb_picture, against):
            yield RuleFault(("then", index, "card", "thumb_picture"), LOST)


def _is_lost(picture: str, against: ReferenceCheck) -> bool:
    return bool(picture) and not against.has_picture(picture)


def known_groups(when: Condition, compile_pattern: CompilePattern) -> frozenset[str] | None:
    """The names that a rule's patterns give to `m`; None, for any, while one is wrong."""
    try:
        return frozenset[str]().union(*(compile_pattern(source).names for _, source in patterns_of(when)))
    except BadPattern:
        return None


def _condition_faults(rule: Rule) -> Iterator[RuleFault]:
    when = rule.when
    if rule.default:
        if when != Condition():
            yield RuleFault(("when",), "A default rule takes no condition: remove “when” or “default”.")
        return
    if when == Condition() and MessageType.TEXT in rule.on:
        # Without words this would answer every text and hide all rules below.
        yield RuleFault(
            ("when",), "No condition is set, so it would match every text. If that is meant: default = true."
        )
    if when.unless is not None:
        if when.unless == Condition():
            yield RuleFault(("when", "not"), "“not” names no condition.")
        if when.unless.unless is not None:
            yield RuleFault(("when", "not", "not"), "“not” is not possible inside “not”.")


def _pattern_faults(when: Condition, compile_pattern: CompilePattern) -> Iterator[tuple[FieldPath, Text]]:
    for place, source in patterns_of(when):
        if not source:
            yield place, "An empty pattern would be found in every text."
        try:
            compile_pattern(source)
        except BadPattern as error:
            yield place, error.reason


def _cooldown_faults(limits: Cooldown) -> Iterator[RuleFault]:
    if not 0 <= limits.per_contact_s <= MOST_DAYS * 86_400:
        yield RuleFault(("cooldown", "per_contact_s"), "“per_contact_s” is in seconds, at most ten years.")
    for key in ("per_conversation", "per_account_per_min"):
        if not 0 <= getattr(limits, key) <= MOST_TIMES:
            yield RuleFault(("cooldown", key), "This is a number of times, at most 10000.")


def _delivery_faults(rule: Rule) -> Iterator[RuleFault]:
    if rule.delivery is Delivery.HOLD and not 1 <= rule.hold_seconds <= MOST_HOLD_SECONDS:
        yield RuleFault(("delivery",), "A reply is held for 1 to 3600 seconds.")


def _action_faults(rule: Rule) -> Iterator[RuleFault]:
    kinds = [action.kind for action in rule.then]
    if not kinds:
        yield RuleFault(("then",), "The rule does nothing. Say how it answers (then), or “Say nothing” (silent).")
    if ActionKind.SILENT in kinds and SENDING_ACTIONS.intersection(kinds):
        yield RuleFault(("then",), "A rule cannot be silent and send something.")
    yield from _status_faults(kinds)
    if sum(kind in SENDING_ACTIONS for kind in kinds) > AFTER_MESSAGE[0]:
        yield RuleFault(("then",), "It would send more than the five replies that WeChat allows.")
    for index, action in enumerate(rule.then):
        reason = _reason_against(action)
        if reason:
            yield RuleFault(("then", index, action.kind.value), reason)
        if action.kind is ActionKind.TYPING and SENDING_ACTIONS.isdisjoint(kinds[index:]):
            yield RuleFault(("then", index, "typing"), "Nothing is sent after this typing.")


def _status_faults(kinds: list[ActionKind]) -> Iterator[RuleFault]:
    changes = [index for index, kind in enumerate(kinds) if kind in STATUS_ACTIONS]
    if not changes:
        return
    place: FieldPath = ("then", changes[-1], kinds[changes[-1]].value)
    if len(changes) > 1:
        yield RuleFault(place, "A conversation is either resolved or snoozed, and only once.")
    if ActionKind.TAKE_OVER in kinds:
        yield RuleFault(place, "What is handed over waits for a person, so it cannot be set aside as well.")


def _reason_against(action: Action) -> str:
    content = action.content
    match action.kind:
        case ActionKind.REPLY if not all(map(is_visible, action.texts)):
            return "The reply is empty."
        case ActionKind.IMAGE if not (is_visible(content.media_id) or content.picture):
            return "An image needs a picture or its media_id."
        case ActionKind.IMAGE if not content.picture and content.media_id.lower().endswith(_FILE_ENDINGS):
            return "An image is named by its media_id, not by a file. Choose a picture of this machine in the window."
        case ActionKind.LINK if not (content.title and content.url):
            return "A link needs a title and a url that begins with https:// or http://."
        case ActionKind.CARD if not (
            is_visible(content.title)
            and is_visible(content.page_path)
            and (content.thumb_picture or is_visible(content.thumb_media_id))
        ):
            return "A card needs title, page_path and a cover."
        case ActionKind.TAG if not action.tags or not all(map(is_visible, action.tags)):
            return "A tag is empty."
        case _:
            number = ACTION_NUMBERS.get(action.kind)
            return number.fault if number and not 1 <= getattr(action, number.field) <= number.most else ""


def _template_faults(
    index: int, action: Action, names: frozenset[str] | None, mistakes_in: CheckRuleTemplate
) -> Iterator[RuleFault]:
    if action.kind is ActionKind.REPLY:
        for number, text in enumerate(action.texts):
            place: FieldPath = ("then", index, "reply", number) if action.others else ("then", index, "reply")
            yield from _mistakes(place, text, names, mistakes_in)
    elif action.kind in FIELDED:
        for name, text in words_of(action.content).items():
            if has_liquid(text):
                yield from _mistakes(("then", index, action.kind.value, name), text, names, mistakes_in)


def _mistakes(
    place: FieldPath, text: str, names: frozenset[str] | None, mistakes_in: CheckRuleTemplate
) -> Iterator[RuleFault]:
    if is_visible(text):
        yield from (RuleFault(place, error.reason, error.line) for error in mistakes_in(text, names))


def _field_faults(rule: Rule) -> Iterator[RuleFault]:
    """Yield what WeChat would refuse of a link or card that is otherwise complete."""
    for index, action in enumerate(rule.then):
        if action.kind in FIELDED and not _reason_against(action):
            try:
                check_written(action.content)
            except BadContent as error:
                yield RuleFault(("then", index, action.kind.value, error.field), error.reason)
