"""Lint checks of a list of valid rules: the "Check" of the rules page.

Pure. A rule that can answer is never called unreachable (`core.rules.conditions.demands` compares demands, and
knows or does not know); an unlikely one has a lower severity.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import SENDING_ACTIONS, STATUS_ACTIONS, Action, ActionKind, Cooldown, Delivery, Rule
from wxdesk.core.normalise import Normaliser
from wxdesk.core.rules.conditions.demands import Demand, Fact, WordPosition, implied, literal_words, words_of
from wxdesk.core.rules.conditions.table import demands_of, patterns_of
from wxdesk.core.rules.faults import FieldPath
from wxdesk.core.rules.lint.findings import LintCode, LintContext, LintFinding, Severity
from wxdesk.core.rules.lint.ineffective import ineffective_findings
from wxdesk.core.rules.matching.matcher import answers
from wxdesk.core.wechat.quota import AFTER_ENTERING, AFTER_MESSAGE

UNUSED_AFTER = timedelta(days=90)
"""Time without a match after which a rule is reported as unused."""

MEDIA_LASTS = timedelta(days=3)
"""Time for which WeChat keeps uploads (临时素材, "媒体文件在微信后台保存时间为3天")."""

MEDIA_SOON = timedelta(days=1)
"""Time before its end from which a media_id is reported as expiring."""


def findings(rules: Sequence[Rule], normaliser: Normaliser, around: LintContext) -> list[LintFinding]:
    """Return all findings about enabled rules, in order, the worst of each first."""
    found: defaultdict[int, list[LintFinding]] = defaultdict(list)
    enabled = [rule for rule in rules if rule.enabled]
    named = defaultdict[str, list[Rule]](list)
    for rule in rules:
        named[rule.name].append(rule)
        if rule.enabled:
            found[rule.id] += _about(rule, around)
    usable = [
        _RuleDemands(rule, demands_of(rule, normaliser, around.everywhere), normaliser)
        for rule in enabled
        if rule.id not in around.faults
    ]
    for one in usable:
        found[one.rule.id] += ineffective_findings(one.rule, one.demands, normaliser, around, named)
    for finding in chain(_overlapping(usable), _too_many_sends_together(usable, around)):
        found[finding.rule.id].append(finding)
    worst = list(Severity)
    return [one for rule in enabled for one in sorted(found[rule.id], key=lambda one: worst.index(one.doubt.severity))]


def patterns_in(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the patterns of the enabled rules."""
    conditions = (when for rule in rules if rule.enabled for when in rule.when.both)
    return frozenset(source for when in conditions for _, source in patterns_of(when))


def _about(rule: Rule, around: LintContext) -> Iterator[LintFinding]:
    fault = around.faults.get(rule.id)
    if fault is not None:
        yield LintFinding(LintCode.FAULT, rule, fault.where, fault=fault)
        return
    yield from _too_many_sends(rule, around)
    yield from _media(rule, around)
    yield from _set_aside(rule)
    if _repeats(rule):
        yield LintFinding(LintCode.REPEATS, rule, ("cooldown",))
    if around.hits is not None and not around.hits.get(rule.id) and _older(rule.updated_at, around.now, UNUSED_AFTER):
        yield LintFinding(LintCode.UNUSED, rule)


def _repeats(rule: Rule) -> bool:
    """True for a default that gives each of several messages the same answer."""
    limits, kinds = rule.cooldown, {action.kind for action in rule.then}
    limited = limits.per_contact_s or limits.per_conversation or kinds & {ActionKind.TAKE_OVER, ActionKind.TRANSFER}
    speaks = kinds & SENDING_ACTIONS and rule.delivery not in (Delivery.DRAFT, Delivery.SHADOW)
    return rule.default and bool(speaks and not limited and rule.on - {MessageType.ENTER_SESSION})


def _set_aside(rule: Rule) -> Iterator[LintFinding]:
    kinds = [action.kind for action in rule.then]
    place = next((at for at, kind in enumerate(kinds) if kind in STATUS_ACTIONS), None)
    if place is None:
        return
    where = _place_of(rule, place)
    if rule.delivery is Delivery.DRAFT:
        yield LintFinding(LintCode.NEVER_SET_ASIDE, rule, where)
    if ActionKind.NOTIFY in kinds:
        yield LintFinding(LintCode.CALL_SET_ASIDE, rule, where)
    if rule.default and kinds[place] is ActionKind.RESOLVE and SENDING_ACTIONS.isdisjoint(kinds):
        yield LintFinding(LintCode.RESOLVES_UNREAD, rule, where)


