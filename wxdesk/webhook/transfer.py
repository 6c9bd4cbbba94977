"""The one passive reply that a mini program has: handing the contact over to WeChat's own tool.

Fields and order: WeChat's "转发消息" (open-ability/customer-message/trans). It is answered in the format of the push,
because WeChat reads answers in the format that its console is set to.
"""

from __future__ import annotations

from datetime import datetime

from wxdesk.core.model.push import BodyFormat, Incoming
from wxdesk.webhook.envelope import written_fields

MSG_TYPE = "transfer_customer_service"


def transfer_body(incoming: Incoming, written: BodyFormat, at: datetime) -> bytes:
    """The answer to the message `incoming`, in the clear; sender and receiver change places."""
    fields: dict[str, str | int] = {
        "ToUserName": incoming.openid,
        "FromUserName": incoming.to_user,
        "CreateTime": int(at.timestamp()),
        "MsgType": MSG_TYPE,
    }
    return written_fields(fields, written)
