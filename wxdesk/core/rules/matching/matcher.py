"""Ruleset: decides by rules about a message, and keeps the verdict of each rule.

Pure: a `Ruleset` is built once from the operator's list and answers any number of messages. The regex
engine is handed in, so that this module needs no library for it.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from operator import attrgetter
from types import MappingProxyType

from msgspec import Struct, field

from wxdesk.core.errors import BadRule
from wxdesk.core.model.decision import RuleVerdict, Verdict
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import SIDE_ACTIONS, ActionKind, Delivery, Reference, Rule
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.business_hours import Schedule
from wxdesk.core.rules.conditions.facts import MatchInput
from wxdesk.core.rules.conditions.kind import Clue, ConditionTest, MatchState, TestTools
from wxdesk.core.rules.conditions.table import first_refusal, named_events, presences, required_history, tests_of
from wxdesk.core.rules.faults import find_faults
from wxdesk.core.rules.matching.candidates import Candidates
from wxdesk.core.rules.patterns import CompilePattern, FilterPatterns, no_filter
from wxdesk.core.rules.rule_names import RuleNames


class MatchedRule(Struct, frozen=True):
    """A matching rule, with its patterns' named groups in the contact's spelling."""

    rule: Rule
    groups: Mapping[str, str]


class MatchResult(Struct, frozen=True):
    """The outcome of one walk down the list.

    `matched` has more than one rule only where an earlier one continues. `heard` are the verdicts worth
    keeping, each with its rule's place in the list: of rules that matched (in the shadow as well), or that
    found something and then failed. All other of the `rules_asked` refused as they always do (`Ruleset.all_verdicts`).
    `rules_left` counts the enabled ones below that were not asked.
    """

    matched: tuple[MatchedRule, ...] = ()
    heard: tuple[tuple[int, RuleVerdict], ...] = ()
    rules_asked: int = 0
    rules_left: int = 0

    @property
    def verdicts(self) -> tuple[RuleVerdict, ...]:
        """The verdicts worth keeping, in order."""
        return tuple(verdict for _, verdict in self.heard)

    @property
    def ended(self) -> bool:
        """True if the last rule asked ended the walk, before the end of the list."""
        return bool(self.matched) and not self.matched[-1].rule.continues

    @property
    def rule(self) -> Rule | None:
        """The last rule that answered, else the one that ended the walk, or None."""
        for one in reversed(self.matched):
            if answers(one.rule):
                return one.rule
        return self.matched[-1].rule if self.ended else None

    def first_with(self, kind: ActionKind) -> Rule | None:
        """Return the first rule that matched and has an action of this kind."""
        rules = (one.rule for one in self.matched)
        return next((rule for rule in rules if any(action.kind is kind for action in rule.then)), None)


type MessageFilter = Callable[[MessageType, str, str | None], bool]
"""Asked about the kind, the text and `session_from` of a message."""

_NO_GROUPS: Mapping[str, str] = MappingProxyType({})


def answers(rule: Rule) -> bool:
    """True if `rule` does more than tag or notify, so that no default follows it."""
    return any(action.kind not in SIDE_ACTIONS for action in rule.then)


class MatchTools(Struct, frozen=True):
    """Tools to prepare rules; with `filter_patterns` many patterns are fast."""

    compile_pattern: CompilePattern
    normaliser: Normaliser
    filter_patterns: FilterPatterns = no_filter


class Ruleset:
    """The operator's rules, ready to be asked.

    They are walked from top to bottom; the first that matches ends the walk unless it `continues`. Disabled
    rules are left out. A default rule matches messages that no rule above it answered; rules that only tag do
    not count as an answer. A rule in the shadow is asked like any other, and then it is as if it were not
    there.

    `calendars` are those that rules refer to, `others` the names of rules outside the list. Rules unchanged from a
    ruleset `before` are not prepared once more. `wanted` and `events` tell what the rules look at beside the
    message, `presences` those between which they tell a difference: one, if none of them asks for it.

    Raises:
        BadRule: an enabled rule has a fault (see `core.rules.faults`).
    """

    def __init__(
        self,
        rules: Sequence[Rule],
        tools: MatchTools,
        calendars: Mapping[Reference, Schedule] = MappingProxyType({}),
        before: "Ruleset | None" = None,
        others: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self.tools = tools
        making = TestTools(tools.compile_pattern, tools.normaliser, calendars, RuleNames(rules, others))
        enabled = [rule for rule in rules if rule.enabled]
        self.wanted = required_history(enabled, making.rules)
        self.events = named_events(enabled)
        self.presences = presences(enabled)
        known = before.by_id if before is not None and before.tools == tools else {}
        self._rules = tuple(_ready(rule, making, known.get(rule.id)) for rule in enabled)
        self._off = tuple(_switched_off(rules))

    def __len__(self) -> int:
        return len(self._rules)

    @property
    def revisions(self) -> tuple[tuple[int, int], ...]:
        """Id and revision of each rule, in the order in which they are asked."""
        return tuple((ready.rule.id, ready.rule.revision) for ready in self._rules)

    def decide(self, subject: MatchInput) -> MatchResult:
        """Ask the rules about `subject`, but only the candidates."""
        facts = self._facts(subject)
        return self._walk(facts, self._candidates.of(subject.type, facts.cased, facts.folded, subject.session_from))

    def ask_all(self, subject: MatchInput) -> MatchResult:
        """Decide with the verdicts of all conditions, also after a failure, for display."""
        return self._walk(self._facts(subject), range(len(self._rules)), whole=True)

    def all_verdicts(self, kind: MessageType, matching: MatchResult) -> tuple[RuleVerdict, ...]:
        """Return the verdict of every rule asked about such a message, in order."""
        heard = dict(matching.heard)
        asked = self._rules[: matching.rules_asked]
        return tuple(heard[place] if place in heard else ready.refusal(kind) for place, ready in enumerate(asked))

    def with_switched_off(self, verdicts: Sequence[RuleVerdict], matching: MatchResult) -> tuple[RuleVerdict, ...]:
        """Return the verdicts of a walk, with refusals of the disabled rules it passed."""
        reached = matching.rules_asked - matching.ended
        said: list[RuleVerdict] = []
        above = 0
        for place, off in self._off:
            if place <= reached:
                said += (*verdicts[above:place], off)
                above = place
        return (*said, *verdicts[above:])

    def message_filter(self, ids: Collection[int]) -> MessageFilter:
        """Return a quick test whether any of these rules could match; a no is certain."""
        index = self._index([ready for ready in self._rules if ready.rule.id in ids])
        forms = self.tools.normaliser.forms

        def could_match(kind: MessageType, text: str, session_from: str | None) -> bool:
            return bool(index.of(kind, *forms(text), session_from))

        return could_match

    def prepare(self) -> None:
        """Build the index before the first decision; very many rules take a second."""
        self._candidates  # noqa: B018

    @cached_property
    def _candidates(self) -> Candidates:
        return self._index(self._rules)

    @cached_property
    def by_id(self) -> "Mapping[int, _ReadyRule]":
        """The prepared rules, for a later ruleset."""
        return {ready.rule.id: ready for ready in self._rules}

    def _index(self, rules: "Iterable[_ReadyRule]") -> Candidates:
        return Candidates([(ready.clue, ready.rule.on) for ready in rules], self.tools.filter_patterns)

    def _facts(self, subject: MatchInput) -> MatchState:
        return MatchState(subject, *self.tools.normaliser.forms(subject.text))

    def _walk(self, facts: MatchState, places: Iterable[int], *, whole: bool = False) -> MatchResult:
        matched: list[MatchedRule] = []
        heard: list[tuple[int, RuleVerdict]] = []
        asked = len(self._rules)
        for place in places:
            ready = self._rules[place]
            said = ready.ask_all(facts) if whole else ready.ask(facts)
            if said is None:
                continue
            heard.append((place, said))
            if not said.matched or said.shadow:
                continue
            groups = MappingProxyType(dict(facts.groups)) if facts.groups else _NO_GROUPS
            matched.append(MatchedRule(ready.rule, groups))
            if not ready.rule.continues:
                asked = place + 1
                break
            facts.answered = facts.answered or answers(ready.rule)
        return MatchResult(tuple(matched), tuple(heard), asked, len(self._rules) - asked)


class _ReadyRule(Struct, frozen=True):
    """A rule with its tests in the order of asking, `on` before all others."""

    rule: Rule
    tests: tuple[ConditionTest, ...]
    on: Mapping[MessageType, Verdict]
    refusals: dict[MessageType, RuleVerdict] = field(default_factory=dict)

    @property
    def clue(self) -> Clue | None:
        """Requirement on a message that makes asking worth while; None: uncertain."""
        return self.tests[0].clue if self.tests else None

    def ask(self, facts: MatchState) -> RuleVerdict | None:
        """Return the verdicts up to the first failure; None for the rule's `refusal`."""
        facts.groups.clear()
        verdicts = [self.on[facts.subject.type]]
        if not verdicts[0].ok:
            return None
        for test in self.tests:
            verdict = test.ask(facts)
            verdicts.append(verdict)
            if not verdict.ok:
                certain = len(verdicts) == 2 and verdict is test.refusal
                return None if certain else self._verdict(verdicts, matched=False)
        return self._verdict(verdicts, matched=True)

    def ask_all(self, facts: MatchState) -> RuleVerdict:
        """Return all verdicts; for another kind of message that of `on` alone."""
        facts.groups.clear()
        on = self.on[facts.subject.type]
        verdicts = [on, *(test.ask(facts) for test in self.tests if on.ok)]
        return self._verdict(verdicts, matched=all(one.ok for one in verdicts))

    def refusal(self, kind: MessageType) -> RuleVerdict:
        """Return the shared verdict for messages without the rule's clue."""
        known = self.refusals.get(kind)
        if known is None:
            on = self.on[kind]
            verdicts = [on, self.tests[0].refusal] if on.ok else [on]
            known = self.refusals[kind] = self._verdict(verdicts, matched=False)
        return known

    def _verdict(self, verdicts: list[Verdict], *, matched: bool) -> RuleVerdict:
        rule = self.rule
        shadow = matched and rule.delivery is Delivery.SHADOW
        return RuleVerdict(rule.id, rule.name, rule.revision, matched, tuple(verdicts), shadow)


