"""Links inside sent texts: `<a href="…">label</a>`, the only markup WeChat shows.

A page of the mini program is named by `data-miniprogram-appid` and `data-miniprogram-path` beside the
`href`, which old clients open instead ("文本消息支持插入跳转小程序的文字链"). A contact's own text is never
read as a link.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

_ELEMENT = re.compile(r"<a((?:\s+[a-z-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))+)\s*>([^<]*)</a\s*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)

# Characters that would end the attribute or the element, in the form in which an address holds them.
_IN_ADDRESS = str.maketrans({'"': "%22", "<": "%3C", ">": "%3E", " ": "%20", "\n": "", "\r": "", "\t": ""})
_IN_LABEL = str.maketrans({"<": "＜", ">": "＞"})


class TextLink(Struct, frozen=True):
    """Link with a label, to `url` or to page `path` of `app_id`, old clients to `url`."""

    label: str
    url: str = ""
    app_id: str = ""
    path: str = ""

    @property
    def target(self) -> str:
        """The target to show to the operator: the page, else the address."""
        return self.path or self.url


class Segment(Struct, frozen=True):
    """A piece of a text as the contact sees it; with `link`, it can be tapped."""

    text: str
    link: TextLink | None = None


def segments(text: str) -> Iterator[Segment]:
    """Split `text` into plain pieces and whole links; other angle brackets are text."""
    start = 0
    for element in _ELEMENT.finditer(text):
        link = _link(element[1], element[2])
        if link is None:
            continue
        if element.start() > start:
            yield Segment(text[start : element.start()])
        yield Segment(link.label, link)
        start = element.end()
    if start < len(text):
        yield Segment(text[start:])


def visible_text(text: str) -> str:
    """Return `text` as the contact reads it, each link by its label."""
    return "".join(segment.text for segment in segments(text)) if "<" in text else text


def link_markup(link: TextLink) -> str:
    """Return the element that shows `link`; nothing in it can end it early."""
    attributes = [("href", link.url)] if link.url else []
    if link.path:
        attributes += [("data-miniprogram-appid", link.app_id), ("data-miniprogram-path", link.path)]
    inner = " ".join(f'{name}="{value.strip().translate(_IN_ADDRESS)}"' for name, value in attributes)
    return f"<a {inner}>{link.label.translate(_IN_LABEL)}</a>"


def _link(attributes: str, label: str) -> TextLink | None:
    values = {found[1].lower(): found[2] or found[3] or "" for found in _ATTRIBUTE.finditer(attributes)}
    link = TextLink(
        label, values.get("href", ""), values.get("data-miniprogram-appid", ""), values.get("data-miniprogram-path", "")
    )
    return link if link.label.strip() and link.target else None
