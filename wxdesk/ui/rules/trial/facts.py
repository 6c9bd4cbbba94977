"""Values of the trial's fields, and their differences from a stored conversation.

Only values that the operator changed are supposed; all others are the stored ones, to the second.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta

from wxdesk.core.conversations.transfer import in_tool
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.rule import Presence, Rule
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.core.rules.resolution import ConversationContext
from wxdesk.core.wechat import quota
from wxdesk.desk.rules.trial.scenario import TrialScenario
from wxdesk.i18n import ntr, tr
from wxdesk.ui.rules.text import shortened
from wxdesk.ui.widgets.fields.words_dialog import split_words
from wxdesk.ui.wording.messages import clock_time, mode_text, name_of, span_text

MOST_DAYS = 3650
MOST_MESSAGES = 999
MOST_MINUTES = 9999


@dataclass(frozen=True, slots=True)
class TrialFacts:
    """Values of the trial's fields; by default those of a new, unanswered customer.

    wrote: True if the contact has written before, `days` ago · number: number of the message since an operator
    answered · rule: name of the rule that answered last, `minutes` ago; empty for none · mode: the
    conversation's own, None for the account's · taken: True during a takeover.
    """

    wrote: bool = False
    days: int = 0
    number: int = 1
    tags: str = ""
    rule: str = ""
    minutes: int = 0
    mode: ReplyMode | None = None
    taken: bool = False
    operator: Presence = Presence.PRESENT

    def refilled(self, before: TrialFacts, now: TrialFacts) -> TrialFacts:
        """Return these values refilled with `now` instead of `before`; changed ones stay."""
        kept = {name: getattr(self, name) for name in _NAMES if getattr(self, name) != getattr(before, name)}
        return replace(now, **kept)

    def changed(self, filled: TrialFacts) -> list[str]:
        """Return the names of the fields that differ from what they were filled with."""
        return [name for name in _NAMES if getattr(self, name) != getattr(filled, name)]

    def supposed(self, filled: TrialFacts, rule_ids: Mapping[str, Sequence[int]]) -> TrialScenario:
        """Return the changed values as a scenario, with the operator's presence."""
        wrote = (self.wrote, self.days) != (filled.wrote, filled.days)
        spoke = (self.rule, self.minutes) != (filled.rule, filled.minutes)
        ago = timedelta(minutes=self.minutes)
        return TrialScenario(
            tags=tuple(split_words(self.tags)) if self.tags != filled.tags else None,
            operator=self.operator,
            first_contact=wrote and not self.wrote,
            quiet_days=self.days if wrote and self.wrote else None,
            message_no=max(self.number, 1) if self.number != filled.number else None,
            spoke=dict.fromkeys(rule_ids.get(self.rule, ()), ago) if spoke else None,
            mode=self.mode,
            inherits=self.mode is None,
            taken_over=self.taken if self.taken != filled.taken else None,
        )


_NAMES = tuple(field.name for field in fields(TrialFacts))
NEW_CUSTOMER = TrialFacts()


def facts_of(known: ConversationContext, operator: Presence, rules: Sequence[Rule], now: datetime) -> TrialFacts:
    """Return the values for a stored conversation; `rules` are those to choose from."""
    thread, history = known.conversation, known.history
    last = history.last_written_at
    spoke = last_rule(known, rules)
    return TrialFacts(
        wrote=last is not None,
        days=min(max((now - last).days, 0), MOST_DAYS) if last else 0,
        number=min(history.message_no, MOST_MESSAGES),
        tags=tr(", ").join(thread.contact.tags),
        rule=spoke[0].name if spoke else "",
        minutes=min(max((now - spoke[1]) // timedelta(minutes=1), 0), MOST_MINUTES) if spoke else 0,
        mode=thread.mode,
        taken=is_taken_over(thread, now),
        operator=operator,
    )


def last_rule(known: ConversationContext, rules: Sequence[Rule]) -> tuple[Rule, datetime] | None:
    """Return the rule that answered the contact last, and when, if it still exists."""
    said = known.history.said
    spoke = [(rule, said[rule.id]) for rule in rules if rule.id in said]
    return max(spoke, key=lambda one: one[1], default=None)


def contact_facts_text(known: ConversationContext, operator: Presence, rules: Sequence[Rule], now: datetime) -> str:
    """Describe a conversation, its contact and history, and the operator's presence."""
    name = name_of(known.conversation.contact)
    facts = tr("; ").join((*_history_facts(known, rules, now), *_state_facts(known, now), _at_desk(operator)))
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
    thread = known.conversation
    waits = max(known.promised, len(known.waiting))
    if waits:
        yield ntr("{n} reply waits to be sent", "{n} replies wait to be sent", waits)
    yield _left(thread, now)
    if thread.mode is not None:
        yield tr("set for this conversation: {mode}", mode=mode_text(thread.mode))
    if is_taken_over(thread, now):
        until = thread.taken_over_until
        yield tr("taken over until {time}", time=clock_time(until)) if until else tr("taken over until handed back")
    if thread.contact.blocked:
        yield tr("blocked")
    if thread.transfer_armed:
        yield tr("goes to WeChat's own tool with the next message")
    if in_tool(thread, now) and thread.transferred_until is not None:
        yield tr("in WeChat's own tool until {time}", time=clock_time(thread.transferred_until))


def _left(thread: Conversation, now: datetime) -> str:
    left, until = quota.replies_left(thread.window, now), thread.window.until
    if not left or until is None:
        return tr("no reply was allowed any more")
    span = span_text(until - now)
    return ntr("{n} reply was allowed, for {span}", "{n} replies were allowed, for {span}", left, span=span)


def _at_desk(operator: Presence) -> str:
    return tr("somebody is at the desk") if operator is Presence.PRESENT else tr("nobody is at the desk")
