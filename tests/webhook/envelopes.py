"""Bodies of pushes as WeChat writes them, from a text that is encrypted already."""

import msgspec

from wxdesk.core.model.push import BodyFormat
from wxdesk.webhook.envelope import written_fields
from wxdesk.webhook.parse import find_format


def push_envelope(to_user: str, encrypted: str, written: BodyFormat) -> bytes:
    """The body of a push in secure mode: nothing but the receiver and the encrypted message."""
    return written_fields({"ToUserName": to_user, "Encrypt": encrypted}, written)


def compat_body(clear: bytes, encrypted: str) -> bytes:
    """The body of a push in compat mode: the fields of `clear` (JSON or XML) and `Encrypt` side by side."""
    body = clear.rstrip()
    match find_format(body):
        case BodyFormat.JSON if body.endswith(b"}"):
            comma = b"," if body[:-1].rstrip()[-1:] != b"{" else b""
            return body[:-1].rstrip() + comma + b'"Encrypt":' + msgspec.json.encode(encrypted) + b"}"
        case BodyFormat.XML if b"</" in body:
            head, _, tail = body.rpartition(b"</")
            return head + b"<Encrypt><![CDATA[" + encrypted.encode() + b"]]></Encrypt></" + tail
        case _:
            raise ValueError(clear)
