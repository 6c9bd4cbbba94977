"""The rules at work: loaded, changed, and asked for an answer.

A rule is validated before it is stored. One that is stored and cannot be used any more (a newer program may
know better) is left out and reported, and the others go on.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Container, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from wxdesk.core.errors import BadRule, BadRulesFile, BadTemplate, Phrase, Text
from wxdesk.core.events import Event, RulesChanged, TroubleRaised
from wxdesk.core.model.rule import ActionKind, Reference, Rule
from wxdesk.core.rules.faults import ReferenceCheck, RuleFault, find_faults
from wxdesk.core.rules.matching.matcher import MatchTools, Ruleset
from wxdesk.core.rules.pairing import DeletedRule, deleted_from
from wxdesk.core.rules.rule_names import RuleNames
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.answers.answer import Answer, RuleContext
from wxdesk.desk.answers.builder import AnswerBuilder
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.ports import Clock
from wxdesk.desk.rules.file.reading import RulesFile, read_rules
from wxdesk.desk.rules.patterns import compile_pattern, literal_prefilter
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.emoticons import normaliser, read_emoticons
from wxdesk.i18n import explanation
from wxdesk.store.pictures import PictureBytes
from wxdesk.store.rules.rules import Rules

_DIGEST = re.compile(r"[0-9a-f]{64}")


class RuleValidator:
    """Finds faults in rules; without `pictures`, it takes theirs on trust."""

    def __init__(
        self, renderer: LiquidRenderer, calendars: Calendars, templates: TemplateLookup, pictures: PictureBytes | None
    ) -> None:
        self._renderer = renderer
        self._calendars = calendars
        self._pictures = pictures
        self._against = ReferenceCheck(templates.reason_against, pictures.holds if pictures else lambda _: True)

    async def look_for_pictures(self, rules: Iterable[Rule]) -> None:
        """Find out which pictures of these rules are kept, before they are judged."""
        if self._pictures:
            await self._pictures.look_for(pictures_of(rules))

    def fault_in(self, rule: Rule) -> RuleFault | None:
        """Return the first fault, or None."""
        return next(self.faults_in(rule), None)

    async def read(self, text: str, file_name: str) -> RulesFile:
        """Read and validate a rules file that is to replace all rules, in a thread.

        Raises:
            BadRulesFile: it has mistakes, or no rule at all: a file that was cut off or never written would remove
                all rules without notice.
        """
        if self._pictures:
            await self._pictures.look_for(_DIGEST.findall(text))
        read = await asyncio.to_thread(read_rules, text, file_name, self.faults_in)
        if not read.rules:
            raise BadRulesFile(
                file=file_name,
                line=1,
                reason="This file has no [[rules]]; it would remove all the rules that there are.",
            )
        return read

    def faults_in(self, rule: Rule, calendars: Container[Reference] | None = None) -> Iterator[RuleFault]:
        """Yield all faults; `calendars` replace the stored."""
        known = self._calendars.schedules if calendars is None else calendars
        return find_faults(rule, compile_pattern, self._renderer.mistakes, known, self._against)


def pictures_of(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the digests of the pictures that rules name."""
    contents = [action.content for rule in rules for action in rule.then]
    return frozenset({picture for one in contents for picture in (one.picture, one.thumb_picture) if picture})


log = logging.getLogger(__name__)

AT_ONCE = 500
"""Most rules that are prepared in the event loop, within a tenth of a second."""

KEPT_WHOLE = 20
"""Most asked rules whose verdicts are all stored; beyond, only those that matched."""


async def _nothing_waits() -> None:
    return


