"""Reasons behind an answer: outcomes, rules and each of their conditions."""

from collections.abc import Callable, Mapping
from functools import reduce

from wxdesk.core.model.rule import Decision, Outcome, RuleVerdict
from wxdesk.i18n import tr
from wxdesk.ui.wording.conditions import found_text
from wxdesk.ui.wording.messages import quoted


def outcome_text(decision: Decision) -> str:
    """Return the outcome of a decision as a sentence."""
    sentences: Mapping[Outcome, Callable[[], str]] = {
        Outcome.NO_ACCOUNT: lambda: tr("Its mini program is not in config.toml any more, so nothing answers here."),
        Outcome.NOT_A_CUSTOMER: lambda: tr("An event of WeChat's own, not something the customer said."),
        Outcome.STALE: lambda: tr("It reached the rules more than 5 minutes late, so it was left to you."),
        Outcome.PAUSED: lambda: tr(decision.problem or "Automatic replies were off."),
        Outcome.TAKEN_OVER: lambda: _taken_over(decision),
        Outcome.IN_TOOL: lambda: tr("WeChat's own service tool was serving this customer, so the rules kept quiet."),
        Outcome.BLOCKED: lambda: tr("This customer is blocked."),
        Outcome.NO_QUOTA: lambda: tr("Too few replies were left; the last ones are kept for you."),
        Outcome.REPLIED: lambda: tr("“{rule}” answered.", rule=decision.rule_name),
        Outcome.SILENT: lambda: tr("“{rule}” matched and says nothing.", rule=decision.rule_name),
        Outcome.LEFT_OPEN: lambda: tr("“{rule}” matched and leaves the answer to you.", rule=decision.rule_name),
        Outcome.HANDED_OVER: lambda: tr("“{rule}” handed the conversation to people.", rule=decision.rule_name),
        Outcome.TRANSFERRED: lambda: _transferred(decision),
        Outcome.TRANSFER_ARMED: lambda: tr(
            "The answer to this message had left already; the customer's next one goes to WeChat's own service tool."
        ),
        Outcome.UNMATCHED: lambda: _unmatched(decision),
        Outcome.STILL_HELD: lambda: tr(
            "No rule but the default had an answer, and the customer still waits for the one to an earlier message: "
            "that one waits again from the beginning, and no second one was made."
        ),
        Outcome.YIELDED: lambda: tr(
            "“{rule}” matched, but a reply that you have in hand still waits here, so no second one was made.",
            rule=decision.rule_name,
        ),
        Outcome.RESOLVED: lambda: _set_aside(decision),
        Outcome.SNOOZED: lambda: _set_aside(decision),
        Outcome.INCOMPLETE: lambda: _unfinished(decision),
        Outcome.NOT_RENDERED: lambda: _unfinished(decision),
    }
    return sentences[decision.outcome]()


def _taken_over(decision: Decision) -> str:
    if decision.rule_name:
        return tr("“{rule}” had handed this conversation to people, so the rules kept quiet.", rule=decision.rule_name)
    return tr("This conversation had been taken over, so the rules kept quiet.")


def _unmatched(decision: Decision) -> str:
    """Return the sentence for no answer, naming rules that matched without answering."""
    heard = tuple(one.rule_name for one in decision.verdicts if one.matched and not one.shadow)
    if not heard:
        return tr("No rule matched.")
    return tr("No rule answered: {rules} matched, and goes on without an answer.", rules=quoted(heard))


def _unfinished(decision: Decision) -> str:
    if decision.outcome is Outcome.INCOMPLETE:
        return tr(
            "“{rule}” matched, but its answer lacks a value, so it waits for you as a draft: {problem}",
            rule=decision.rule_name,
            problem=decision.problem,
        )
    if not decision.rule_name:
        return tr(decision.problem)
    return tr(
        "“{rule}” matched, but its reply could not be made: {problem}",
        rule=decision.rule_name,
        problem=decision.problem,
    )


def _transferred(decision: Decision) -> str:
    if decision.rule_name:
        return tr("“{rule}” handed the customer over to WeChat's own service tool.", rule=decision.rule_name)
    return tr("The customer was handed over to WeChat's own service tool by hand.")


def _set_aside(decision: Decision) -> str:
    if decision.outcome is Outcome.RESOLVED:
        return tr(
            "“{rule}” matched: nothing is left to answer. It resolves the conversation, unless something in it waits "
            "for you or only drafts are made there.",
            rule=decision.rule_name,
        )
    return tr(
        "“{rule}” matched: the answer has time. It snoozes the conversation, unless something in it waits for you or "
        "only drafts are made there.",
        rule=decision.rule_name,
    )


def short_outcome(decision: Decision) -> str:
    """Return the outcome in two or three words, for a caption."""
    if decision.outcome is Outcome.PAUSED and decision.problem:
        return tr("everything paused")
    words: Mapping[Outcome, Callable[[], str]] = {
        Outcome.NO_ACCOUNT: lambda: tr("its account is not set up any more"),
        Outcome.NOT_A_CUSTOMER: lambda: tr("an event of WeChat's"),
        Outcome.STALE: lambda: tr("came too late for the rules"),
        Outcome.PAUSED: lambda: tr("automatic replies off"),
        Outcome.TAKEN_OVER: lambda: tr("in human hands"),
        Outcome.IN_TOOL: lambda: tr("served in WeChat's own tool"),
        Outcome.BLOCKED: lambda: tr("customer blocked"),
        Outcome.NO_QUOTA: lambda: tr("too few replies left"),
        Outcome.REPLIED: lambda: tr("answered"),
        Outcome.SILENT: lambda: tr("a rule says nothing"),
        Outcome.LEFT_OPEN: lambda: tr("left to you by a rule"),
        Outcome.HANDED_OVER: lambda: tr("handed to people"),
        Outcome.TRANSFERRED: lambda: tr("handed over to WeChat's own tool"),
        Outcome.TRANSFER_ARMED: lambda: tr("to be handed over with the next message"),
        Outcome.UNMATCHED: lambda: tr("no rule matched"),
        Outcome.STILL_HELD: lambda: tr("an earlier answer still waits"),
        Outcome.YIELDED: lambda: tr("left to the reply you have in hand"),
        Outcome.RESOLVED: lambda: tr("nothing left to answer"),
        Outcome.SNOOZED: lambda: tr("put off by a rule"),
        Outcome.INCOMPLETE: lambda: tr("a value is missing in the reply"),
        Outcome.NOT_RENDERED: lambda: tr("the reply could not be made"),
    }
    return words[decision.outcome]()


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
