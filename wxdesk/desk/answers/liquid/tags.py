"""Checks the tags of a template before Liquid, so that every mistake has a line.

python-liquid gives no position for a block that is never closed or a tag without its expression, and its
lexer takes quadratic time over long runs of blanks inside a tag. Both are settled here, together with the
list of tags that a reply may use: those that neither load another template nor lay out HTML.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from wxdesk.core.errors import BadTemplate, Phrase, Text

TAG_LIMIT = 500
"""Characters between the braces of one tag."""

BLANKS_LIMIT = 100
"""Blanks in a row inside a tag."""

NESTING_LIMIT = 10

BLOCKS = frozenset({"if", "unless", "case", "for", "capture", "comment", "raw"})
SINGLE = frozenset({"assign", "#"})
INNER = {
    "else": ("if", "unless", "case", "for"),
    "elsif": ("if", "unless"),
    "when": ("case",),
    "break": ("for",),
    "continue": ("for",),
}
"""Tags that stand only inside these; break and continue at any depth."""

_NEEDS_MORE = frozenset({"if", "unless", "case", "for", "capture", "assign", "elsif", "when"})
_OPENING = re.compile(r"\{\{|\{%")
_NAME = re.compile(r"\{%-?\s*(#|\w+)?\s*(.*?)\s*-?%\}", re.DOTALL)
_BLANKS = re.compile(rf"\s{{{BLANKS_LIMIT + 1}}}")


class LiquidTag(Struct, frozen=True):
    """One `{% … %}`; `has_more`: something follows its name."""

    name: str
    has_more: bool
    start: int
    end: int


def line_of(source: str, index: int) -> int:
    """Return the line, from 1, of the character at `index`."""
    return source.count("\n", 0, max(index, 0)) + 1


def check_tags(source: str) -> None:
    """Raise `BadTemplate` for a tag that is unclosed, unknown, misplaced or too long."""
    open_blocks: list[LiquidTag] = []
    for tag in _tags(source):
        _place(source, tag, open_blocks)
    if open_blocks:
        raise _bad(source, open_blocks[-1].start, Phrase("“{tag}” is never closed.", tag=_shown(open_blocks[-1].name)))


def _place(source: str, tag: LiquidTag, open_blocks: list[LiquidTag]) -> None:
    around = [block.name for block in open_blocks]
    if tag.name.startswith("end") and tag.name[3:] in BLOCKS:
        if around[-1:] != [tag.name[3:]]:
            raise _bad(source, tag.start, Phrase("“{tag}” closes nothing that is open here.", tag=_shown(tag.name)))
        open_blocks.pop()
        return
    reason = _reason_against(tag, around)
    if reason:
        raise _bad(source, tag.start, reason)
    if tag.name in BLOCKS:
        open_blocks.append(tag)


def _reason_against(tag: LiquidTag, around: list[str]) -> Text:
    shown = _shown(tag.name)
    if tag.name in INNER:
        reach = around if tag.name in ("break", "continue") else around[-1:]
        if not set(INNER[tag.name]).intersection(reach):
            return Phrase("“{tag}” cannot stand here.", tag=shown)
    elif tag.name not in BLOCKS | SINGLE:
        return Phrase("The tag “{tag}” cannot be used in a reply.", tag=shown)
    if tag.name in _NEEDS_MORE and not tag.has_more:
        return Phrase("“{tag}” needs something after it.", tag=shown)
    if tag.name in BLOCKS and len(around) == NESTING_LIMIT:
        return Phrase("Blocks are nested more than {limit} deep.", limit=NESTING_LIMIT)
    return ""


def _tags(source: str) -> Iterator[LiquidTag]:
    """Yield the tags outside comments and raw text, checking outputs as well."""
    position = 0
    while opening := _OPENING.search(source, position):
        start = opening.start()
        closing = "}}" if opening[0] == "{{" else "%}"
        end = source.find(closing, start + 2)
        if end < 0:
            raise _bad(source, start, Phrase("“{opening}” is never closed.", opening=opening[0]))
        position = end + 2
        inside = source[start:position]
        if _BLANKS.search(inside):
            raise _bad(source, start, Phrase("There are too many blanks in a row inside a tag."))
        if len(inside) > TAG_LIMIT:
            raise _bad(source, start, Phrase("A tag is too long; {limit} characters are the most.", limit=TAG_LIMIT))
        if closing == "}}":
            continue
        tag = _tag(source, start, inside)
        yield tag
        if tag.name in ("raw", "comment"):
            position = _end_of_verbatim(source, tag)


def _tag(source: str, start: int, inside: str) -> LiquidTag:
    found = _NAME.fullmatch(inside)
    if found is None or not found[1]:
        raise _bad(source, start, Phrase("A tag has no name."))
    return LiquidTag(found[1], bool(found[2]), start, start + len(inside))


def _end_of_verbatim(source: str, tag: LiquidTag) -> int:
    """Return the start of the end tag of a raw or comment block; comments nest."""
    depth = 1
    for found in re.finditer(rf"\{{%-?\s*(end)?{tag.name}\b", source[tag.end :]):
        if tag.name == "raw" and not found[1]:
            continue
        depth += -1 if found[1] else 1
        if depth == 0:
            return tag.end + found.start()
    raise _bad(source, tag.start, Phrase("“{tag}” is never closed.", tag=_shown(tag.name)))


def _shown(name: str) -> str:
    return "{% " + name + " %}"


def _bad(source: str, index: int, reason: Text) -> BadTemplate:
    return BadTemplate(line_of(source, index), reason)
