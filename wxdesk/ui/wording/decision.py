"""Reasons behind an answer: outcomes, rules and each of their conditions."""

from functools import reduce

from wxdesk.core.model.decision import Decision, Outcome, RuleVerdict
from wxdesk.i18n import tr
from wxdesk.ui.wording.conditions import found_text
from wxdesk.ui.wording.messages import quoted


def outcome_text(decision: Decision) -> str:
    """Return the outcome of a decision as a sentence."""
    outcome, rule, problem = decision.outcome, decision.rule_name, decision.problem
    if outcome is Outcome.UNMATCHED:
        return _unmatched(decision)
    if problem and (outcome is Outcome.PAUSED or (outcome is Outcome.NOT_RENDERED and not rule)):
        return tr(problem)
    told = _WITHOUT_RULE.get(outcome) if not rule else None
    return tr(told or _SENTENCES[outcome], rule=rule, problem=problem)


_SENTENCES = {
    Outcome.NO_ACCOUNT: "Its mini program is not in config.toml any more, so nothing answers here.",
    Outcome.NOT_A_CUSTOMER: "An event of WeChat's own, not something the customer said.",
    Outcome.STALE: "It reached the rules more than 5 minutes late, so it was left to you.",
    Outcome.PAUSED: "Automatic replies were off.",
    Outcome.TAKEN_OVER: "“{rule}” had handed this conversation to people, so the rules kept quiet.",
    Outcome.IN_TOOL: "WeChat's own service tool was serving this customer, so the rules kept quiet.",
    Outcome.BLOCKED: "This customer is blocked.",
    Outcome.NO_QUOTA: "Too few replies were left; the last ones are kept for you.",
    Outcome.REPLIED: "“{rule}” answered.",
    Outcome.SILENT: "“{rule}” matched and says nothing.",
    Outcome.LEFT_OPEN: "“{rule}” matched and leaves the answer to you.",
    Outcome.HANDED_OVER: "“{rule}” handed the conversation to people.",
    Outcome.TRANSFERRED: "“{rule}” handed the customer over to WeChat's own service tool.",
    Outcome.TRANSFER_ARMED: "The answer to this message had left already; the customer's next one goes to WeChat's own"
    " service tool.",
    Outcome.STILL_HELD: "No rule but the default had an answer, and the customer still waits for the one to an earlier"
    " message: that one waits again from the beginning, and no second one was made.",
    Outcome.YIELDED: "“{rule}” matched, but a reply that you have in hand still waits here, so no second one was made.",
    Outcome.RESOLVED: "“{rule}” matched: nothing is left to answer. It resolves the conversation, unless something in"
    " it waits for you or only drafts are made there.",
    Outcome.SNOOZED: "“{rule}” matched: the answer has time. It snoozes the conversation, unless something in it waits"
    " for you or only drafts are made there.",
    Outcome.INCOMPLETE: "“{rule}” matched, but its answer lacks a value, so it waits for you as a draft: {problem}",
    Outcome.NOT_RENDERED: "“{rule}” matched, but its reply could not be made: {problem}",
}

_WITHOUT_RULE = {
    Outcome.TAKEN_OVER: "This conversation had been taken over, so the rules kept quiet.",
    Outcome.TRANSFERRED: "The customer was handed over to WeChat's own service tool by hand.",
}
"""Outcomes that an operator can have brought about as well as a rule."""


def _unmatched(decision: Decision) -> str:
    """Return the sentence for no answer, naming rules that matched without answering."""
    heard = tuple(one.rule_name for one in decision.verdicts if one.matched and not one.shadow)
    if not heard:
        return tr("No rule matched.")
    return tr("No rule answered: {rules} matched, and goes on without an answer.", rules=quoted(heard))


def short_outcome(decision: Decision) -> str:
    """Return the outcome in two or three words, for a caption."""
    if decision.outcome is Outcome.PAUSED and decision.problem:
        return tr("paused then")
    return tr(_BRIEFLY[decision.outcome])


_BRIEFLY = {
    Outcome.NO_ACCOUNT: "its account is not set up any more",
    Outcome.NOT_A_CUSTOMER: "an event of WeChat's",
    Outcome.STALE: "came too late for the rules",
    Outcome.PAUSED: "automatic replies off",
    Outcome.TAKEN_OVER: "in human hands",
    Outcome.IN_TOOL: "served in WeChat's own tool",
    Outcome.BLOCKED: "customer blocked",
    Outcome.NO_QUOTA: "too few replies left",
    Outcome.REPLIED: "answered",
    Outcome.SILENT: "a rule says nothing",
    Outcome.LEFT_OPEN: "left to you by a rule",
    Outcome.HANDED_OVER: "handed to people",
    Outcome.TRANSFERRED: "handed over to WeChat's own tool",
    Outcome.TRANSFER_ARMED: "to be handed over with the next message",
    Outcome.UNMATCHED: "no rule matched",
    Outcome.STILL_HELD: "an earlier answer was still waiting",
    Outcome.YIELDED: "left to the reply you have in hand",
    Outcome.RESOLVED: "nothing left to answer",
    Outcome.SNOOZED: "put off by a rule",
    Outcome.INCOMPLETE: "a value is missing in the reply",
    Outcome.NOT_RENDERED: "the reply could not be made",
}


def rule_title(verdict: RuleVerdict) -> str:
    """Return a rule's name, with its revision if it matched, or a note if shadowed."""
    if verdict.shadow:
        return tr("{rule} · looks on only", rule=verdict.rule_name)
    if verdict.matched and verdict.revision:
        return tr("{rule} · revision {n}", rule=verdict.rule_name, n=verdict.revision)
    return verdict.rule_name


def rule_words(verdict: RuleVerdict) -> str:
    """Return all conditions of a rule that matched, else the one that failed."""
    if verdict.matched:
        said = [found_text(one) for one in verdict.verdicts if one.condition != "on"]
        return reduce(_and_also, said) if said else tr("It answers everything")
    failed = next((one for one in verdict.verdicts if not one.ok), None)
    return tr("It did not apply") if failed is None else found_text(failed)


def _and_also(said: str, more: str) -> str:
    return tr("{said}, {more}", said=said, more=more)
