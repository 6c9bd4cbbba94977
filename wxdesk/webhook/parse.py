"""Parses a decrypted push, JSON or XML, into a `core.model.push.Incoming`.

Field names: WeChat's "接收消息和事件" (open-ability/customer-message/receive). Numbers also arrive as strings,
MsgId is not always a number, and Content-Type says `text/xml` for JSON: only the body itself counts.
"""

import re
from datetime import UTC, datetime
from typing import NamedTuple

from wxdesk.core.errors import BadInput
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.push import BodyFormat, Incoming
from wxdesk.webhook.json_body import read_json_fields
from wxdesk.webhook.xml_body import read_xml_fields

_BOM = b"\xef\xbb\xbf"
_BLANK = b" \t\r\n"
_LAST_SECOND = 2**32 - 1  # in 2106; a time in milliseconds lies far behind it
_SECONDS = re.compile(r"([0-9]{1,10})(?:\.[0-9]*)?")  # some programs on the way turn numbers into floats
_MAX_OPENID = 128
_MAX_MEDIA_ID = 512  # real ones have about 64 characters; it becomes part of an address


class _Layout(NamedTuple):
    """Type of a message, and WeChat's names of the fields with its content."""

    type: MessageType
    text: str = ""
    media_id: str = "MediaId"
    picture: str = "PicUrl"


_MESSAGES = {
    "text": _Layout(MessageType.TEXT, text="Content"),
    "image": _Layout(MessageType.IMAGE),
    "miniprogrampage": _Layout(MessageType.CARD, text="Title", media_id="ThumbMediaId", picture="ThumbUrl"),
}
_EVENTS = {"user_enter_tempsession": _Layout(MessageType.ENTER_SESSION)}
_OTHER = _Layout(MessageType.OTHER)


def find_format(body: bytes) -> BodyFormat | None:
    """Detect JSON or XML by the first byte after BOM and blanks; None for neither."""
    first = _trimmed(body)[:1]
    return BodyFormat.JSON if first == b"{" else BodyFormat.XML if first == b"<" else None


def read_fields(body: bytes) -> dict[str, str]:
    """Read all top-level fields of a push or an envelope as text, by WeChat's names.

    Raises:
        BadInput: neither a JSON object nor well-formed XML, or nested too deeply.
    """
    match find_format(body):
        case BodyFormat.JSON:
            return read_json_fields(_trimmed(body))
        case BodyFormat.XML:
            return read_xml_fields(_trimmed(body))
        case None:
            raise BadInput(reason="The body is neither JSON nor XML.")


def read_push(body: bytes) -> Incoming:
    """Parse a decrypted push. Unknown MsgTypes and events become `OTHER`.

    `msg_type` and `event` are in lower case, as WeChat's spelling of events varies; `fields` keeps it.

    Raises:
        BadInput: the body cannot be read, or lacks FromUserName, MsgType or a CreateTime in whole seconds.
    """
    fields = read_fields(body)
    msg_type = _field(fields, "MsgType").lower()
    if not msg_type:
        if "Encrypt" in fields:
            raise BadInput(reason="The push is encrypted, but the account is set to plain mode.")
        raise BadInput(reason="MsgType is missing.")
    openid = _field(fields, "FromUserName")
    if not 0 < len(openid) <= _MAX_OPENID or openid[0] in "{[":
        raise BadInput(reason="FromUserName is missing or not an openid.")
    event = _field(fields, "Event").lower() if msg_type == "event" else None
    layout = _MESSAGES.get(msg_type, _OTHER) if event is None else _EVENTS.get(event, _OTHER)
    media_id = _field(fields, layout.media_id)
    return Incoming(
        to_user=_field(fields, "ToUserName"),
        openid=openid,
        created_at=_time(_field(fields, "CreateTime")),
        type=layout.type,
        msg_type=msg_type,
        event=event,
        msg_id=_field(fields, "MsgId") or None,
        text=fields.get(layout.text, ""),
        media_id=media_id if 0 < len(media_id) <= _MAX_MEDIA_ID else None,
        pic_url=_field(fields, layout.picture) or None,
        session_from=fields.get("SessionFrom") if layout.type is MessageType.ENTER_SESSION else None,
        fields=fields,
    )


def _field(fields: dict[str, str], name: str) -> str:
    return fields.get(name, "").strip()


def _time(text: str) -> datetime:
    found = _SECONDS.fullmatch(text)
    if found is not None and 0 < (seconds := int(found[1])) <= _LAST_SECOND:
        return datetime.fromtimestamp(seconds, UTC)
    raise BadInput(reason="CreateTime is missing or not a time in seconds.")


def _trimmed(body: bytes) -> bytes:
    return body.lstrip(_BLANK).removeprefix(_BOM).lstrip(_BLANK)
