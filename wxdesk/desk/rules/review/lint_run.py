"""Lints the whole list of rules and finds unmatched messages, for “Check”."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.errors import ReplyTooLong
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.reply import Content
from wxdesk.core.model.rule import Reference, Rule
from wxdesk.core.rules.conditions.facts import ContactHistory
from wxdesk.core.rules.faults import RuleFault
from wxdesk.core.rules.lint.checks import UNUSED_AFTER, findings, lives_on_media_id, patterns_in
from wxdesk.core.rules.lint.clustering import MessageGroup, grouped
from wxdesk.core.rules.lint.findings import LintContext, LintFinding, MediaOwner
from wxdesk.core.rules.past_messages import PastMessage
from wxdesk.core.templates import Template
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.answers.splitting import message_parts
from wxdesk.desk.ports import Clock
from wxdesk.desk.rules.patterns import finds_every_text
from wxdesk.desk.rules.review.unset_variables import never_set_variables
from wxdesk.desk.rules.rulebook import Rulebook
from wxdesk.store import Store

UNMATCHED_FOR = timedelta(days=30)
"""Age of the oldest unmatched messages that are looked for."""

UNMATCHED_MOST = 5000
"""Most unmatched messages, the newest."""


class RulesReview(Struct, frozen=True):
    """Lint findings about the rules, and the messages that they leave unmatched."""

    rulebook: Rulebook
    store: Store
    accounts: Mapping[str, Account]
    clock: Clock

    async def findings(self) -> list[LintFinding]:
        """Return all lint findings about the stored rules, computed in a thread."""
        rules = await self.rulebook.all()
        hits = await self.store.decision_history.hits(self.clock() - UNUSED_AFTER)
        stored = self.rulebook.templates.used_by(rules)
        media_since = await self._media_since(rules, stored)
        return await asyncio.to_thread(self._findings, rules, stored, media_since, hits or None)

    def _findings(
        self,
        rules: Sequence[Rule],
        stored: Mapping[Reference, Template],
        media_since: Mapping[MediaOwner, datetime],
        hits: Mapping[int, int] | None,
    ) -> list[LintFinding]:
        now, calendars = self.clock(), self.rulebook.calendars
        schedules = {one.name: calendars.schedules[one.id] for one in calendars.all}
        around = LintContext(
            now,
            self._faults(rules),
            closed=frozenset(n for n, one in schedules.items() if not one.is_open(now) and one.next_open(now) is None),
            always_open=frozenset(
                n for n, one in schedules.items() if one.is_open(now) and one.next_close(now) is None
            ),
            media_since=media_since,
            everywhere=frozenset(filter(finds_every_text, patterns_in(rules))),
            never_set_variables=never_set_variables(rules, stored, LiquidRenderer(), has_hours=bool(schedules)),
            messages_of=_messages_of,
            hits=hits,
            reserve=min((account.reserve for account in self.accounts.values()), default=0),
            stored=stored,
            accounts=tuple(self.accounts),
        )
        named = [calendars.stored.named(self.rulebook.rule_names.named(rule)) for rule in rules]
        return findings(named, self.rulebook.ruleset.tools.normaliser, around)

    async def _media_since(
        self, rules: Sequence[Rule], stored: Mapping[Reference, Template]
    ) -> dict[MediaOwner, datetime]:
        found: dict[MediaOwner, datetime] = {}
        for rule in rules:
            named = _media_in(rule)
            if named:
                revisions = await self.rulebook.revisions(rule.id)
                found |= _unchanged_since(
                    ("rule", rule.id), [(one.updated_at, _media_in(one) == named) for one in revisions]
                )
        for template in stored.values():
            if lives_on_media_id(template.content):
                history = await self.rulebook.templates.revisions(template.id)
                same = [(one.updated_at, _ids(one.content) == _ids(template.content)) for one in history]
                found |= _unchanged_since(("template", template.id), same)
        return found

    def _faults(self, rules: Sequence[Rule]) -> dict[int, RuleFault]:
        left_out = [rule for rule in rules if rule.enabled and rule.id not in self.rulebook.ruleset.by_id]
        found = {rule.id: self.rulebook.judge.fault_in(rule) for rule in left_out}
        return {rule_id: fault for rule_id, fault in found.items() if fault is not None}

    async def unmatched(self) -> list[MessageGroup]:
        """Group recent messages that no rule answered then, nor would now, by likeness.

        Today's rules are asked about each message as it stood then: contact, time and history. Whether an operator
        was present is not known any more, so a rule that asks for that answers a message only together with another
        one that answers it otherwise. Tags are today's, and how often a rule answered the whole account within a
        minute is not counted.
        """
        messages = await self.store.message_history.unmatched(self.clock() - UNMATCHED_FOR, UNMATCHED_MOST)
        histories = await self.store.message_history.histories_when_written(messages, self.rulebook.ruleset.wanted)
        ids = {message.conversation_id for message in messages}
        conversations = await self.store.message_history.conversations_by_id(ids)
        asked = [(one, self._context(one, conversations[one.conversation_id], histories[one.id])) for one in messages]
        return await asyncio.to_thread(self._grouped, asked)

    def _context(self, asked: PastMessage, conversation: Conversation, history: ContactHistory) -> RuleContext:
        account = self.accounts.get(conversation.account) or Account(conversation.account, "", "")
        return RuleContext(asked.message, conversation, account, asked.at, history)

    def _grouped(self, asked: Sequence[tuple[PastMessage, RuleContext]]) -> list[MessageGroup]:
        left = [message for message, context in asked if not self._is_answered(context)]
        return grouped(left, self.rulebook.ruleset.tools.normaliser)

    def _is_answered(self, context: RuleContext) -> bool:
        present = self.rulebook.ruleset.presences
        return all(self._has_answer(replace(context, operator=operator)) for operator in present)

    def _has_answer(self, context: RuleContext) -> bool:
        answer = self.rulebook.answer(context)
        return answer.rule is not None and not answer.rule.answers_nothing and not answer.problem


def _messages_of(text: str) -> int:
    try:
        return max(1, len(message_parts(text)))
    except ReplyTooLong:  # a fault, which is told by itself
        return 1


def _ids(content: Content) -> tuple[str, str]:
    return content.media_id, content.thumb_media_id


def _media_in(rule: Rule) -> list[tuple[str, str]]:
    return [_ids(action.content) for action in rule.then if lives_on_media_id(action.content)]


def _unchanged_since(of: MediaOwner, revisions: Sequence[tuple[datetime | None, bool]]) -> dict[MediaOwner, datetime]:
    """Return the time of the oldest of the latest revisions that are equal."""
    times = [at for at, _ in takewhile(lambda one: one[1], revisions) if at is not None]
    return {of: times[-1]} if times else {}
