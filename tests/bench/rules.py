"""How long the rules take to decide on a message, side by side in one run:

    indexed   what the desk does: only rules that can have something to say are asked
    naive     every rule is asked in turn, until one matches

Both give the same answer, which is checked first. The sets: ten thousand rules with ten keywords each, in Chinese and
in English; a thousand and ten thousand with a pattern each, an order number and a word; ten thousand with patterns of
all sorts (anchors, classes, choices, part numbers, and a hundred that need nothing but digits); and both kinds mixed.
The messages: one that no rule answers (the worst case, because nothing ends the walk), one that only the last rule
answers, a very long one, and one of full length with a number and the words that most patterns ask for in it. Printed
are microseconds of processor time a message, median and 99th percentile over many different messages, and the ratio of
the medians.

    uv run python tests/bench/rules.py [--rules 10000] [--messages 300]
"""

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.core.rules.rule_matching import ask_each
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.rules.conditions.facts import MatchInput
from wxdesk.core.rules.matching.matcher import MatchResult, MatchTools, Ruleset
from wxdesk.desk.rules.patterns import compile_pattern, literal_prefilter
from wxdesk.emoticons import normaliser, read_emoticons

NOW = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
KEYWORDS = 10
THEN = (Action(ActionKind.REPLY, text="好"),)
HAN = [chr(code) for code in range(0x4E00, 0x4E00 + 3000)]
LETTERS = "etaoinshrdlucmfwypvbgkjqxz"


class Words:
    """Makes words and sentences of one language, the same in every run."""

    def __init__(self, chinese: bool) -> None:
        self._random = random.Random(4)
        self._chinese = chinese
        self._syllables = ["".join(self._random.choices(LETTERS, k=2)) for _ in range(200)]

    def keyword(self) -> str:
        """Two to five Chinese characters, or an English word of six to twelve letters."""
        if self._chinese:
            return "".join(self._random.choices(HAN, k=self._random.choice((2, 2, 3, 4, 5))))
        return "".join(self._random.choices(self._syllables, k=self._random.randint(3, 6)))

    def sentence(self, words: int) -> str:
        """So many words, hardly ever a keyword among them: the worst case, because nothing ends the walk."""
        return ("，" if self._chinese else " ").join(self.keyword() for _ in range(words))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rules", type=int, default=10_000)
    parser.add_argument("--messages", type=int, default=300)
    options = parser.parse_args()
    print(f"{'':46} {'indexed':>18} {'naive':>18}")
    print(f"{'µs a message':46} {'median':>9}{'p99':>9} {'median':>9}{'p99':>9} {'ratio':>7}")
    for chinese in (True, False):
        words = Words(chinese)
        name = "Chinese" if chinese else "English"
        rules = [_by_words(words, number) for number in range(options.rules)]
        _measure(f"{name}, {options.rules:,} rules, {options.rules * KEYWORDS:,} keywords", rules, words, options)
    words = Words(chinese=True)
    for count in (options.rules // 10, options.rules):
        rules = [_by_pattern(words, number) for number in range(count)]
        _measure(f"Chinese, {count:,} rules by pattern", rules, words, options)
    sorts = Sorts()
    rules = [sorts.rule(number) for number in range(options.rules)]
    _measure(f"{options.rules:,} rules by patterns of all sorts", rules, words, options)
    rules = [_by_words(words, number) if number % 2 else sorts.rule(number) for number in range(options.rules)]
    _measure(f"{options.rules:,} rules, by words and by patterns", rules, words, options)


def _by_words(words: Words, number: int) -> Rule:
    keywords = tuple(words.keyword() for _ in range(KEYWORDS - 1))
    return Rule(f"{number}", id=number, when=Condition(any=(*keywords, f"尾{number:06}")), then=THEN)


def _by_pattern(words: Words, number: int) -> Rule:
    pattern = rf"(?P<no>\d{{4,}}).*({words.keyword()}|尾{number:06})"
    return Rule(f"{number}", id=number, when=Condition(regex=pattern), then=THEN)


class Sorts:
    """Makes rules by patterns as shops write them, no two the same."""

    def __init__(self) -> None:
        self._chinese, self._english = Words(chinese=True), Words(chinese=False)

    def rule(self, number: int) -> Rule:
        """One that answers where its own number stands behind 尾, and where its pattern is found."""
        sort = self._sorts(number)
        pattern = rf"\d{{{4 + number // 100},}}号" if number % 100 == 0 else sort[number % len(sort)]
        return Rule(f"{number}", id=number, when=Condition(regex=f"{pattern}|尾{number:06}"), then=THEN)

    def _sorts(self, number: int) -> Sequence[str]:
        word, other, name = self._chinese.keyword(), self._chinese.keyword(), self._english.keyword()
        return (
            rf"(?P<no>\d{{4,}}).*({word}|{other})",
            rf"({word}|{other}).*(多少钱|价格|报价)",
            rf"^(请问|你好|在吗)?.{{0,6}}{word}[吗呢么]?$",
            rf"(?i)\b[A-Z]{{2}}-?{number:05}\b",
            rf"[{word}].?{other}",
            rf"(订单|单号|快递)\D*\d+.*{word}",
            rf"(?i){name}\s*(pro|max|mini)?\b",
            rf"({word}){{2,}}|{other}+.*\d{{1,3}}\s*(元|块)",
        )


def _measure(name: str, rules: Sequence[Rule], words: Words, options: argparse.Namespace) -> None:
    began = time.perf_counter()
    ruleset = Ruleset(rules, MatchTools(compile_pattern, normaliser(read_emoticons()), literal_prefilter))
    ruleset.prepare()
    print(f"{name}: ready in {time.perf_counter() - began:.2f} s")
    last = f"20461 尾{len(rules) - 1:06}"
    for kind, size, end in (
        ("nothing, 8 words", 8, ""),
        ("last rule, 8 words", 8, last),
        ("nothing, 300 words", 300, ""),
        ("2,000 characters with a number", 700, "请问订单 20461 多少钱，快递 8 元"),
    ):
        texts = [f"{words.sentence(size)[: 2000 - len(end)]} {end}" for _ in range(options.messages)]
        subjects = [MatchInput(MessageType.TEXT, text, at=NOW) for text in texts]
        for subject in subjects[:20]:
            assert ruleset.decide(subject).matched == ask_each(ruleset, subject).matched
        fast, slow = (
            _times(ruleset.decide, subjects),
            _times(partial(ask_each, ruleset), subjects[: max(20, len(subjects) // 10)]),
        )
        figures = f"{fast[0]:9.0f}{fast[1]:9.0f} {slow[0]:9.0f}{slow[1]:9.0f} {slow[0] / fast[0]:6.0f}x"
        print(f"  {kind:44} {figures}")


def _times(decide: Callable[[MatchInput], MatchResult], subjects: Sequence[MatchInput]) -> tuple[float, float]:
    times = []
    for subject in subjects:
        began = time.thread_time()
        decide(subject)
        times.append((time.thread_time() - began) * 1e6)
    times.sort()
    return times[len(times) // 2], times[int(len(times) * 0.99)]


if __name__ == "__main__":
    main()
