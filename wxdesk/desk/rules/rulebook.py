"""The rules at work: loaded, changed, imported, tried, and asked for an answer.

A rule is validated before it is stored. One that is stored and cannot be used any more (a newer program may
know better) is left out and reported, and the others go on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import tzinfo
from types import MappingProxyType

from wxdesk.core.errors import BadRule, BadTemplate
from wxdesk.core.events import Event, RulesChanged, TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.rule import ActionKind, Presence, Rule
from wxdesk.core.rules.conditions.facts import NO_HISTORY, ContactHistory
from wxdesk.core.rules.deleted import DeletedRule, deleted_from
from wxdesk.core.rules.faults import RuleFault
from wxdesk.core.rules.matching.matcher import MatchResult, MatchTools, Ruleset
from wxdesk.core.rules.rule_names import RuleNames
from wxdesk.desk.answers.answer import Answer, RuleContext
from wxdesk.desk.answers.builder import AnswerBuilder
from wxdesk.desk.answers.liquid.engine import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.ports import Clock
from wxdesk.desk.rules.file.reading import RulesFile, write_rules
from wxdesk.desk.rules.patterns import compile_pattern, literal_prefilter
from wxdesk.desk.rules.trial.example import RuleExamples
from wxdesk.desk.rules.trial.outcome import Trial, trial_of
from wxdesk.desk.rules.trial.scenario import NOTHING_SUPPOSED, TrialMessage, TrialScenario
from wxdesk.desk.rules.validation import RuleValidator
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.emoticons import normaliser, read_emoticons
from wxdesk.i18n import explain, tr
from wxdesk.store.rules.rules import Rules

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Most rules that are prepared in the event loop, within a tenth of a second."""

KEPT_WHOLE = 20
"""Most asked rules whose verdicts are all stored; beyond, only those that matched."""


def _trusted(_digest: str) -> bool:
    return True


async def _nothing_waits() -> None:
    return


