"""Texts of a trial besides verdicts and bubbles."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from wxdesk.core.conversations.transfer import in_tool
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import StatusChange
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.rule import Action, ActionKind, Presence, Rule
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.core.rules.ruling import ConversationContext
from wxdesk.core.wechat import quota
from wxdesk.desk.rules.trial.trials import Trial
from wxdesk.i18n import ntr, number_text, tr
from wxdesk.ui.content.preview import cost_text
from wxdesk.ui.rules.text import shortened
from wxdesk.ui.rules.trial.scenario import last_rule
from wxdesk.ui.wording.actions import action_text
from wxdesk.ui.wording.messages import mode_text, name_of
from wxdesk.ui.wording.status import snooze_span
from wxdesk.ui.wording.times import clock_time, span_text


def note_on_trial(trial: Trial, instead: Rule | None, *, broken: bool) -> tuple[str, str]:
    """Return what to know before reading the answer, and its colour's role.

    `instead` is the edited rule, `broken` if it could not be tried.
    """
    problem = "" if broken else tr(trial.answer.problem) or stopped_text(trial)
    notes = [problem] if problem else []
    if broken:
        notes.append(tr("The rule being edited is not complete yet; this is what the saved rules say."))
    elif instead is not None and not instead.enabled:
        notes.append(tr("The rule being edited is switched off; here it is tried as if it were on."))
    return "\n".join(notes), "failed" if problem else "pending"


def stopped_text(trial: Trial) -> str:
    """Return why nothing of the answer would be sent; empty if something would."""
    if trial.outcome is Outcome.NO_QUOTA:
        one = "Nothing of it is sent: it takes {n} reply, and rules may send {left} here."
        many = "Nothing of it is sent: it takes {n} replies, and rules may send {left} here."
        return ntr(one, many, len(trial.sizes), left=trial.left)
    said = _STOPPED.get(trial.outcome)
    if said is None or (trial.outcome is Outcome.TRANSFERRED and trial.asked):
        return ""
    why = tr(said)
    return why if trial.asked else tr("{why} The rules are not asked; this is what they would say.", why=why)


_STOPPED = {
    Outcome.NOT_A_CUSTOMER: "No rule asks for this event.",
    Outcome.PAUSED: "This conversation is answered by hand.",
    Outcome.TAKEN_OVER: "A person has taken this conversation over.",
    Outcome.IN_TOOL: "WeChat's own service tool has this customer.",
    Outcome.BLOCKED: "This customer is blocked.",
    Outcome.TRANSFERRED: "This message goes to WeChat's own service tool, as you asked for.",
    Outcome.STILL_HELD: "An earlier answer still waits for this customer; no second one is made.",
    Outcome.YIELDED: "A reply that you have in hand still waits; no second one is made.",
}


def _delivery_notes(trial: Trial) -> list[str]:
    """Return notes on a delivery that is not immediate, and on shadow rules."""
    modes = {one.mode for one in trial.deliveries}
    said = []
    if ReplyMode.DRAFT in modes:
        why = tr("It waits for you as a draft, because it has a word that should not leave by itself.")
        said.append(why if trial.answer.is_guarded else tr("It waits for you as a draft."))
    if ReplyMode.HOLD in modes:
        seconds = max(one.hold_seconds for one in trial.deliveries if one.mode is ReplyMode.HOLD)
        said.append(tr("It is held for {n} s, in which you can stop it.", n=seconds))
    return said + [tr("“{rule}” would match as well, and only looks on.", rule=name) for name in trial.shadows]


def consequences_text(trial: Trial) -> str:
    """Return notes on what follows besides texts, or instead of them."""
    answer, said = trial.answer, _delivery_notes(trial)
    if answer.rule is None or trial.outcome is Outcome.LEFT_OPEN:
        said.append(tr("No rule answers; the message waits for a person."))
    for kind, is_done in (
        (ActionKind.SILENT, answer.silent),
        (ActionKind.TRANSFER, answer.transfer),
        (ActionKind.TAKE_OVER, answer.take_over),
    ):
        said += [action_text(Action(kind))] if is_done else []
    if answer.aside is not None and ReplyMode.DRAFT not in {one.mode for one in trial.deliveries}:
        said.append(_status_text(answer.aside, after=bool(answer.contents)))
    said += [action_text(effect.action) for effect in answer.effects]
    return "\n".join(said)


def _status_text(aside: StatusChange, *, after: bool) -> str:
    if aside.minutes:
        snoozed = tr("The conversation is snoozed for {span}.", span=snooze_span(aside.minutes))
        return tr("Once that has been sent: {what}", what=snoozed) if after else snoozed
    resolved = tr("The conversation is resolved.")
    return tr("Once that has been sent: {what}", what=resolved) if after else resolved


def cost_of_trial(trial: Trial) -> str:
    """Return the size of the texts and the number of replies they take, in words."""
    sizes = " + ".join(number_text(size) for size in trial.sizes if size)
    return cost_text(len(trial.contents), sizes) if trial.contents else ""


def contact_facts_text(known: ConversationContext, operator: Presence, rules: Sequence[Rule], now: datetime) -> str:
    """Describe a conversation, its contact and history, and the operator's presence."""
    name = name_of(known.conversation.contact)
    at_desk = tr("somebody is at the desk") if operator is Presence.PRESENT else tr("nobody is at the desk")
    facts = tr("; ").join((*_history_facts(known, rules, now), *_state_facts(known, now), at_desk))
    return tr("From the conversation with {name}: {facts}", name=name, facts=facts)


def _history_facts(known: ConversationContext, rules: Sequence[Rule], now: datetime) -> Iterator[str]:
    contact, history = known.conversation.contact, known.history
    last, spoke = history.last_written_at, last_rule(known, rules)
    yield tr("tags {tags}", tags=tr(", ").join(contact.tags)) if contact.tags else tr("no tags")
    if last is None:
        yield tr("never wrote before")
    else:
        yield tr("last wrote {span} ago", span=span_text(now - last))
        yield tr("this is message no. {n} since a person answered", n=history.message_no)
    if spoke is not None:
        yield tr("“{rule}” spoke last, {span} ago", rule=shortened(spoke[0].name), span=span_text(now - spoke[1]))
    if known.conversation.session_from:
        yield tr("came from {source}", source=shortened(known.conversation.session_from))


def _state_facts(known: ConversationContext, now: datetime) -> Iterator[str]:
    conversation = known.conversation
    waits = max(known.promised, len(known.waiting))
    if waits:
        yield ntr("{n} reply waits to be sent", "{n} replies wait to be sent", waits)
    yield _left(known, now)
    if conversation.mode is not None:
        yield tr("set for this conversation: {mode}", mode=mode_text(conversation.mode))
    if is_taken_over(conversation, now):
        until = conversation.taken_over_until
        yield tr("taken over until {time}", time=clock_time(until)) if until else tr("taken over until handed back")
    if conversation.contact.blocked:
        yield tr("blocked")
    if conversation.transfer_armed:
        yield tr("goes to WeChat's own tool with the next message")
    if in_tool(conversation, now) and conversation.transferred_until is not None:
        yield tr("in WeChat's own tool until {time}", time=clock_time(conversation.transferred_until))


def _left(known: ConversationContext, now: datetime) -> str:
    window = known.conversation.window
    left, until = quota.replies_left(window, now), window.until
    if not left or until is None:
        return tr("no reply was allowed any more")
    span = span_text(until - now)
    return ntr("{n} reply was allowed, for {span}", "{n} replies were allowed, for {span}", left, span=span)
