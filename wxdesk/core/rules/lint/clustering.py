"""Clustering of similar messages, and the words that their sentences share.

Pure and the same every time. Meant for messages that no rule answered: the newest five thousand sentences
in less than a second, so every step looks only at sentences that share a piece.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct

from wxdesk.core.model.message import MessageType
from wxdesk.core.normalise import Normaliser, as_displayed
from wxdesk.core.rules.conditions.message import MAX_WORD
from wxdesk.core.rules.past_messages import PastMessage

COMPARED = 80
"""Characters of a sentence that are compared, from its beginning."""

ALIKE = 1 / 3
"""Least likeness of similar sentences: twice their shared pieces by all pieces."""

COMMON = 200
"""Number of groups with one piece from which on that piece is ignored."""

MOST_WORDS = 5
"""Words by which a group is described."""

LONGEST_WORD = 12
"""Characters of such a word where blanks do not tell how long it is."""

LOOKED_AT = 30
"""Different sentences of a group in which its words are sought."""

LONG_NUMBER = 6
"""Digits from which a number is personal (order, telephone, date): no rule's word."""

_NUMBER = re.compile(r"\d+")
_LINK = r"(?ai:https?://|www\.)[!-~]*"
_OWN = rf"[A-Za-z]*[0-9][0-9-]{{{LONG_NUMBER - 1},}}[A-Za-z0-9]*"
_NO_WORDS = f"(?P<link>{_LINK})|{_OWN}"
_LETTERS = r"[^\W\u115f\u1160\u2e80-\u9fff\uac00-\ud7af]+"  # without two that nobody sees
_LATIN = rf"{_LETTERS}(?:['’\-]{_LETTERS})*"
_DENSE = r"(?:(?=[\u2e80-\u9fff\uac00-\ud7af])\w)+"
"""Chinese, Japanese and Korean letters without the punctuation in their range."""

_RUN = rf"(?P<latin>{_LATIN}(?: {_LATIN})*)|(?P<dense>{_DENSE})"  # not compiled before it is used: 5 ms of a start

_FILLING = (
    "请问|为什么|什么时候|什么|怎么样|怎么|怎样|如何|多少|是不是|有没有|能不能|可不可以|可以|你们|我们|他们|它们|一下|"
    "(?<![功智性可效节技职万才本潜])能(?![量力源])|(?<![目])的(?!确)|(?<!不)了(?!解)|[吗呢吧啊呀哦嘛么我您它这]|[你他她](?!们)"
)
"""Filler and question words; the topic of a question stands beside them."""


class GroupKind(StrEnum):
    """Feature that the messages of a group share.

    words: words that they have in common · sign: the very same signs, emoji or figures, and no word · number: a
    personal number · link: an address · blank: nothing that could be seen · type: no text at all, but a
    picture, a card or something else.
    """

    WORDS = "words"
    SIGN = "sign"
    NUMBER = "number"
    LINK = "link"
    BLANK = "blank"
    TYPE = "type"


class MessageGroup(Struct, frozen=True):
    """Similar messages; `newest` stands for them.

    Each has one of the `words` at least, and most have the first. Of a `sign` it is that; of the other kinds
    there are none.
    """

    newest: PastMessage
    times: int
    words: tuple[str, ...]
    kind: GroupKind = GroupKind.WORDS


def grouped(sentences: Iterable[PastMessage], normaliser: Normaliser) -> list[MessageGroup]:
    """Return the groups, largest first, of equal ones the newest first.

    Each message is in one of them, and has one of its words if it has any; but for signs that are longer than a
    word of a rule can be, because no rule could be made of them.
    """
    same: defaultdict[str, list[PastMessage]] = defaultdict(list)
    wordless: defaultdict[tuple[GroupKind, str], list[PastMessage]] = defaultdict(list)
    for sentence in sentences:
        kind, text = _kind(sentence, normaliser)
        if kind is GroupKind.WORDS:
            same[text[:COMPARED]].append(sentence)
        else:
            wordless[kind, text].append(sentence)
    groups = list(_by_words(same))
    groups += [_wordless(kind, members) for (kind, _), members in wordless.items()]
    told = (group for group in groups if group.kind is not GroupKind.SIGN or len(group.words[0]) <= MAX_WORD)
    return sorted(told, key=lambda group: (-group.times, -group.newest.id))