class Rulebook:
    """The list of rules, and the answers that follow from it.

    Call `load` before anything else, and again when another desk changed the rules. `zone` is the time zone of
    `{{ time }}` and `{{ date }}` for accounts without one, None for the machine's; `calendars` have the
    business hours that rules name, `shelf` the templates; `has_picture` knows the kept pictures; `follow`
    re-applies changed rules to pending replies. Sentences are tried as though sent to the first of the
    `accounts`. `judge` validates rules, `examples` shows the messages of one by itself, and `left_out` has the
    reason why a stored one cannot be used, by id.
    """

    def __init__(  # noqa: PLR0913 - what it answers from, each by its name
        self,
        rules: Rules,
        calendars: Calendars,
        renderer: LiquidRenderer,
        clock: Clock,
        publish: Callable[[Event], None],
        zone: tzinfo | None = None,
        shelf: TemplateLookup | None = None,
        follow: Callable[[], Awaitable[None]] = _nothing_waits,
        accounts: Mapping[str, Account] = MappingProxyType({}),
        has_picture: Callable[[str], bool] = _trusted,
    ) -> None:
        self._rules = rules
        self.shelf = shelf or TemplateLookup()
        self._follow = follow
        self._accounts = accounts
        self.judge = RuleValidator(renderer, calendars, self.shelf, has_picture)
        self._calendars = calendars
        self._clock = clock
        self._publish = publish
        self._tools = MatchTools(compile_pattern, normaliser(read_emoticons()), literal_prefilter)
        self._composer = AnswerBuilder(renderer, calendars, self.shelf, zone)
        self.examples = RuleExamples(renderer, self.shelf, self._composer, self._tools, self._occasion)
        self._stored: tuple[Rule, ...] = ()
        self._sound: tuple[Rule, ...] = ()
        self._transfers = False
        self._ruleset = Ruleset((), self._tools)
        self.left_out: Mapping[int, str] = MappingProxyType({})
        self._troubled: set[str] = set()
        self._removed: dict[int, DeletedRule] = {}
        self.rule_names = RuleNames(())
        self._loading = asyncio.Lock()

    @property
    def ruleset(self) -> Ruleset:
        """The rules as they are asked now."""
        return self._ruleset

    @property
    def calendars(self) -> Calendars:
        """The business hours that rules name."""
        return self._calendars

    @property
    def transfers(self) -> bool:
        """True if any active rule hands contacts over to WeChat's own tool."""
        return self._transfers

    async def load(self) -> None:
        """Load rules and calendars; publish trouble for those that cannot be used.

        Very many rules are prepared in a thread, so that no acknowledgement waits for them.
        """
        async with self._loading:
            await self._calendars.load()
            await self.shelf.load()
            rules = await self._rules.all()
            self.rule_names = RuleNames(rules, await self._rules.deleted_names())
            ready = self._ready(rules) if len(rules) <= AT_ONCE else await asyncio.to_thread(self._ready, rules)
            self._stored = tuple(rules)
            self._sound, self._ruleset, self.left_out = ready
            self._transfers = any(
                action.kind is ActionKind.TRANSFER for rule in self._sound if rule.enabled for action in rule.then
            )
            await self._rules.record_order(self._ruleset.revisions, self._clock())
            self._tell({rule.id: rule.name for rule in rules})

    def _ready(self, rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], Ruleset, dict[int, str]]:
        """Return the usable rules, their prepared ruleset, and the faults of the others."""
        known = {rule.id: rule for rule in self._sound}
        sound: list[Rule] = []
        left_out: dict[int, str] = {}
        for rule in rules:
            unchanged = known.get(rule.id) == rule and not _names_others(rule)
            fault = None if unchanged or not rule.enabled else self.fault_in(rule)
            if fault is None:
                sound.append(rule)
            else:
                left_out[rule.id] = explain(_error(rule, fault)) if fault.template_line else tr(fault.reason)
        ruleset = self._made_of(sound)
        ruleset.prepare()
        return tuple(sound), ruleset, left_out

    async def all(self) -> list[Rule]:
        """Return all rules in order as last loaded, switched-off ones included."""
        return list(self._stored)

    async def revisions(self, rule_id: int) -> list[Rule]:
        """Return all saved revisions of a rule, also a deleted one, the newest first."""
        return await self._rules.revisions(rule_id)

    async def save(self, rule: Rule) -> Rule:
        """Validate and store `rule`; return it with its id and revision.

        Raises:
            BadRule, BadTemplate: nothing was stored.
        """
        fault = self.fault_in(rule)
        if fault is not None:
            raise _error(rule, fault)
        saved = await self._rules.save(self.shelf.names.bound(rule), self._clock())
        await self.changed()
        return saved

    async def set_enabled(self, rule_id: int, enabled: bool) -> None:
        """Switch a rule on or off."""
        await self._rules.set_enabled(rule_id, enabled)
        await self.changed()

    async def reorder(self, ids: Sequence[int]) -> None:
        """Put the rules in this order; those not listed keep theirs at the end."""
        await self._rules.reorder(ids)
        await self.changed()

    async def delete(self, rule_id: int) -> None:
        """Delete a rule."""
        removed = deleted_from(self._stored, rule_id, self._calendars.ids)
        await self._rules.delete(rule_id)
        if removed is not None:
            self._removed[rule_id] = removed
        await self.changed()

    async def put_back(self, rule: Rule) -> None:
        """Undo the deletion of `rule`, with its references under their names of now."""
        removed = self._removed.get(rule.id) or DeletedRule(rule)
        await self._rules.put_back(removed, self._calendars.ids, self._clock())
        await self.changed()

    async def import_text(self, text: str, file_name: str) -> list[Rule]:
        """Replace all rules by those of a file, all or none; its calendars are added.

        Raises:
            BadRulesFile: nothing was changed.
        """
        return await self.take_in(await self.judge.read(text, file_name))

    async def take_in(self, read: RulesFile) -> list[Rule]:
        """Replace all rules by those of a file that has been read."""
        rules = [self.shelf.names.bound(rule) for rule in read.rules]
        kept = await self._rules.replace_all(rules, self._clock(), self._calendars.stored_with(read.calendars))
        await self.changed()
        return kept

    async def export_text(self) -> str:
        """Export all rules and calendars as a file, switched-off rules included."""
        return write_rules([self.named(rule) for rule in self._stored], self._calendars.all)

    def named(self, rule: Rule) -> Rule:
        """Return the rule with all that it refers to by name, as people and files have it."""
        return self.rule_names.named(self.shelf.names.named(rule))

    def answer(
        self,
        message: Message,
        conversation: Conversation,
        account: Account,
        history: ContactHistory = NO_HISTORY,
        operator: Presence = Presence.PRESENT,
    ) -> Answer:
        """Answer `message`; changes nothing, and a template that fails is an answer too."""
        return self.answer_on(RuleContext(message, conversation, account, self._clock(), history, operator))

    def answer_on(self, occasion: RuleContext) -> Answer:
        """Answer by the rules of now in a context that may be long past."""
        return self._answer(self._ruleset, occasion)

    def _answer(self, ruleset: Ruleset, occasion: RuleContext, *, whole: bool = False) -> Answer:
        matching = ruleset.ask_all(occasion.subject) if whole else ruleset.decide(occasion.subject)
        whole = whole or matching.asked <= KEPT_WHOLE
        verdicts = ruleset.all_verdicts(occasion.message.type, matching) if whole else matching.verdicts
        return self._composer.answer(matching, verdicts, occasion)

    def try_sentence(
        self,
        sentence: str,
        on: MessageType = MessageType.TEXT,
        session_from: str | None = None,
        alias: str = "",
        *,
        instead: Rule | None = None,
        around: TrialScenario = NOTHING_SUPPOSED,
    ) -> Trial:
        """Try the rules on `sentence` in this scenario; nothing is stored or sent.

        `instead` stands in the place of the stored rule of its id, or where a new one would be put (id 0). It is
        tried as though it were switched on; others that are not have the verdict that they are switched off.

        Raises:
            BadRule: `instead` has a fault other than in a template.
        """
        ruleset = self._ruleset if instead is None else self.ruleset_with(replace(instead, enabled=True))
        occasion = self._occasion(TrialMessage(sentence, on, session_from, alias, around))
        answer = self._answer(ruleset, occasion, whole=True)
        answer = replace(answer, verdicts=ruleset.with_switched_off(answer.verdicts, answer.matching))
        return trial_of(answer, occasion, ruleset.events, around.known)

    def _occasion(self, tried: TrialMessage) -> RuleContext:
        return tried.occasion(self._accounts, self._clock())

    def answer_for_match(self, matching: MatchResult, occasion: RuleContext) -> Answer:
        """Build the answer of rules that matched, in a context that may be long past."""
        return self._composer.answer(matching, matching.verdicts, occasion)

    def ruleset_with(self, rule: Rule) -> Ruleset:
        """Return the rules with `rule` in place of its stored version, or added (id 0).

        Raises:
            BadRule: it has a fault other than in a template.
        """
        return self._made_of(_with_rule(self._sound, rule))

    def _made_of(self, rules: Sequence[Rule]) -> Ruleset:
        return Ruleset(rules, self._tools, self._calendars.schedules, self._ruleset, self.rule_names.all)

    def fault_in(self, rule: Rule) -> RuleFault | None:
        """Return the first fault that keeps `rule` from being stored, or None."""
        return self.judge.fault_in(rule)

    async def changed(self) -> None:
        """Load the changed rules, and publish the change."""
        await self.load()
        await self._follow()
        self._publish(RulesChanged())

    def _tell(self, names: Mapping[int, str]) -> None:
        troubles = {f"rule:{rule_id}": (names[rule_id], why) for rule_id, why in self.left_out.items()}
        for key in sorted(self._troubled - troubles.keys()):
            self._publish(TroubleRaised(key, ""))
        for key, (name, why) in troubles.items():
            log.warning("A stored rule cannot be used: %s", key)
            self._publish(TroubleRaised(key, tr("Rule “{name}” is left out: {why}", name=name, why=why)))
        self._troubled = set(troubles)


def _names_others(rule: Rule) -> bool:
    """Return True if calendars or templates that go away can make the rule invalid."""
    return rule.when.has_references or any(action.kind is ActionKind.TEMPLATE for action in rule.then)


def _with_rule(rules: Sequence[Rule], rule: Rule) -> list[Rule]:
    """Return the rules with `rule` in its place."""
    others = [other for other in rules if other.id != rule.id]
    at = sum(other.position < rule.position for other in others) if rule.id else len(others)
    if not (rule.id or rule.default) and others and others[-1].default:
        at -= 1
    return [*others[:at], rule, *others[at:]]


def _error(rule: Rule, fault: RuleFault) -> BadRule | BadTemplate:
    if fault.template_line:
        return BadTemplate(fault.template_line, fault.reason)
    return BadRule(rule.name, fault.reason)
