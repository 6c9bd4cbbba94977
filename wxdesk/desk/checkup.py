"""Looks over the whole list of rules, and at what none of them answers: what the rules page shows under "Check"."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from wxdesk.core.faults import Fault
from wxdesk.core.likeness import Group, Sentence, grouped
from wxdesk.core.lint import UNUSED_AFTER, Circumstances, Finding, findings
from wxdesk.core.model import Account, Conversation
from wxdesk.core.rules import ActionKind, Rule
from wxdesk.core.subject import History
from wxdesk.core.templates import Template
from wxdesk.desk.composing import Occasion
from wxdesk.desk.looking_back import Decisions
from wxdesk.desk.past import Past, PastMessage
from wxdesk.desk.ports import Clock
from wxdesk.desk.rulebook import Rulebook

UNMATCHED_FOR = timedelta(days=30)
"""How far back sentences are looked for that nobody's rule answered."""

UNMATCHED_MOST = 5000
"""So many of them, the newest."""


@dataclass(frozen=True, slots=True)
class Checkup:
    """What is doubtful about the rules, and what they leave unanswered."""

    rulebook: Rulebook
    decisions: Decisions
    past: Past
    accounts: Mapping[str, Account]
    clock: Clock

    async def findings(self) -> list[Finding]:
        """All doubts about the stored rules, worked out beside the loop."""
        now = self.clock()
        rules = await self.rulebook.all()
        hits = await self.decisions.hits(now - UNUSED_AFTER)
        schedules = self.rulebook.calendars.schedules
        around = Circumstances(
            now,
            self._faults(rules),
            frozenset(name for name, one in schedules.items() if not one.is_open(now) and one.next_open(now) is None),
            hits or None,
            min((account.reserve for account in self.accounts.values()), default=0),
            self._stored(rules),
        )
        return await asyncio.to_thread(findings, rules, self.rulebook.ruleset.tools.normaliser, around)

    def _stored(self, rules: Sequence[Rule]) -> dict[str, Template]:
        """The stored answers that rules say, by the names that they have for them."""
        names = {action.text for rule in rules for action in rule.then if action.kind is ActionKind.TEMPLATE}
        found = {name: self.rulebook.stored_answer(name) for name in names}
        return {name: template for name, template in found.items() if template is not None}

    def _faults(self, rules: Sequence[Rule]) -> dict[int, Fault]:
        """Of the rules that are switched on and not among those that are asked."""
        left_out = [rule for rule in rules if rule.enabled and rule.id not in self.rulebook.ruleset.by_id]
        found = {rule.id: self.rulebook.fault_in(rule) for rule in left_out}
        return {rule_id: fault for rule_id, fault in found.items() if fault is not None}

    async def unmatched(self) -> list[Group]:
        """What nobody's rule answered lately, and none would today either, by likeness.

        Today's rules are asked about each sentence as it stood then: who wrote it, when, and after what. What is not
        known any more is who sat at the desk, so a rule that asks for that answers a sentence only together with
        another one that answers it otherwise.
        """
        sentences = await self.past.unmatched(self.clock() - UNMATCHED_FOR, UNMATCHED_MOST)
        histories = await self.past.histories(sentences, self.rulebook.ruleset.wanted)
        threads = await self.past.conversations({sentence.conversation_id for sentence in sentences})
        occasions = [
            self._occasion(PastMessage.of(one), threads[one.conversation_id], histories[one.message_id])
            for one in sentences
        ]
        return await asyncio.to_thread(self._grouped, list(zip(sentences, occasions, strict=True)))

    def _occasion(self, asked: PastMessage, thread: Conversation, history: History) -> Occasion:
        account = self.accounts.get(thread.account) or Account(thread.account, "", "")
        return Occasion(asked.message, thread, account, asked.at, history)

    def _grouped(self, asked: Sequence[tuple[Sentence, Occasion]]) -> list[Group]:
        left = [sentence for sentence, occasion in asked if not self._is_answered(occasion)]
        return grouped(left, self.rulebook.ruleset.tools.normaliser)

    def _is_answered(self, occasion: Occasion) -> bool:
        """Whether a present rule would have answered, whoever sat at the desk then."""
        present = self.rulebook.ruleset.presences
        return all(self._has_answer(replace(occasion, operator=operator)) for operator in present)

    def _has_answer(self, occasion: Occasion) -> bool:
        answer = self.rulebook.answer_on(occasion)
        return answer.rule is not None and not answer.rule.default and not answer.problem