def _too_many_sends(rule: Rule, around: LintContext) -> Iterator[LintFinding]:
    sends, most = _sends(rule, around), _most_sends(rule, around.reserve)
    if len(sends) > most:
        yield LintFinding(LintCode.TOO_MANY_SENDS, rule, _place_of(rule, sends[most]), most=most, sends=len(sends))


def _sends(rule: Rule, around: LintContext) -> list[int]:
    """Return the places of its actions, one for every message they certainly make."""
    return [
        place
        for place, action in enumerate(rule.then)
        if action.kind in SENDING_ACTIONS
        for _ in range(_messages(action, around))
    ]


def _messages(action: Action, around: LintContext) -> int:
    """Return the messages of the shortest text; one with variables counts as one."""
    stored = around.stored.get(action.template) if action.kind is ActionKind.TEMPLATE else None
    texts = action.texts if action.kind is ActionKind.REPLY else ()
    if stored is not None and stored.kind is ReplyKind.TEXT:
        texts = stored.texts
    return min((1 if "{" in text else around.messages_of(text) for text in texts), default=1)


def _most_sends(rule: Rule, reserve: int) -> int:
    """Return the most replies that rules may send to any of its kinds of message."""
    # Nothing is kept back in the minute after entering (`core.wechat.quota.left_for_rules`).
    return AFTER_ENTERING[0] if rule.on == {MessageType.ENTER_SESSION} else AFTER_MESSAGE[0] - reserve


def _place_of(rule: Rule, action: int) -> FieldPath:
    return ("then", action, rule.then[action].kind.value)


def _media(rule: Rule, around: LintContext) -> Iterator[LintFinding]:
    """Find expired or expiring uploads, dated by the first revision that names each."""
    for place, action in enumerate(rule.then):
        where = _place_of(rule, place)
        if action.kind is ActionKind.TEMPLATE:
            stored = around.stored.get(action.template)
            if stored is not None and lives_on_media_id(stored.content):
                finding = LintFinding(LintCode.MEDIA_EXPIRED, rule, where, word=stored.title)
                yield from _expiring(
                    finding, around.media_since.get(("template", stored.id), stored.updated_at), around.now
                )
        elif lives_on_media_id(action.content):
            cover = (*where, "thumb_media_id") if action.kind is ActionKind.CARD else where
            since = around.media_since.get(("rule", rule.id), rule.updated_at)
            yield from _expiring(LintFinding(LintCode.MEDIA_EXPIRED, rule, cover), since, around.now)


def _expiring(finding: LintFinding, since: datetime | None, now: datetime) -> Iterator[LintFinding]:
    if _older(since, now, MEDIA_LASTS):
        yield finding
    elif _older(since, now, MEDIA_LASTS - MEDIA_SOON):
        yield replace(finding, doubt=LintCode.MEDIA_EXPIRES)


def lives_on_media_id(content: Content) -> bool:
    """True if it can be sent only as long as WeChat keeps an upload."""
    of_picture = bool(content.media_id and not content.picture)
    return of_picture or bool(content.thumb_media_id and not content.thumb_picture)


def _older(since: datetime | None, now: datetime, span: timedelta) -> bool:
    return since is not None and now - since >= span


def _too_many_sends_together(rules: "Sequence[_RuleDemands]", around: LintContext) -> Iterator[LintFinding]:
    """Find rules whose replies exceed the quota with those of continuing rules above.

    What does not fit as a whole is not sent at all, so each would silence the other.
    """
    above = _RulesByWord()
    for asked in rules:
        rule = asked.rule
        own = _sends(rule, around)
        # A default speaks only where none of those above did.
        before = [one.rule for one in above.implied_by(asked)] if own and not rule.default else []
        before = [one for one in before if rule.on <= one.on]
        sends = len(own) + sum(len(_sends(one, around)) for one in before)
        most = _most_sends(rule, around.reserve)
        if before and sends > most >= len(own):
            where = _place_of(rule, own[0])
            yield LintFinding(LintCode.TOO_MANY_SENDS, rule, where, other=before[-1], most=most, sends=sends)
        if rule.continues and own and not rule.default and asked.speaks_always:
            above.insert(asked)


