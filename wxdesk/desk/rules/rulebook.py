"""The operator's rules at work: loaded, changed, imported, tried out, and asked for an answer.

A rule is judged before it is stored. One that is stored and cannot be used any more (a newer program may know
better) is left out and reported, and the others go on.
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
from wxdesk.core.rules.deleted import Removed, removed_from
from wxdesk.core.rules.faults import Fault
from wxdesk.core.rules.matching.facts import NO_HISTORY, History
from wxdesk.core.rules.matching.matcher import Matching, Ruleset, Tools
from wxdesk.core.rules.name_binding import Bearers
from wxdesk.desk.answers.builder import Answer, Composer, Occasion
from wxdesk.desk.answers.liquid.engine import LiquidRenderer
from wxdesk.desk.answers.template_lookup import Shelf
from wxdesk.desk.ports.rules import Rules
from wxdesk.desk.ports.store import Clock
from wxdesk.desk.rules.file.reading import RulesFile, write_rules
from wxdesk.desk.rules.literal_ends import FixedWords
from wxdesk.desk.rules.patterns.engine import compile_pattern
from wxdesk.desk.rules.patterns.prefilter import PieceFilter
from wxdesk.desk.rules.trial.example import Examples
from wxdesk.desk.rules.trial.scenario import NOTHING_SUPPOSED, Supposed, Tried
from wxdesk.desk.rules.trial.trial import Trial, trial_of
from wxdesk.desk.rules.validation import Judge
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.desk.wechat.emoticons import normaliser, read_emoticons
from wxdesk.i18n import explain, tr

log = logging.getLogger(__name__)

AT_ONCE = 500
"""So many rules are made ready within a tenth of a second."""

KEPT_WHOLE = 20
"""Of so many rules asked, each one's verdict is kept with the decision; of more only those that found something."""


def _trusted(_digest: str) -> bool:
    return True


async def _nothing_waits() -> None:
    return


