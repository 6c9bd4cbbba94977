"""Differences that an edit made in a text, word by word, or by Chinese character."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

import regex

from wxdesk.core.model.content import Content
from wxdesk.ui.editing.revisions.comparison import MOST_TOKENS, Change

CONTEXT = 12
"""Words or characters shown of unchanged text on either side of a change."""

_TOKENS = regex.compile(r"(?:[\p{Latin}\p{Nd}_]\p{M}*)+|\X")
"""Words, else grapheme clusters, so that no emoji is split."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, was removed or was added."""

    text: str
    change: Change = Change.SAME


def difference(before: str, after: str) -> tuple[Piece, ...]:
    """Return the pieces from `before` to `after`; removed text precedes added text.

    A single unchanged token between two changes is replaced with them; else the sentence could not be read.
    """
    old, new = _TOKENS.findall(before), _TOKENS.findall(after)
    if max(len(old), len(new)) > MOST_TOKENS:
        return tuple(_pieces([(Change.GONE, old), (Change.ADDED, new)]))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(_pieces(_without_shreds(_opcodes(matcher, old, new))))


def shortened(pieces: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return the pieces without unchanged text far from any change."""
    last = len(pieces) - 1
    return tuple(
        Piece(_shortened(piece.text, first=at == 0, last=at == last)) if piece.change is Change.SAME else piece
        for at, piece in enumerate(pieces)
    )


def words_of(content: Content) -> str:
    """Return all text of a reply line by line, with the addresses of links."""
    lines = (content.text, content.title, content.description, content.url, content.page_path)
    return "\n".join(line for line in lines if line)


def other_picture(before: Content, after: Content) -> bool:
    """Return True if the picture or the cover differs."""
    return _pictures(before) != _pictures(after)


def _pictures(content: Content) -> tuple[str, ...]:
    return content.picture, content.media_id, content.thumb_picture, content.thumb_media_id, content.thumb_url


type _Stretch = tuple[Change, Sequence[str]]


def _opcodes(matcher: SequenceMatcher[str], old: Sequence[str], new: Sequence[str]) -> Iterator[_Stretch]:
    for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if tag == "equal":
            yield Change.SAME, old[old_from:old_to]
        else:
            yield Change.GONE, old[old_from:old_to]
            yield Change.ADDED, new[new_from:new_to]


def _without_shreds(stretches: Iterable[_Stretch]) -> Iterator[_Stretch]:
    known = list(stretches)
    for at, (change, tokens) in enumerate(known):
        if change is Change.SAME and len(tokens) == 1 and 0 < at < len(known) - 1:
            yield Change.GONE, tokens
            yield Change.ADDED, tokens
        else:
            yield change, tokens


def _pieces(stretches: Iterable[_Stretch]) -> Iterator[Piece]:
    """Merge adjacent changes, removed before added."""
    for same, run in groupby(stretches, key=lambda stretch: stretch[0] is Change.SAME):
        found = list(run)
        for change in (Change.SAME,) if same else (Change.GONE, Change.ADDED):
            text = "".join("".join(tokens) for kind, tokens in found if kind is change)
            if text:
                yield Piece(text, change)


def _shortened(text: str, *, first: bool, last: bool) -> str:
    tokens = _TOKENS.findall(text)
    head = [] if first else tokens[:CONTEXT]
    tail = [] if last else tokens[-CONTEXT:]
    if len(tokens) <= len(head) + len(tail) + 1:
        return text
    return "".join((*head, "…", *tail))
