"""WeChat's checks of a custom/send body ("发送客服消息"), in WeChat's order.

Limits of title, description and addresses are ours: WeChat has codes but names no numbers.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from wxdesk.core.content.limits import DESCRIPTION_LIMIT_BYTES, TITLE_LIMIT_BYTES, URL_LIMIT_BYTES
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.program import Escapes, ProgramSettings

LONGEST_TEXT = 2048
"""Most bytes of UTF-8 in a text message."""

_NOT_FOR_MINI_PROGRAMS = frozenset(
    {
        "news", "voice", "video", "music", "mpnews", "mpnewsarticle", "msgmenu", "wxcard", "mpvideo",
        "transfer_customer_service",
    }
)  # fmt: skip
# Characters beyond ASCII that were written as escapes; an even number of backslashes before is not one.
_ESCAPED = re.compile(rb"(?<!\\)((?:\\\\)*)\\u(?!00[0-7])([0-9A-Fa-f]{4})")
_KF_ACCOUNT = re.compile(r"[^@\s]+@[^@\s]+")

type ContentFields = Mapping[str, Any]
type FindMedium = Callable[[str], object]


def parse_body(body: bytes) -> dict[str, Any]:
    """Parse a JSON object; raises `ApiRefusal` 44002 (empty) or 47001 (invalid)."""
    if not body.strip():
        raise ApiRefusal(44002)
    try:
        message = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ApiRefusal(47001) from None
    if not isinstance(message, dict):
        raise ApiRefusal(47001)
    return message


def apply_escapes(body: bytes, settings: ProgramSettings) -> bytes:
    r"""Treat `\uXXXX` escapes beyond ASCII as WeChat does; raises `ApiRefusal` 40033."""
    if _ESCAPED.search(body) is None:
        return body
    if settings.escapes is Escapes.REFUSED:
        raise ApiRefusal(40033)
    return _ESCAPED.sub(rb"\1\\\\u\2", body)


def recipient(message: ContentFields) -> str:
    """Read the recipient's openid; raises `ApiRefusal` 41009 or 47001."""
    openid = message.get("touser")
    if openid is None or openid == "":
        raise ApiRefusal(41009)
    if not isinstance(openid, str):
        raise ApiRefusal(47001)
    return openid


def content_of(message: ContentFields) -> tuple[str, ContentFields]:
    """Read kind and content; `ApiRefusal` 40008, 45162, 44004, 40097, 47001, 61452."""
    msgtype = message.get("msgtype")
    if msgtype in _NOT_FOR_MINI_PROGRAMS:
        raise ApiRefusal(45162)
    if msgtype not in ("text", "image", "link", "miniprogrampage"):
        raise ApiRefusal(40008)
    content = message.get(msgtype)
    if content is None:
        raise ApiRefusal(44004 if msgtype == "text" else 40097)
    if not isinstance(content, dict):
        raise ApiRefusal(47001)
    _check_agent(message.get("customservice"))
    return msgtype, content


def check(
    msgtype: str, content: ContentFields, settings: ProgramSettings, app_id: str, find_medium: FindMedium
) -> None:
    """Raise `ApiRefusal` for forbidden content; `find_medium` for unknown media_ids."""
    match msgtype:
        case "text":
            _check_text(content)
        case "image":
            find_medium(_text(content, "media_id"))
        case "link":
            _check_link(content)
        case _:
            _check_card(content, app_id, find_medium)
    words = [word for word in settings.risky_words if word]
    if any(word in value for value in content.values() if isinstance(value, str) for word in words):
        raise ApiRefusal(87014)


def _check_agent(agent: object) -> None:
    if agent is None:
        return
    if not isinstance(agent, dict):
        raise ApiRefusal(47001)
    if not _KF_ACCOUNT.fullmatch(str(agent.get("kf_account", ""))):
        raise ApiRefusal(61452)


def _check_text(content: ContentFields) -> None:
    text = _text(content, "content")
    if not text:
        raise ApiRefusal(44004)
    if len(text.encode("utf-8", "surrogatepass")) > LONGEST_TEXT:
        raise ApiRefusal(45002)


def _check_link(content: ContentFields) -> None:
    for name, most, code in (
        ("title", TITLE_LIMIT_BYTES, 45003),
        ("description", DESCRIPTION_LIMIT_BYTES, 45004),
        ("url", URL_LIMIT_BYTES, 45005),
        ("thumb_url", URL_LIMIT_BYTES, 45006),
    ):
        if len(_text(content, name).encode()) > most:
            raise ApiRefusal(code)
    if not content.get("title") or not content.get("url"):
        raise ApiRefusal(47003)


def _check_card(content: ContentFields, app_id: str, find_medium: FindMedium) -> None:
    if len(_text(content, "title").encode()) > TITLE_LIMIT_BYTES:
        raise ApiRefusal(45003)
    if len(_text(content, "pagepath").encode()) > URL_LIMIT_BYTES:
        raise ApiRefusal(45005)
    if not content.get("pagepath") or not content.get("title"):
        raise ApiRefusal(47003)
    if _text(content, "appid") not in ("", app_id):
        raise ApiRefusal(40013)
    find_medium(_text(content, "thumb_media_id"))


def _text(content: ContentFields, name: str) -> str:
    value = content.get(name, "")
    if not isinstance(value, str):
        raise ApiRefusal(47001)
    return value
