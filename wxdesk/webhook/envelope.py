"""Writes the envelopes round an encrypted text: the one of a push, and the one of a passive reply.

A listener only reads them; a sender of pushes (the sandbox, tests) and passive replies need them written.
Layouts: WeChat's "消息推送" (framework/server-ability/message-push).
"""

from __future__ import annotations

import msgspec

from wxdesk.core.errors import BadInput
from wxdesk.core.model import BodyFormat
from wxdesk.webhook.crypto import PushCipher
from wxdesk.webhook.parse import find_format


def push_envelope(to_user: str, encrypted: str, written: BodyFormat) -> bytes:
    """The body of a push in secure mode: nothing but the receiver and the encrypted message."""
    return written_fields({"ToUserName": to_user, "Encrypt": encrypted}, written)


def compat_body(clear: bytes, encrypted: str) -> bytes:
    """The body of a push in compat mode: the fields of `clear` (JSON or XML) and `Encrypt` side by side.

    Raises:
        BadInput: `clear` is neither a JSON object nor XML.
    """
    body = clear.rstrip()
    match find_format(body):
        case BodyFormat.JSON if body.endswith(b"}"):
            comma = b"," if body[:-1].rstrip()[-1:] != b"{" else b""
            return body[:-1].rstrip() + comma + b'"Encrypt":' + msgspec.json.encode(encrypted) + b"}"
        case BodyFormat.XML if b"</" in body:
            head, _, tail = body.rpartition(b"</")
            return head + _element("Encrypt", encrypted).encode() + b"</" + tail
        case _:
            raise BadInput(reason="The body is neither JSON nor XML.")


def reply_envelope(
    cipher: PushCipher,
    plaintext: bytes,
    written: BodyFormat,
    timestamp: int,
    nonce: str,
    random16: bytes | None = None,
) -> bytes:
    """A passive reply in secure mode, encrypted and signed; `success` must never go through here.

    `timestamp` is in seconds, `nonce` the one of the request, `written` the format of the request.

    Raises:
        BadInput: `cipher` has no key.
    """
    encrypted = cipher.encrypt(plaintext, random16)
    fields: dict[str, str | int] = {
        "Encrypt": encrypted,
        "MsgSignature": cipher.sign_encrypted(str(timestamp), nonce, encrypted),
        "TimeStamp": timestamp,
        "Nonce": nonce,
    }
    return written_fields(fields, written)


def written_fields(fields: dict[str, str] | dict[str, str | int], written: BodyFormat) -> bytes:
    """`fields` as WeChat writes them: numbers bare, texts in quotes or CDATA, UTF-8."""
    if written is BodyFormat.JSON:
        return msgspec.json.encode(fields)
    return ("<xml>" + "".join(_element(name, value) for name, value in fields.items()) + "</xml>").encode()


def _element(name: str, value: str | int) -> str:
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    safe = value.replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{safe}]]></{name}>"
