"""Converts a reply's content to the JSON that custom/send takes ("发送客服消息").

The bytes are UTF-8: WeChat shows JSON's `u`-escapes to the contact as they are, or refuses them (40033).
JSON escapes control characters the same way, so all but line breaks and tabs are left out.
"""

import re

import msgspec

from wxdesk.core.model.reply import Content, ReplyKind

_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SURROGATE = re.compile("[\ud800-\udfff]")


def to_body(openid: str, content: Content) -> bytes:
    """Write the request body that sends `content` to `openid`."""
    msgtype, fields = _parts(content)
    cleaned = {
        name: _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", _UNSENDABLE.sub("", value)) for name, value in fields.items()
    }
    return msgspec.json.encode({"touser": openid, "msgtype": msgtype, msgtype: cleaned})


def _parts(content: Content) -> tuple[str, dict[str, str]]:
    match content.kind:
        case ReplyKind.TEXT:
            return "text", {"content": content.text}
        case ReplyKind.IMAGE:
            return "image", {"media_id": content.media_id}
        case ReplyKind.LINK:
            return "link", {
                "title": content.title,
                "description": content.description,
                "url": content.url,
                "thumb_url": content.thumb_url,
            }
        case ReplyKind.CARD:
            return "miniprogrampage", {
                "title": content.title,
                "pagepath": content.page_path,
                "thumb_media_id": content.thumb_media_id,
            }


def typing_body(openid: str, *, on: bool) -> bytes:
    """Write the body that shows or ends typing for `openid` ("下发客服当前输入状态")."""
    return msgspec.json.encode({"touser": openid, "command": "Typing" if on else "CancelTyping"})
