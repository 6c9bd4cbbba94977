"""Groups of messages that are alike, and the words that sentences have in common.

Pure and the same every time. Meant for what nobody's rule answered: the newest five thousand sentences in less than a
second, so every step looks only at sentences that share a piece.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from wxdesk.core.model import MessageType
from wxdesk.core.words import Normaliser, seen

COMPARED = 80
"""Characters of a sentence that are looked at; what is alike is so from its beginning."""

ALIKE = 1 / 3
"""Twice the pieces that two sentences share, divided by the pieces that they have: from here on they are alike."""

COMMON = 200
"""A piece that so many groups have tells nothing, and is not looked up any more."""

MOST_WORDS = 5
"""Words by which a group is described."""

LONGEST_WORD = 12
"""Characters of such a word where blanks do not tell how long it is."""

LOOKED_AT = 30
"""Different sentences of a group in which its words are sought."""

LONG_NUMBER = 6
"""A number of so many figures is somebody's own (an order, a telephone, a date), and no word of a rule."""

_NUMBER = re.compile(r"\d+")
_LINK = r"(?:https?://|www\.)[!-~]*"
_OWN = rf"[a-z]*\d[\d-]{{{LONG_NUMBER - 1},}}[a-z0-9]*"
_NO_WORDS = re.compile(f"(?P<link>{_LINK})|{_OWN}")
_LATIN = r"[^\W\u2e80-\u9fff\uac00-\ud7af]+(?:['’\-][^\W\u2e80-\u9fff\uac00-\ud7af]+)*"
_RUN = re.compile(rf"(?P<latin>{_LATIN}(?: {_LATIN})*)|(?P<dense>[\u2e80-\u9fff\uac00-\ud7af]+)")


class GroupKind(StrEnum):
    """By what the messages of a group are alike.

    words: by those that they have in common · sign: the very same signs, emoji or figures, and no word · number: a
    number of somebody's own · link: an address · blank: nothing that could be seen · type: no text at all, but a
    picture, a card or something else.
    """

    WORDS = "words"
    SIGN = "sign"
    NUMBER = "number"
    LINK = "link"
    BLANK = "blank"
    TYPE = "type"


@dataclass(frozen=True, slots=True)
class Sentence:
    """Something that a contact wrote, or sent."""

    message_id: int
    conversation_id: int
    text: str
    at: datetime
    type: MessageType = MessageType.TEXT


@dataclass(frozen=True, slots=True)
class Group:
    """Messages that are alike. `newest` stands for them.

    `words` are found in most of them, the most telling first; of a `sign` it is that, and of the others there are none.
    """

    newest: Sentence
    times: int
    words: tuple[str, ...]
    kind: GroupKind = GroupKind.WORDS


def grouped(sentences: Iterable[Sentence], normaliser: Normaliser) -> list[Group]:
    """The groups, largest first, of equal ones the newest first. Each message is in one of them."""
    same: defaultdict[str, list[Sentence]] = defaultdict(list)
    wordless: defaultdict[tuple[GroupKind, str], list[Sentence]] = defaultdict(list)
    for sentence in sentences:
        kind, text = _kind(sentence, normaliser)
        if kind is GroupKind.WORDS:
            same[text[:COMPARED]].append(sentence)
        else:
            wordless[kind, text].append(sentence)
    order = sorted(same, key=lambda text: (-len(same[text]), len(text), text))
    groups = [_group([(text, same[text]) for text in texts]) for texts in _alike(order)]
    groups += [_wordless(kind, members) for (kind, _), members in wordless.items()]
    return sorted(groups, key=lambda group: (-group.times, -group.newest.message_id))


