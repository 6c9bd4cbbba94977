"""Deduplication key of a push: the same for a retry, never for another push.

WeChat repeats an unanswered push with the same content but perhaps another nonce, and an operator may
switch between JSON and XML meanwhile, so the key is made of the push's content. WeChat documents MsgId for
messages and FromUserName with CreateTime for events; in the field one MsgId came from several people, and
two events differed in nothing but one more field, so both keys are taken wider here.

A key begins with a part that grows from push to push, so the store's index of keys grows at its end, and
storing a push touches one page of it instead of any of all.
"""

from hashlib import sha1

from wxdesk.core.model.push import Incoming

_DIGITS = 20


def push_key(incoming: Incoming | None, body: bytes) -> str:
    """Compute the key of a push within its account: at most 63 characters, no openid.

    A message: openid and MsgId. An event, or a message without MsgId: openid, CreateTime, Event and all
    fields. A body that could not be read (`incoming` None): its bytes.
    """
    if incoming is None:
        return "x:" + sha1(body, usedforsecurity=False).hexdigest()
    if incoming.event is None and incoming.msg_id:
        return f"m:{_sortable(incoming.msg_id)}:{_digest(incoming.openid, incoming.msg_id)}"
    second = str(int(incoming.created_at.timestamp()))
    return f"e:{_sortable(second)}:" + _digest(
        incoming.openid,
        second,
        incoming.event or "",
        *(part for item in sorted(incoming.fields.items()) for part in item),
    )


def _sortable(number: str) -> str:
    """Pad `number` so that it sorts as text; empty if it is not one of 64 bits."""
    return number.zfill(_DIGITS) if len(number) <= _DIGITS and number.isascii() and number.isdigit() else ""


def _digest(*parts: str) -> str:
    # No part holds a NUL or a lone surrogate: the parsers replace them.
    return sha1("\0".join(parts).encode(), usedforsecurity=False).hexdigest()