def refusal_of(rule: Rule, kind: MessageType) -> RuleVerdict:
    """Return the verdict of `rule` on messages in which its first test finds nothing."""
    on = _on(rule)[kind]
    verdicts = (on, first_refusal(rule)) if on.ok else (on,)
    return RuleVerdict(rule.id, rule.name, rule.revision, matched=False, verdicts=verdicts)


def _switched_off(rules: Sequence[Rule]) -> Iterator[tuple[int, RuleVerdict]]:
    """Yield each disabled rule's verdict, with the number of enabled ones above it."""
    above = 0
    for rule in rules:
        if rule.enabled:
            above += 1
        else:
            refusal = (Verdict("enabled", ok=False),)
            yield above, RuleVerdict(rule.id, rule.name, rule.revision, matched=False, verdicts=refusal)


def _on(rule: Rule) -> Mapping[MessageType, Verdict]:
    names = tuple(sorted(kind.value for kind in rule.on))
    return {kind: Verdict("on", kind in rule.on, names, kind.value if kind in rule.on else "") for kind in MessageType}


def _ready(rule: Rule, tools: TestTools, before: _ReadyRule | None) -> _ReadyRule:
    if before is not None and _asks_the_same(before.rule, rule):
        return before if before.rule == rule else _ReadyRule(rule, before.tests, before.on)
    fault = next(find_faults(rule, tools.compile_pattern, calendars=tools.calendars), None)
    if fault is not None:
        raise BadRule(name=rule.name, reason=fault.reason)
    return _ReadyRule(rule, tests_of(rule, tools), _on(rule))


def _asks_the_same(one: Rule, other: Rule) -> bool:
    """True if both rules have the same tests, which refer to nothing that changes."""
    return _TESTED(one) == _TESTED(other) and not one.when.has_references


_TESTED = attrgetter("id", "on", "when", "default", "cooldown")