def _kind(sentence: Sentence, normaliser: Normaliser) -> tuple[GroupKind, str]:
    """By what a message can be like others; and its text, or whatever else those that are like it have in common."""
    if sentence.type is not MessageType.TEXT:
        return GroupKind.TYPE, sentence.type
    text = normaliser(sentence.text)
    if not text:
        return GroupKind.BLANK, ""
    if text[0] in "/[" and normaliser.is_markers(sentence.text):
        return GroupKind.SIGN, text
    telling = _NO_WORDS.sub(_APART, text[:COMPARED])
    if _RUN.search(_NUMBER.sub(_APART, telling)):
        return GroupKind.WORDS, text
    found = _NO_WORDS.search(text[:COMPARED])
    if found is None:
        return GroupKind.SIGN, text
    return (GroupKind.LINK if found["link"] else GroupKind.NUMBER), ""


_APART = "\n"
"""Stands in a text for what is no word, so that what is on either side of it does not become one."""


def _wordless(kind: GroupKind, members: Sequence[Sentence]) -> Group:
    newest = _newest(members)
    return Group(newest, len(members), (seen(newest.text),) if kind is GroupKind.SIGN else (), kind)


def _alike(texts: Sequence[str]) -> list[list[str]]:
    """The texts by the first of them that each is most alike to; the frequent and the short come first."""
    groups: list[list[str]] = []
    sizes: list[int] = []
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for text in texts:
        pieces = _pieces(text)
        shared = Counter(group for piece in pieces for group in _few(holders.get(piece, ())))
        best = max(
            shared, key=lambda group: (_likeness(shared[group], len(pieces), sizes[group]), -group), default=None
        )
        if best is not None and _likeness(shared[best], len(pieces), sizes[best]) >= ALIKE:
            groups[best].append(text)
            continue
        for piece in pieces:
            holders[piece].append(len(groups))
        groups.append([text])
        sizes.append(len(pieces))
    return groups


def _few(groups: Sequence[int]) -> Sequence[int]:
    return groups if len(groups) < COMMON else ()


def _likeness(shared: int, pieces: int, others: int) -> float:
    return 2 * shared / (pieces + others)


def _pieces(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters; all numbers are one, because no two orders have the same."""
    plain = _NUMBER.sub("0", text).replace(" ", "")
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset((plain,))


def _group(members: Sequence[tuple[str, list[Sentence]]]) -> Group:
    every = [sentence for _, sentences in members for sentence in sentences]
    counted = [(_NO_WORDS.sub(_APART, text), len(sentences)) for text, sentences in members[:LOOKED_AT]]
    words = tuple(_words(counted)) if len(members) > 1 else (_longest_run(counted[0][0]),)
    return Group(_newest(every), len(every), words)


def _newest(members: Sequence[Sentence]) -> Sentence:
    return max(members, key=lambda sentence: (sentence.at, sentence.message_id))


def _longest_run(text: str) -> str:
    """The longest piece of a lone sentence between its marks, cut to the length of a word."""
    runs = [run[0] if run["latin"] is None else " ".join(run[0].split(" ")[:3]) for run in _RUN.finditer(text)]
    return max((run if run.isascii() else run[:LONGEST_WORD] for run in runs if not run.isdecimal()), key=len)


def _words(texts: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Words that together stand in all texts: each time the one that most of the rest have, the longest of those."""
    left = [(text, times, frozenset(_phrases(text))) for text, times in texts]
    for _ in range(MOST_WORDS):
        found: Counter[str] = Counter()
        for _, times, phrases in left:
            found.update(dict.fromkeys(phrases, times))
        if not found:
            return
        word = max(found, key=lambda phrase: (found[phrase], len(phrase), phrase))
        yield word
        left = [one for one in left if word not in one[0]]


def _phrases(text: str) -> Iterator[str]:
    """What could be a word of a rule: Chinese of at least two characters, elsewhere one word to three."""
    for run in _RUN.finditer(text):
        whole = run[0]
        if run["dense"]:
            yield from _parts(whole)
        else:
            words = whole.split(" ")
            phrases = (" ".join(words[at : at + n]) for n in (1, 2, 3) for at in range(len(words) - n + 1))
            yield from (phrase for phrase in phrases if not phrase.isdecimal())


def _parts(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for length in range(2, min(len(run), LONGEST_WORD) + 1):
        yield from (run[at : at + length] for at in range(len(run) - length + 1))
