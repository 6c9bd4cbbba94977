"""What is doubtful about a list of rules, each of which is sound by itself: the "Check" of the rules page.

Pure. "Unreachable" is never said of a rule that can answer (`core.claims` compares what rules demand, and knows or does
not know); what is merely unlikely is of a lower severity.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from wxdesk.core.claims import Claim, OneOf, Stand, claims_of, implied, words_of
from wxdesk.core.faults import Fault, Place
from wxdesk.core.matching import answers
from wxdesk.core.model import MessageType
from wxdesk.core.quota import AFTER_ENTERING, AFTER_MESSAGE
from wxdesk.core.rules import SENDING_ACTIONS, Action, Cooldown, Delivery, Rule
from wxdesk.core.words import Normaliser

UNUSED_AFTER = timedelta(days=90)
"""A rule that nothing matched for so long is said to be unused."""

MEDIA_LASTS = timedelta(days=3)
"""How long WeChat keeps what was uploaded (临时素材, "媒体文件在微信后台保存时间为3天")."""

MEDIA_SOON = timedelta(days=1)
"""So long before its end a media_id is said to expire."""


class Doubt(StrEnum):
    """What a finding is about."""

    FAULT = "fault"
    UNREACHABLE = "unreachable"
    SAME_WORDS = "same_words"
    TOO_MANY_SENDS = "too_many_sends"
    MEDIA_EXPIRED = "media_expired"
    MEDIA_EXPIRES = "media_expires"
    NEVER_OPEN = "never_open"
    UNUSED = "unused"


class Severity(StrEnum):
    """wrong: the rule does not do what it says · doubtful: it may not · remark: worth a look."""

    WRONG = "wrong"
    DOUBTFUL = "doubtful"
    REMARK = "remark"


SEVERITIES: Mapping[Doubt, Severity] = MappingProxyType(
    {
        Doubt.FAULT: Severity.WRONG,
        Doubt.UNREACHABLE: Severity.WRONG,
        Doubt.SAME_WORDS: Severity.DOUBTFUL,
        Doubt.TOO_MANY_SENDS: Severity.WRONG,
        Doubt.MEDIA_EXPIRED: Severity.WRONG,
        Doubt.MEDIA_EXPIRES: Severity.DOUBTFUL,
        Doubt.NEVER_OPEN: Severity.WRONG,
        Doubt.UNUSED: Severity.REMARK,
    }
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One doubt about one rule. `where` is its place, empty for the rule as a whole.

    `other` is the rule that takes its messages; `word` what both look for, or the calendar that never opens; `most`
    what the reply window allows; `fault` what keeps the rule from being used at all.
    """

    doubt: Doubt
    rule: Rule
    where: Place = ()
    other: Rule | None = None
    word: str = ""
    most: int = 0
    fault: Fault | None = None

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return SEVERITIES[self.doubt]


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known beside the rules themselves.

    faults: of switched-on rules that cannot be used, by id · closed: calendars that do not open within a year · hits:
    how often each rule had its say within UNUSED_AFTER, None if the desk has not run for so long · reserve: how many
    of WeChat's five replies every account keeps for its human.
    """

    now: datetime
    faults: Mapping[int, Fault] = field(default_factory=lambda: MappingProxyType({}))
    closed: Collection[str] = frozenset()
    hits: Mapping[int, int] | None = None
    reserve: int = 0


def findings(rules: Sequence[Rule], normaliser: Normaliser, around: Circumstances) -> list[Finding]:
    """All doubts about the switched-on rules, in the order of the list, the worst of each first."""
    found: defaultdict[int, list[Finding]] = defaultdict(list)
    enabled = [rule for rule in rules if rule.enabled]
    for rule in enabled:
        found[rule.id] += _about(rule, around)
    usable = [rule for rule in enabled if rule.id not in around.faults]
    for finding in _between(usable, normaliser):
        found[finding.rule.id].append(finding)
    worst = list(Severity)
    return [one for rule in enabled for one in sorted(found[rule.id], key=lambda one: worst.index(one.severity))]


def _about(rule: Rule, around: Circumstances) -> Iterator[Finding]:
    fault = around.faults.get(rule.id)
    if fault is not None:
        yield Finding(Doubt.FAULT, rule, fault.where, fault=fault)
        return
    hours = rule.when.hours
    if hours is not None and hours.inside and hours.calendar in around.closed:
        yield Finding(Doubt.NEVER_OPEN, rule, ("when", "hours", "inside"), word=hours.calendar)
    yield from _too_many_sends(rule, around.reserve)
    yield from _media(rule, around.now)
    if around.hits is not None and not around.hits.get(rule.id) and _older(rule, around.now, UNUSED_AFTER):
        yield Finding(Doubt.UNUSED, rule)


def _too_many_sends(rule: Rule, reserve: int) -> Iterator[Finding]:
    sends = [place for place, action in enumerate(rule.then) if action.kind in SENDING_ACTIONS]
    # Nothing is kept back in the minute after entering (`core.quota.left_for_rules`).
    most = AFTER_ENTERING[0] if rule.on == {MessageType.ENTER_SESSION} else AFTER_MESSAGE[0] - reserve
    if len(sends) > most:
        place = sends[most]
        yield Finding(Doubt.TOO_MANY_SENDS, rule, ("then", place, rule.then[place].kind.value), most=most)


def _media(rule: Rule, now: datetime) -> Iterator[Finding]:
    """A media_id is at least as old as the revision that names it."""
    if not _older(rule, now, MEDIA_LASTS - MEDIA_SOON):
        return
    doubt = Doubt.MEDIA_EXPIRED if _older(rule, now, MEDIA_LASTS) else Doubt.MEDIA_EXPIRES
    for place, action in enumerate(rule.then):
        if _lives_on_media_id(action):
            yield Finding(doubt, rule, ("then", place, action.kind.value))


def _lives_on_media_id(action: Action) -> bool:
    content = action.content
    of_picture = bool(content.media_id and not content.picture)
    return of_picture or bool(content.thumb_media_id and not content.thumb_picture)


def _older(rule: Rule, now: datetime, span: timedelta) -> bool:
    return rule.updated_at is not None and now - rule.updated_at >= span


def _between(rules: Sequence[Rule], normaliser: Normaliser) -> Iterator[Finding]:
    above = _Above()
    for rule in rules:
        asked = _Asked(rule, claims_of(rule.when, normaliser), normaliser)
        hiding = above.hiding(asked)
        if hiding is not None:
            yield Finding(Doubt.UNREACHABLE, rule, other=hiding)
        else:
            yield from above.first_with_a_word_of(asked)
        above.add(asked)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule with what it demands."""

    rule: Rule
    claims: tuple[Claim, ...]
    normaliser: Normaliser

    @property
    def ends_the_walk(self) -> bool:
        """Whether nothing below is asked once it matched, however often it spoke before."""
        rule = self.rule
        return not rule.continues and rule.delivery is not Delivery.SHADOW and rule.cooldown == Cooldown()

    def takes(self, stand: Stand, word: str, claims: Sequence[Claim]) -> bool:
        """Whether it answers what has this word and fulfils `claims`, by this very word and nothing that is rarer."""
        by_word = [one for one in words_of(self.claims) if one.stand is stand and word in one.words]
        others = (claim for claim in self.claims if claim.test not in by_word)
        return bool(by_word) and all(implied(claim, claims) for claim in others)

    def words(self) -> Iterator[tuple[Place, str, str]]:
        """Its words with their places, as written and as compared."""
        for stand in Stand:
            for index, word in enumerate(getattr(self.rule.when, stand.value)):
                yield ("when", stand.value, index), word, self.normaliser(word)


