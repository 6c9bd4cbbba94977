"""Describes a whole rule in words, card by card, for its history."""

from collections.abc import Callable, Iterator

from wxdesk.core.model.rule import ACTION_NUMBERS, Action, ActionKind, Condition, Cooldown, Delivery, Rule
from wxdesk.i18n import tr
from wxdesk.ui.editing.revisions.comparison import Revision, RevisionLine, RevisionSection
from wxdesk.ui.editing.revisions.wording import content_lines, joined, labelled, named, text_lines
from wxdesk.ui.editing.wordings import variant_name
from wxdesk.ui.rules.editor.conditions.table import value_lines
from wxdesk.ui.rules.editor.limits_card import LIMITS, delivery_choice, hold_suffix, limit_sentence
from wxdesk.ui.rules.text import type_names
from wxdesk.ui.wording.actions import action_name, number_words
from wxdesk.ui.wording.conditions import condition_phrase


def revision_of(rule: Rule, named: Callable[[Rule], Rule]) -> Revision:
    """Return a saved revision in words, for the history."""
    return Revision(rule.revision, rule.updated_at, rule_sections(named(rule)), rule, rule.by)


def history_note(rules: list[Rule], spoke: int, *, deleted: bool) -> str:
    """Return a note on the revision that `spoke`, or on the deletion; empty for none."""
    rule = next((rule for rule in rules if rule.revision == spoke), None)
    if rule is None:
        return tr("“{name}” has been deleted.", name=rules[0].name) if deleted else ""
    if deleted:
        said = tr("Revision {n} of “{name}” decided on that message. The rule has been deleted since.",
                  n=spoke, name=rule.name)  # fmt: skip
    else:
        said = tr("Revision {n} of “{name}” decided on that message.", n=spoke, name=rule.name)
    return said


def rule_sections(rule: Rule) -> tuple[RevisionSection, ...]:
    """Return a rule, with names instead of ids, in sections from its name to delivery."""
    return (
        RevisionSection(tr("Name of the rule"), (RevisionLine(rule.name),)),
        RevisionSection(tr("When to answer"), tuple(_when(rule))),
        RevisionSection(tr("How to answer"), tuple(_then(rule))),
        RevisionSection(tr("How often, and how it leaves"), tuple(_limit_lines(rule))),
    )


def _when(rule: Rule) -> Iterator[RevisionLine]:
    yield RevisionLine(joined(tr("When the customer sends"), type_names(rule.on)))
    if rule.default:
        yield RevisionLine(tr("Default: everything else"))
        return
    yield from _conditions(rule.when, excepted=False)
    if rule.when.unless is not None:
        yield from _conditions(rule.when.unless, excepted=True)


def _conditions(when: Condition, *, excepted: bool) -> Iterator[RevisionLine]:
    for condition, value in value_lines(when):
        yield RevisionLine(joined(condition_phrase(condition, excepted=excepted), value))


def _then(rule: Rule) -> Iterator[RevisionLine]:
    for action in rule.then:
        yield from _action(action)
    if rule.continues:
        yield RevisionLine(tr("Ask the rules below as well"))


def _action(action: Action) -> Iterator[RevisionLine]:
    word = action_name(action.kind)
    match action.kind:
        case ActionKind.REPLY:
            yield RevisionLine(labelled(word, variant_name(action.variant) if action.others else ""))
            yield from text_lines(action.texts)
        case ActionKind.TEMPLATE:
            yield RevisionLine(joined(word, named((str(action.template),))))
        case ActionKind.TAG:
            yield RevisionLine(joined(word, named(action.tags)))
        case kind if kind in ACTION_NUMBERS:
            number = getattr(action, ACTION_NUMBERS[kind].field)
            before, behind = number_words(kind, number)
            yield RevisionLine(joined(before, str(number), behind))
        case ActionKind.IMAGE | ActionKind.LINK | ActionKind.CARD:
            yield RevisionLine(word)
            yield from content_lines(action.content)
        case _:
            yield RevisionLine(word)


def _limit_lines(rule: Rule) -> Iterator[RevisionLine]:
    if rule.cooldown == Cooldown():
        yield RevisionLine(tr("Answers whenever it matches."))
    for limit in LIMITS:
        number = getattr(rule.cooldown, limit)
        if number:
            yield RevisionLine(joined(*limit_sentence(limit, number)))
    held = rule.delivery is Delivery.HOLD
    rest = (str(rule.hold_seconds), hold_suffix(rule.hold_seconds)) if held else ()
    yield RevisionLine(joined(delivery_choice(rule.delivery), *rest))