def _kind(sentence: PastMessage, normaliser: Normaliser) -> tuple[GroupKind, str]:
    """Return the kind of group for a message, and its text or other shared key."""
    if sentence.type is not MessageType.TEXT:
        return GroupKind.TYPE, sentence.type
    cased, text = normaliser.forms(sentence.text)
    if not text:
        return GroupKind.BLANK, ""
    if text[0] in "/[" and normaliser.is_markers(sentence.text):
        return GroupKind.SIGN, text
    telling = re.sub(_NO_WORDS, _APART, text[:COMPARED])
    if re.search(_RUN, _NUMBER.sub(_APART, telling)):
        return GroupKind.WORDS, text
    found = re.search(_NO_WORDS, cased[:COMPARED])  # patterns see it so: folded, `ß2026112400` has no letter before it
    if found is None or any(character.isalpha() for character in cased[: found.start()]):
        return GroupKind.SIGN, text
    return (GroupKind.LINK if found["link"] else GroupKind.NUMBER), ""


_APART = "\n"
"""Replaces parts without words, so that their neighbours do not join to a word."""


def _wordless(kind: GroupKind, members: Sequence[PastMessage]) -> MessageGroup:
    newest = _newest(members)
    return MessageGroup(newest, len(members), (as_displayed(newest.text),) if kind is GroupKind.SIGN else (), kind)


def _by_words(same: Mapping[str, list[PastMessage]]) -> Iterator[MessageGroup]:
    """Yield the groups of the texts; those without a word of their group come again."""
    left = sorted(same, key=lambda text: (-len(same[text]), len(text), text))
    while left:
        without: set[str] = set()
        for texts in _alike(left):
            words = _words_of([(re.sub(_NO_WORDS, _APART, text), len(same[text])) for text in texts[:LOOKED_AT]])
            those = [text for text in texts if any(word in text for word in words)]
            without.update(set(texts).difference(those))
            members = [sentence for text in those for sentence in same[text]]
            yield MessageGroup(_newest(members), len(members), words)
        left = [text for text in left if text in without]


def _alike(texts: Sequence[str]) -> list[list[str]]:
    """Group texts by the first that each is most similar to, frequent and short first."""
    groups: list[list[str]] = []
    sizes: list[int] = []
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for text in texts:
        pieces = _pieces(text)
        held = (holders.get(piece, ()) for piece in pieces)
        shared = Counter(group for groups in held if len(groups) < COMMON for group in groups)
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


def _likeness(shared: int, pieces: int, others: int) -> float:
    return 2 * shared / (pieces + others)


def _pieces(text: str) -> frozenset[str]:
    """Return pairs of neighbouring characters; all numbers count as the same."""
    plain = _NUMBER.sub("0", text).replace(" ", "")
    return frozenset(plain[at : at + 2] for at in range(len(plain) - 1)) or frozenset((plain,))


def _words_of(texts: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    return tuple(_words(texts)) if len(texts) > 1 else (_longest_run(texts[0][0]),)


def _newest(members: Sequence[PastMessage]) -> PastMessage:
    return max(members, key=lambda sentence: (sentence.at, sentence.id))


def _longest_run(text: str) -> str:
    """Return the longest piece of a lone sentence between marks, cut to word length."""
    runs = [run[0] if run["latin"] is None else " ".join(run[0].split(" ")[:3]) for run in re.finditer(_RUN, text)]
    return max((run if run.isascii() else run[:LONGEST_WORD] for run in runs if not run.isdecimal()), key=len)


def _words(texts: Sequence[tuple[str, int]]) -> Iterator[str]:
    """Yield words that together occur in all texts or most, each time the most common.

    Of equally common ones the longest, then the last: the topic stands at the end.
    """
    left = [(text, times, frozenset(_phrases(text))) for text, times in texts]
    for _ in range(MOST_WORDS):
        found: Counter[str] = Counter()
        for _, times, phrases in left:
            found.update(dict.fromkeys(phrases, times))
        if not found:
            return
        first = left[0][0]
        word = max(found, key=lambda phrase: (found[phrase], len(phrase), first.rfind(phrase), phrase))
        yield word
        left = [one for one in left if word not in one[0]]


def _phrases(text: str) -> Iterator[str]:
    """Yield possible rule words: Chinese of two characters or more, else 1 to 3 words."""
    dense: list[str] = []
    for run in re.finditer(_RUN, text):
        whole = run[0]
        if run["dense"]:
            dense.append(whole)
        else:
            words = whole.split(" ")
            phrases = (" ".join(words[at : at + n]) for n in (1, 2, 3) for at in range(len(words) - n + 1))
            yield from (phrase for phrase in phrases if not phrase.isdecimal())
    telling = [piece for run in dense for piece in re.split(_FILLING, run) if len(piece) > 1]
    for piece in telling or dense:  # “在吗” has nothing but such words
        yield from _parts(piece)


def _parts(run: str) -> Iterator[str]:
    if len(run) == 1:
        yield run
    for length in range(2, min(len(run), LONGEST_WORD) + 1):
        yield from (run[at : at + length] for at in range(len(run) - length + 1))
