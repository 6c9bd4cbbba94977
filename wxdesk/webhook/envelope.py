"""Passive replies: envelope, transfer, and bodies in WeChat's JSON and XML.

Layouts: WeChat's "消息推送" (framework/server-ability/message-push).
"""

from datetime import datetime

import msgspec

from wxdesk.core.model.push import BodyFormat, Incoming
from wxdesk.webhook.crypto import PushCipher


def reply_envelope(
    cipher: PushCipher, plaintext: bytes, written: BodyFormat, timestamp: int, nonce: str, random16: bytes | None = None
) -> bytes:
    """Encrypt and sign a passive reply for secure mode.

    Never use it for `success`. `timestamp` is in seconds; `nonce` and `written` (format) are the request's.

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
    """Write `fields` as WeChat does: bare numbers, quoted or CDATA texts, UTF-8."""
    if written is BodyFormat.JSON:
        return msgspec.json.encode(fields)
    return ("<xml>" + "".join(_element(name, value) for name, value in fields.items()) + "</xml>").encode()


def _element(name: str, value: str | int) -> str:
    if isinstance(value, int):
        return f"<{name}>{value}</{name}>"
    safe = value.replace("]]>", "]]]]><![CDATA[>")
    return f"<{name}><![CDATA[{safe}]]></{name}>"


def transfer_body(incoming: Incoming, written: BodyFormat, at: datetime) -> bytes:
    """Write the unencrypted transfer in answer to the message `incoming`."""
    fields: dict[str, str | int] = {
        "ToUserName": incoming.openid,
        "FromUserName": incoming.to_user,
        "CreateTime": int(at.timestamp()),
        "MsgType": "transfer_customer_service",
    }
    return written_fields(fields, written)