def _overlapping(rules: "Sequence[_RuleDemands]") -> Iterator[LintFinding]:
    above = _RulesAbove()
    for asked in rules:
        hiding = above.hiding(asked)
        if hiding is not None:
            yield LintFinding(LintCode.UNREACHABLE, asked.rule, ("when",), other=hiding)
        else:
            yield from above.first_with_a_word_of(asked)
        above.add(asked)


class _RuleDemands(Struct, frozen=True):
    rule: Rule
    demands: tuple[Demand, ...]
    normaliser: Normaliser

    @property
    def speaks_always(self) -> bool:
        """True if it answers each time its conditions hold, without a cool-down."""
        return self.rule.delivery is not Delivery.SHADOW and self.rule.cooldown == Cooldown()

    def takes(self, position: WordPosition, word: str, demands: Sequence[Demand]) -> bool:
        """True if it answers a text with this word that fulfils `demands`, by this word."""
        by_word = [one for one in words_of(self.demands) if one.position is position and word in one.words]
        pattern = self.rule.when.regex
        literal = [Fact("regex", pattern)] if pattern and word in literal_words(pattern) else []
        others = (demand for demand in self.demands if demand.test not in (*by_word, *literal))
        return bool(by_word) and all(implied(demand, demands) for demand in others)

    def words(self) -> Iterator[tuple[FieldPath, str, str]]:
        """Yield its words with their places, as written and as compared."""
        for field in (*WordPosition, "all"):
            name = field if isinstance(field, str) else field.value
            for index, word in enumerate(getattr(self.rule.when, name)):
                yield ("when", name, index), word, self.normaliser(word)
        for word in literal_words(self.rule.when.regex):
            yield ("when", "regex"), word, word


class _RulesByWord:
    """Rules indexed by a word that they need, for ten thousand are too many for pairs."""

    def __init__(self) -> None:
        self._rules: list[_RuleDemands] = []
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._without: list[int] = []
        self._lengths: set[int] = set()

    def insert(self, asked: _RuleDemands) -> None:
        """Add this rule."""
        number = len(self._rules)
        self._rules.append(asked)
        needed = next(words_of(asked.demands), None)
        if needed is None:
            self._without.append(number)
            return
        for word in needed.words:
            self._by_word[word].append(number)
            self._lengths.add(len(word))

    def implied_by(self, asked: _RuleDemands) -> list[_RuleDemands]:
        """Return the rules implied by `asked`, in order, whatever the kinds of message."""
        near = set(self._without)
        for test in words_of(asked.demands):
            near.update(self._with_words_in(test.words[0]))
        rules = (self._rules[number] for number in sorted(near))
        return [one for one in rules if all(implied(demand, asked.demands) for demand in one.demands)]

    def with_word(self, word: str) -> Iterator[_RuleDemands]:
        """Return those that are indexed by this very word."""
        return (self._rules[number] for number in self._by_word.get(word, ()))

    def _with_words_in(self, text: str) -> Iterator[int]:
        for length in self._lengths:
            for start in range(len(text) - length + 1):
                yield from self._by_word.get(text[start : start + length], ())


class _RulesAbove:
    """The rules above one that end the walk."""

    def __init__(self) -> None:
        self._rules = _RulesByWord()
        self._answered = False

    def add(self, asked: _RuleDemands) -> None:
        """Go on below this rule."""
        rule = asked.rule
        if not rule.continues and asked.speaks_always and not (rule.default and self._answered):
            self._rules.insert(asked)
        # A default speaks only where nothing above answered, which one that continues may have done.
        self._answered = self._answered or (rule.continues and answers(rule) and rule.delivery is not Delivery.SHADOW)

    def hiding(self, asked: _RuleDemands) -> Rule | None:
        """Return the first of the rules that hide `asked` for all its kinds of message."""
        left = set(asked.rule.on)
        first: Rule | None = None
        for one in self._rules.implied_by(asked):
            if left & one.rule.on:
                first = first or one.rule
                left -= one.rule.on
        return None if left else first

    def first_with_a_word_of(self, asked: _RuleDemands) -> Iterator[LintFinding]:
        """Find the first word of `asked` that a rule above takes in the same way."""
        for where, written, word in asked.words():
            for other in self._rules.with_word(word):
                differs = other.rule.then != asked.rule.then and other.rule.on & asked.rule.on
                position = WordPosition.INSIDE if where[1] in ("all", "regex") else WordPosition(where[1])
                if differs and other.takes(position, word, asked.demands):
                    yield LintFinding(LintCode.SAME_WORDS, asked.rule, where, other=other.rule, word=written)
                    return