class _Above:
    """The rules above one, found by a word that they need: ten thousand rules are not compared each with each."""

    def __init__(self) -> None:
        self._rules: list[_Asked] = []
        self._by_word: defaultdict[str, list[int]] = defaultdict(list)
        self._without: list[int] = []
        self._answered = False
        self._lengths: set[int] = set()

    def add(self, asked: _Asked) -> None:
        """Go on below this rule."""
        rule = asked.rule
        if asked.ends_the_walk and not (rule.default and self._answered):
            self._insert(asked)
        # A default speaks only where nothing above answered, which one that continues may have done.
        self._answered = self._answered or (rule.continues and answers(rule) and rule.delivery is not Delivery.SHADOW)

    def _insert(self, asked: _Asked) -> None:
        number = len(self._rules)
        self._rules.append(asked)
        needed = next(words_of(asked.claims), None)
        if needed is None:
            self._without.append(number)
            return
        for word in needed.words:
            self._by_word[word].append(number)
            self._lengths.add(len(word))

    def hiding(self, asked: _Asked) -> Rule | None:
        """The first of the rules that answer whatever `asked` could; each kind of message needs one."""
        rules = [self._rules[number] for number in self._near(words_of(asked.claims))]
        covering = [one for one in rules if all(implied(claim, asked.claims) for claim in one.claims)]
        left = set(asked.rule.on)
        first: Rule | None = None
        for one in covering:
            if left & one.rule.on:
                first = first or one.rule
                left -= one.rule.on
        return None if left else first

    def first_with_a_word_of(self, asked: _Asked) -> Iterator[Finding]:
        """The first word of `asked` that another rule seeks in the same way and, all else being equal, takes first."""
        for where, written, word in asked.words():
            for number in self._by_word.get(word, ()):
                other = self._rules[number]
                differs = other.rule.then != asked.rule.then and other.rule.on & asked.rule.on
                if differs and other.takes(Stand(where[1]), word, asked.claims):
                    yield Finding(Doubt.SAME_WORDS, asked.rule, where, other=other.rule, word=written)
                    return

    def _near(self, tests: Iterable[OneOf]) -> list[int]:
        """Rules that may be implied: without words, or with one that stands in a word of each of these tests."""
        near = set(self._without)
        for test in tests:
            near.update(self._with_words_in(test.words[0]))
        return sorted(near)

    def _with_words_in(self, text: str) -> Iterator[int]:
        for length in self._lengths:
            for start in range(len(text) - length + 1):
                yield from self._by_word.get(text[start : start + length], ())