class Rulebook:
    """The list of rules, and the answers that follow from it.

    Call `load` before anything else, and again when another desk changed the rules. `zone` is the time zone of
    `{{ time }}` and `{{ date }}` for accounts without one, None for the machine's; `calendars` have the business hours
    that rules name, `shelf` the stored answers; `has_picture` knows the kept pictures; `follow` lets what waits follow
    other rules. Sentences are tried as though
    sent to the first of the `accounts`. `judge` tells whether a rule can be stored, `examples` what one by itself
    comes to, and `left_out` why a stored one cannot be used, by its id.
    """

    def __init__(  # noqa: PLR0913 - what it answers from, each by its name
        self,
        rules: Rules,
        calendars: Calendars,
        renderer: LiquidRenderer,
        clock: Clock,
        publish: Callable[[Event], None],
        zone: tzinfo | None = None,
        shelf: Shelf | None = None,
        follow: Callable[[], Awaitable[None]] = _nothing_waits,
        accounts: Mapping[str, Account] = MappingProxyType({}),
        has_picture: Callable[[str], bool] = _trusted,
    ) -> None:
        self._rules = rules
        self.shelf = shelf or Shelf()
        self._follow = follow
        self._accounts = accounts
        self.judge = Judge(renderer, calendars, self.shelf, has_picture)
        self._calendars = calendars
        self._clock = clock
        self._publish = publish
        self._tools = Tools(compile_pattern, normaliser(read_emoticons()), PieceFilter)
        self._composer = Composer(renderer, calendars, self.shelf, zone)
        self._fixed_words = FixedWords(self.shelf)
        self.examples = Examples(renderer, self.shelf, self._composer, self._tools, self._occasion)
        self._stored: tuple[Rule, ...] = ()
        self._sound: tuple[Rule, ...] = ()
        self._transfers = False
        self._ruleset = Ruleset((), self._tools)
        self.left_out: Mapping[int, str] = MappingProxyType({})
        self._troubled: set[str] = set()
        self._removed: dict[int, Removed] = {}
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
        """Whether any rule that is asked hands contacts over to WeChat's own tool."""
        return self._transfers

    async def load(self) -> None:
        """Take rules and calendars from the store; what cannot be used is left out and published as trouble.

        Very many rules are made ready beside the loop, so that no acknowledgement waits for them.
        """
        async with self._loading:
            await self._calendars.load()
            await self.shelf.load()
            rules = await self._rules.all()
            ready = self._ready(rules) if len(rules) <= AT_ONCE else await asyncio.to_thread(self._ready, rules)
            self._stored = tuple(rules)
            self._sound, self._ruleset, self.left_out = ready
            self._transfers = any(
                action.kind is ActionKind.TRANSFER for rule in self._sound if rule.enabled for action in rule.then
            )
            await self._rules.keep_list(self._ruleset.revisions, self._clock())
            self._tell({rule.id: rule.name for rule in rules})

    def _ready(self, rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], Ruleset, dict[int, str]]:
        """The rules that can be used, ready to be asked, and what is wrong with the others."""
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
        """All rules in order, switched-off ones included, as they were loaded last; each change loads them."""
        return list(self._stored)

    async def revisions(self, rule_id: int) -> list[Rule]:
        """All that was ever saved of a rule, the newest first; of a deleted one as well."""
        return await self._rules.revisions(rule_id)

    async def save(self, rule: Rule) -> Rule:
        """Store `rule` as it is after being judged; returns it with its id and revision.

        Raises:
            BadRule, BadTemplate: nothing was stored.
        """
        fault = self.fault_in(rule)
        if fault is not None:
            raise _error(rule, fault)
        saved = await self._rules.save(rule, self._clock())
        await self.changed()
        return saved

    async def set_enabled(self, rule_id: int, enabled: bool) -> None:
        """Switch a rule on or off."""
        await self._rules.set_enabled(rule_id, enabled)
        await self.changed()

    async def reorder(self, ids: Sequence[int]) -> None:
        """Put the rules in this order; those left out keep their order at the end."""
        await self._rules.reorder(ids)
        await self.changed()

    async def delete(self, rule_id: int) -> None:
        """Remove a rule."""
        removed = removed_from(self._stored, rule_id, self.shelf.all, self._calendars.ids)
        await self._rules.delete(rule_id)
        if removed is not None:
            self._removed[rule_id] = removed
        await self.changed()

    async def put_back(self, rule: Rule) -> None:
        """Undo the deletion of `rule`; it means whom it meant, whatever they are called by now."""
        removed = self._removed.get(rule.id) or Removed(rule, Bearers((), ()))
        await self._rules.put_back(removed, self.shelf.all, self._calendars.ids, self._clock())
        await self.changed()

    async def import_text(self, text: str, file_name: str) -> list[Rule]:
        """Replace all rules by those of a file, all of them or none; its calendars are added to those there are.

        Raises:
            BadRulesFile: nothing was changed.
        """
        return await self.take_in(await self.judge.read(text, file_name))

    async def take_in(self, read: RulesFile) -> list[Rule]:
        """Replace all rules by those of a file that has been read."""
        kept = await self._rules.replace_all(read.rules, self._clock(), self._calendars.stored_with(read.calendars))
        await self.changed()
        return kept

    async def export_text(self) -> str:
        """All rules and calendars as a file, switched-off rules included."""
        return write_rules(self._stored, self._calendars.all)

    def answer(
        self,
        message: Message,
        conversation: Conversation,
        account: Account,
        history: History = NO_HISTORY,
        operator: Presence = Presence.PRESENT,
    ) -> Answer:
        """What the rules say to `message`. Changes nothing, and a template that fails is an answer too."""
        return self.answer_on(Occasion(message, conversation, account, self._clock(), history, operator))

    def answer_on(self, occasion: Occasion) -> Answer:
        """What the present rules say on an occasion that may be long past."""
        return self._answer(self._ruleset, occasion)

    def _answer(self, ruleset: Ruleset, occasion: Occasion, *, whole: bool = False) -> Answer:
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
        around: Supposed = NOTHING_SUPPOSED,
    ) -> Trial:
        """What the rules would say to `sentence`, sent under these circumstances; nothing is stored or sent.

        `instead` stands in the place of the stored rule of its id, or where a new one would be put (id 0). It is tried
        as though it were switched on; others that are not have the verdict that they are switched off.

        Raises:
            BadRule: `instead` has a fault other than in a template.
        """
        ruleset = self._ruleset if instead is None else self.ruleset_with(replace(instead, enabled=True))
        occasion = self._occasion(Tried(sentence, on, session_from, alias, around))
        answer = self._answer(ruleset, occasion, whole=True)
        answer = replace(answer, verdicts=ruleset.with_switched_off(answer.verdicts, answer.matching))
        return trial_of(answer, occasion, ruleset.events, around.known)

    def _occasion(self, tried: Tried) -> Occasion:
        return tried.occasion(self._accounts, self._clock())

    def composed(self, matching: Matching, occasion: Occasion) -> Answer:
        """What rules that matched would say on an occasion that may be long past."""
        return self._composer.answer(matching, matching.verdicts, occasion)

    def rules_out(self, words: str, matching: Matching) -> bool:
        """Whether rules that matched would certainly not have said `words`; else what is `composed` tells."""
        return self._fixed_words.rule_out(words, matching)

    def ruleset_with(self, rule: Rule) -> Ruleset:
        """The rules with `rule` in the place of the stored one of its id, or where a new one would be put (id 0).

        Raises:
            BadRule: it has a fault other than in a template.
        """
        return self._made_of(_with_rule(self._sound, rule))

    def _made_of(self, rules: Sequence[Rule]) -> Ruleset:
        return Ruleset(rules, self._tools, self._calendars.schedules, self._ruleset)

    def fault_in(self, rule: Rule) -> Fault | None:
        """The first thing that keeps `rule` from being stored, with its place; None if it can be."""
        return self.judge.fault_in(rule)

    async def changed(self) -> None:
        """The store has other rules: take them, and tell everybody."""
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
    """Whether it can become wrong without being changed: by calendars or stored answers that go away."""
    return rule.when.names_others or any(action.kind is ActionKind.TEMPLATE for action in rule.then)


def _with_rule(rules: Sequence[Rule], rule: Rule) -> list[Rule]:
    """`rules` with `rule` in its place; who asks for it asks by the name that it has now, as once it is saved."""
    others = [other for other in rules if other.id != rule.id]
    at = sum(other.position < rule.position for other in others) if rule.id else len(others)
    if not (rule.id or rule.default) and others and others[-1].default:
        at -= 1
    placed = [*others[:at], rule, *others[at:]]
    before = next((other.name for other in rules if other.id == rule.id), rule.name)
    if before == rule.name or any(other.name == before for other in others):
        return placed
    return [replace(one, when=one.when.with_renamed_rules({before: rule.name})) for one in placed]


def _error(rule: Rule, fault: Fault) -> BadRule | BadTemplate:
    if fault.template_line:
        return BadTemplate(fault.template_line, fault.reason)
    return BadRule(rule.name, fault.reason)
