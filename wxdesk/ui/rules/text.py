"""Texts for rules, conditions, actions and verdicts as the operator sees them."""

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from wxdesk.core.model.decision import RuleVerdict, Verdict
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import EFFECTS, Action, Delivery, Rule
from wxdesk.core.rules.faults import RuleFault
from wxdesk.i18n import names, tr
from wxdesk.ui.wording.actions import WORDINGS as ACTIONS
from wxdesk.ui.wording.conditions import WORDINGS, condition_texts, tried_text

SHOWN_LETTERS = 60
"""Characters of a customer's sentence that a line repeats."""


type_name = names(
    {
        MessageType.TEXT: "a text",
        MessageType.IMAGE: "a picture",
        MessageType.CARD: "a mini-program card",
        MessageType.ENTER_SESSION: "entering the chat",
        MessageType.OTHER: "anything else",
    }
)
"""Name of a kind of message that a contact can send."""


def shortened(sentence: str) -> str:
    """Return a customer's sentence, shortened for a line."""
    return sentence if len(sentence) <= SHOWN_LETTERS else sentence[:SHOWN_LETTERS] + "…"


def type_names(kinds: Iterable[MessageType]) -> str:
    """Return the names of several kinds, in the order of the rules file's list."""
    chosen = frozenset(kinds)
    return tr(" or ").join(type_name(kind) for kind in MessageType if kind in chosen) or tr("nothing at all")


def summary(rule: Rule) -> str:
    """Return a rule on one line: its conditions and actions."""
    return " · ".join(part for part in (_when(rule), _then(rule.then)) if part)


def _when(rule: Rule) -> str:
    if rule.default:
        return tr("everything else")
    said = list(condition_texts(rule.when))
    if rule.on != frozenset({MessageType.TEXT}):
        said.insert(0, type_names(rule.on))
    return tr("; ").join(said)


def delivery_text(rule: Rule) -> str:
    """Return a rule's delivery in words, if it is the rule's own."""
    said = _DELIVERIES.get(rule.delivery)
    return tr(said, n=rule.hold_seconds) if said else ""


_DELIVERIES = {
    Delivery.SEND: "sends at once",
    Delivery.HOLD: "waits {n} s before it sends",
    Delivery.DRAFT: "only prepares a draft",
    Delivery.SHADOW: "looks on only",
}


def _then(actions: Sequence[Action]) -> str:
    kinds = {action.kind for action in actions}
    shown = kinds - EFFECTS if len(kinds) > 1 else kinds
    deed = next((wording.deed for kind, wording in ACTIONS.items() if wording.deed and kind in shown), "")
    return tr(deed) if deed else ""


def verdict_text(verdict: RuleVerdict) -> str:
    """Return why a rule matched, or did not; a shadow rule is marked as such."""
    if verdict.shadow:
        return tr("{what}: {why}", what=tr("looks on only"), why=verdict_text(replace(verdict, shadow=False)))
    said = verdict.verdicts if verdict.matched else verdict.verdicts[-1:]
    words = [_verdict(one) for one in said if one.condition != "on" or not one.ok]
    if not words and verdict.matched:
        kinds = (MessageType(one.found) for one in verdict.verdicts if one.condition == "on" and one.found)
        return tr("answers {types}", types=type_names(kinds))
    return tr("; ").join(words)


def verdict_lines(verdict: RuleVerdict) -> list[tuple[bool, str]]:
    """Return each tested condition: if it held, and a text of what was found."""
    return [(one.ok, _verdict(one)) for one in verdict.verdicts if one.condition != "on" or not one.ok]


def _verdict(verdict: Verdict) -> str:
    match verdict.condition:
        case "enabled":
            return tr("is switched off")
        case "on":
            return tr("only for {types}", types=type_names(map(MessageType, verdict.words)))
        case _:
            return tried_text(verdict)


def missing_text(fault: RuleFault) -> str:
    """Return what an unfinished rule still needs, short enough for one line."""
    where = fault.where if len(fault.where) == 1 else fault.where[1:]
    return tr(next((_LACKS[one] for one in where if isinstance(one, str) and one in _LACKS), fault.reason))


_LACKS = {
    "name": "a name",
    "when": "a condition, or “Default”",
    "then": "an answer",
    **{kind.value: wording.lacks for kind, wording in ACTIONS.items() if wording.lacks},
    **{name: wording.missing for name, wording in WORDINGS.items() if wording.missing},
}
"""Missing things by the unfinished part of the rule."""
