"""WeChat's limits on a reply's content, checked before it is sent.

WeChat has a code for each field that is too long (45002 to 45006), but no figures for links and cards.
These are those of its share panel ("分享到微信": title 512 bytes, description 1 KB, address 10 KB).

In rules and templates links and cards are Liquid; `check_written` judges them before they are filled.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from wxdesk.core.content.variables import TEXT_LIMIT_BYTES, byte_count
from wxdesk.core.errors import BadContent, ReplyEmpty, ReplyTooLong
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.normalise import is_visible

TITLE_LIMIT_BYTES = 512
DESCRIPTION_LIMIT_BYTES = 1024
URL_LIMIT_BYTES = 10 * 1024

WORDS: Mapping[ReplyKind, tuple[str, ...]] = MappingProxyType(
    {
        ReplyKind.TEXT: ("text",),
        ReplyKind.IMAGE: (),
        ReplyKind.LINK: ("title", "description", "url", "thumb_url"),
        ReplyKind.CARD: ("title", "page_path"),
    }
)
"""The written fields of each kind, in which variables can stand."""

ADDRESSES = frozenset({"url", "thumb_url", "page_path"})
"""Fields read by a program: values enter them percent-encoded, as one value."""

_BEGINNING = 100
"""Characters that suffice to tell whether a text is an address."""

_SHOWN = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_TAG = re.compile(r"\{%.*?%\}", re.DOTALL)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_BLANK = re.compile(r"[\s\x00-\x1f\x7f]")


def check(content: Content) -> None:
    """Refuse content that WeChat would refuse.

    Raises:
        ReplyEmpty, ReplyTooLong: a text.
        BadContent: a picture, link or card; it names the field.
    """
    match content.kind:
        case ReplyKind.TEXT:
            _check_text(content.text)
        case ReplyKind.IMAGE:
            if not (content.picture or content.media_id):
                raise BadContent("picture", "Choose a picture.")
        case ReplyKind.LINK:
            _check_link(content)
        case ReplyKind.CARD:
            _check_card(content)


def words_of(content: Content) -> dict[str, str]:
    """Return the written texts of `content`, by field."""
    return {name: getattr(content, name) for name in WORDS[content.kind]}


def has_liquid(text: str) -> bool:
    """True if `text` contains Liquid; a single brace does not count."""
    return "{{" in text or "{%" in text


def check_written(content: Content) -> None:
    """Refuse a link or card that WeChat would refuse with any values of its variables.

    A variable counts as one letter. Of words among which a tag chooses, it is not known how long they come out.

    Raises:
        BadContent: as in `check`.
    """
    filled: dict[str, Any] = {name: _about(text) for name, text in words_of(content).items() if has_liquid(text)}
    check(replace(content, **filled))


def _about(text: str) -> str:
    """Return the rendered form of a template, as far as that is known."""
    words = _SHOWN.sub("x", text)
    return _TAG.sub("", words)[:_BEGINNING] if _TAG.search(words) else words


def _check_text(text: str) -> None:
    if not is_visible(text):
        raise ReplyEmpty
    size = byte_count(text)
    if size > TEXT_LIMIT_BYTES:
        raise ReplyTooLong(size=size, limit=TEXT_LIMIT_BYTES)


def _check_link(content: Content) -> None:
    _check_title(content.title, "A link needs a title.")
    if byte_count(content.description) > DESCRIPTION_LIMIT_BYTES:
        raise BadContent("description", "The description is longer than 1,024 bytes.")
    check_url(content.url)
    if content.thumb_url and not is_web_address(content.thumb_url):
        raise BadContent("thumb_url", "The picture's address must begin with https:// or http://.")
    if byte_count(content.thumb_url) > URL_LIMIT_BYTES:
        raise BadContent("thumb_url", "The picture's address is longer than 10,240 bytes.")


def _check_card(content: Content) -> None:
    _check_title(content.title, "A card needs a title.")
    check_page_path(content.page_path)
    if not (content.thumb_picture or content.thumb_media_id):
        raise BadContent("thumb_picture", "A card needs a cover picture.")


def check_url(url: str) -> None:
    """Refuse anything but a web address; raises `BadContent`."""
    if not is_web_address(url):
        raise BadContent("url", "The link must be an address that begins with https:// or http://.")
    if byte_count(url) > URL_LIMIT_BYTES:
        raise BadContent("url", "The link is longer than 10,240 bytes.")


def check_page_path(path: str) -> None:
    """Refuse anything but a page path within a mini program; raises `BadContent`."""
    if not is_visible(path):
        raise BadContent("page_path", "A card needs the path of a page, such as pages/index/index.")
    if _SCHEME.match(path) or _BLANK.search(path):
        raise BadContent(
            "page_path", "This is a path within the mini program, such as pages/index/index, not an address."
        )
    if byte_count(path) > URL_LIMIT_BYTES:
        raise BadContent("page_path", "The path is longer than 10,240 bytes.")


def _check_title(title: str, if_missing: str) -> None:
    if not is_visible(title):
        raise BadContent("title", if_missing)
    if byte_count(title) > TITLE_LIMIT_BYTES:
        raise BadContent("title", "The title is longer than 512 bytes.")


def is_web_address(address: str) -> bool:
    """True for a whole http or https address with a host and without blanks."""
    if _BLANK.search(address):
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:  # a bracketed host that is no IPv6 address
        return False
