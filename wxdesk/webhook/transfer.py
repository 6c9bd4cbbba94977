"""Passive reply that transfers the contact to WeChat's own customer-service tool.

Fields and order: WeChat's "转发消息" (open-ability/customer-message/trans). Written in the push's format,
because WeChat reads answers in the format that its console is set to.
"""

from __future__ import annotations

from datetime import datetime

from wxdesk.core.model.push import BodyFormat, Incoming
from wxdesk.webhook.envelope import written_fields

MSG_TYPE = "transfer_customer_service"


def transfer_body(incoming: Incoming, written: BodyFormat, at: datetime) -> bytes:
    """Write the unencrypted transfer in answer to the message `incoming`."""
    fields: dict[str, str | int] = {
        "ToUserName": incoming.openid,
        "FromUserName": incoming.to_user,
        "CreateTime": int(at.timestamp()),
        "MsgType": MSG_TYPE,
    }
    return written_fields(fields, written)