class Rulebook:
    """The list of rules, and the answers that follow from it.

    Call `load` before anything else, and again when another desk changed the rules or the accounts'
    time zone is another. `calendars` have the business hours that rules ask for and the time zone of `{{ time }}` and
    `{{ date }}` for accounts without one, `templates` those that rules send; `pictures` are the kept ones; `follow`
    re-applies changed rules to pending replies; `guarded` are the words that keep a reply as a draft. `judge`
    validates rules, `builder` builds the answer of those that matched, `stored` are all rules as last loaded,
    `ruleset` those that are asked now, `transfers` tells if an active one hands contacts over to WeChat's own tool,
    and `left_out` has the reason why a stored one cannot be used, by id.
    """

    def __init__(  # noqa: PLR0913 - what it answers from, each by its name
        self,
        rules: Rules,
        calendars: Calendars,
        renderer: LiquidRenderer,
        clock: Clock,
        publish: Callable[[Event], None],
        templates: TemplateLookup | None = None,
        follow: Callable[[], Awaitable[None]] = _nothing_waits,
        pictures: PictureBytes | None = None,
        guarded: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._rules = rules
        self.templates = templates or TemplateLookup()
        self._follow = follow
        self.judge = RuleValidator(renderer, calendars, self.templates, pictures)
        self.calendars = calendars
        self._clock = clock
        self._publish = publish
        self._tools = MatchTools(compile_pattern, normaliser(read_emoticons()), literal_prefilter)
        self.builder = AnswerBuilder(renderer, calendars, self.templates, guarded)
        self.stored: tuple[Rule, ...] = ()
        self._sound: tuple[Rule, ...] = ()
        self.transfers = False
        self.ruleset = Ruleset((), self._tools)
        self.left_out: Mapping[int, Text] = MappingProxyType({})
        self._troubled: set[str] = set()
        self._removed: dict[int, DeletedRule] = {}
        self.rule_names = RuleNames(())
        self._loading = asyncio.Lock()

    async def load(self, *, record: bool = True) -> None:
        """Load rules and calendars; publish trouble for those that cannot be used.

        The list in force is recorded by the process that decides with it.

        Very many rules are prepared in a thread, so that no acknowledgement waits for them.
        """
        async with self._loading:
            await self.calendars.load()
            await self.templates.load()
            rules = await self._rules.all()
            await self.judge.look_for_pictures(rules)
            self.rule_names = RuleNames(rules, await self._rules.deleted_names())
            ready = self._ready(rules) if len(rules) <= AT_ONCE else await asyncio.to_thread(self._ready, rules)
            self.stored = tuple(rules)
            self._sound, self.ruleset, self.left_out = ready
            self.transfers = any(
                action.kind is ActionKind.TRANSFER for rule in self._sound if rule.enabled for action in rule.then
            )
            if record:
                await self._rules.record_order(self.ruleset.revisions, self._clock())
            self._publish_troubles({rule.id: rule.name for rule in rules})

    def _ready(self, rules: Sequence[Rule]) -> tuple[tuple[Rule, ...], Ruleset, dict[int, Text]]:
        """Return the usable rules, their prepared ruleset, and the faults of the others."""
        known = {rule.id: rule for rule in self._sound}
        sound: list[Rule] = []
        left_out: dict[int, Text] = {}
        for rule in rules:
            unchanged = known.get(rule.id) == rule and not _names_others(rule)
            fault = None if unchanged or not rule.enabled else self.judge.fault_in(rule)
            if fault is None:
                sound.append(rule)
            else:
                left_out[rule.id] = explanation(_error(rule, fault)) if fault.template_line else fault.reason
        ruleset = self._made_of(sound)
        ruleset.prepare()
        return tuple(sound), ruleset, left_out

    @property
    def has_rules(self) -> bool:
        """Tell if any rule is switched on and usable."""
        return bool(self.ruleset.revisions)

    async def all(self) -> list[Rule]:
        """Return all rules in order as last loaded, switched-off ones included."""
        return list(self.stored)

    async def revisions(self, rule_id: int) -> list[Rule]:
        """Return all saved revisions of a rule, also a deleted one, the newest first."""
        return await self._rules.revisions(rule_id)

    async def save(self, rule: Rule) -> Rule:
        """Store `rule`; return it with its id, or raise `BadRule` or `BadTemplate`."""
        await self.judge.look_for_pictures([rule])
        fault = self.judge.fault_in(rule)
        if fault is not None:
            raise _error(rule, fault)
        saved = await self._rules.save(self.templates.names.bound(rule), self._clock())
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
        removed = deleted_from(self.stored, rule_id)
        await self._rules.delete(rule_id)
        if removed is not None:
            self._removed[rule_id] = removed
        await self.changed()

    async def put_back(self, rule: Rule) -> None:
        """Undo the deletion of `rule`."""
        await self._rules.put_back(self._removed.get(rule.id) or DeletedRule(rule))
        await self.changed()

    def named(self, rule: Rule) -> Rule:
        """Return the rule with all that it refers to by name, as people and files have it."""
        return self.calendars.stored.named(self.rule_names.named(self.templates.names.named(rule)))

    def answer(self, context: RuleContext) -> Answer:
        """Answer by the rules of now in a context that may be long past.

        Changes nothing, and a template that fails is an answer too.
        """
        matching = self.ruleset.decide(context.subject)
        whole = matching.rules_asked <= KEPT_WHOLE
        verdicts = self.ruleset.all_verdicts(context.message.type, matching) if whole else matching.verdicts
        return self.builder.answer(matching, verdicts, context)

    def ruleset_with(self, rule: Rule) -> Ruleset:
        """Return the rules with `rule` in place of its stored version, or added (id 0).

        Raises:
            BadRule: it has a fault other than in a template.
        """
        return self._made_of(_with_rule(self._sound, rule))

    def _made_of(self, rules: Sequence[Rule]) -> Ruleset:
        return Ruleset(rules, self._tools, self.calendars.schedules, self.ruleset, self.rule_names.all)

    async def changed(self) -> None:
        """Load the changed rules, and publish the change."""
        await self.load()
        await self._follow()
        self._publish(RulesChanged())

    def _publish_troubles(self, names: Mapping[int, str]) -> None:
        troubles = {TroubleArea.RULE.key(rule_id): (names[rule_id], why) for rule_id, why in self.left_out.items()}
        for key in sorted(self._troubled - troubles.keys()):
            self._publish(TroubleRaised(key, ""))
        for key, (name, why) in troubles.items():
            log.warning("A stored rule cannot be used: %s", key)
            self._publish(TroubleRaised(key, Phrase("Rule “{name}” is left out: {why}", name=name, why=why)))
        self._troubled = set(troubles)


def _names_others(rule: Rule) -> bool:
    """Return True if calendars or templates that go away can make the rule invalid."""
    return rule.when.has_references or any(action.kind is ActionKind.TEMPLATE for action in rule.then)


def _with_rule(rules: Sequence[Rule], rule: Rule) -> list[Rule]:
    others = [other for other in rules if other.id != rule.id]
    at = sum(other.position < rule.position for other in others) if rule.id else rule.place_in(others)
    return [*others[:at], rule, *others[at:]]


def _error(rule: Rule, fault: RuleFault) -> BadRule | BadTemplate:
    if fault.template_line:
        return BadTemplate(fault.template_line, fault.reason)
    return BadRule(name=rule.name, reason=fault.reason)
