"""Describes what a trial takes over from a stored conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from wxdesk.core.conversations.transfer import in_tool
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.rule import Presence, Rule
from wxdesk.core.replies.lifecycle import is_taken_over
from wxdesk.core.wechat import quota
from wxdesk.desk.ports.store import ConversationContext
from wxdesk.i18n import ntr, tr
from wxdesk.ui.rules.text import shortened
from wxdesk.ui.rules.trial.facts import last_rule
from wxdesk.ui.wording.messages import clock_time, mode_word, name_of, span_word


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
        yield tr("last wrote {span} ago", span=span_word(now - last))
        yield tr("this is message no. {n} since a person answered", n=history.message_no)
    if spoke is not None:
        yield tr("“{rule}” spoke last, {span} ago", rule=shortened(spoke[0].name), span=span_word(now - spoke[1]))
    if known.conversation.session_from:
        yield tr("came from {source}", source=shortened(known.conversation.session_from))


def _state_facts(known: ConversationContext, now: datetime) -> Iterator[str]:
    thread = known.conversation
    waits = max(known.promised, len(known.waiting))
    if waits:
        yield ntr("{n} reply waits to be sent", "{n} replies wait to be sent", waits)
    yield _left(thread, now)
    if thread.mode is not None:
        yield tr("set for this conversation: {mode}", mode=mode_word(thread.mode))
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
    span = span_word(until - now)
    return ntr("{n} reply was allowed, for {span}", "{n} replies were allowed, for {span}", left, span=span)


def _at_desk(operator: Presence) -> str:
    return tr("somebody is at the desk") if operator is Presence.PRESENT else tr("nobody is at the desk")
