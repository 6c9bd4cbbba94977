"""Parses the responses of WeChat's API.

Every response is JSON under HTTP 200, also an error, and its Content-Type says `text/plain`; so only the
body counts. A body that is not WeChat's JSON came from a gateway on the way, or was cut off.
"""

import re
from typing import Annotated

import msgspec

from wxdesk.core.errors import DeliveryUnknown, NotSent, Refused

_RID = re.compile(r"[\s,]*(?:rid: *(?P<rid>[0-9A-Za-z-]+)|hint: *\[(?P<hint>[^\]]*)\])\s*$")

_BEFORE_JSON = b"\xef\xbb\xbf \t\r\n"

LONGEST_ERRMSG = 1000
"""Characters of an errmsg that are read; real ones have at most some hundred."""

_GATEWAY_STATUS = frozenset({502, 503})

_GATEWAY_TIMEOUT = 504
"""Status of a gateway that gave up waiting; WeChat may have acted on the call."""


type Errcode = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]
"""WeChat's codes have at most 7 digits; what is stored must fit a column."""


class ApiAnswer(msgspec.Struct, frozen=True):
    """Used fields of a response; `errcode` is None if it carried none."""

    errcode: Errcode | None = None
    errmsg: str = ""
    access_token: str = ""
    expires_in: int = 0
    media_id: str = ""
    dns: list[object] | None = None

    def __repr__(self) -> str:
        return f"Answer(errcode={self.errcode})"


def read_answer(status: int, body: bytes) -> ApiAnswer:
    """Parse the answer in `body`.

    Raises:
        NotSent: a gateway answered, so WeChat did not act on the call.
        DeliveryUnknown: the body is no answer of WeChat's, and nothing tells what happened.
    """
    text = body.decode("utf-8-sig", errors="replace").strip()
    try:
        return msgspec.json.decode(text, type=ApiAnswer, strict=False)
    except msgspec.DecodeError:
        pass
    if status == _GATEWAY_TIMEOUT:
        raise DeliveryUnknown("a gateway gave up waiting for WeChat")
    if text.startswith("<") or status in _GATEWAY_STATUS or 300 <= status < 500:
        raise NotSent("a gateway answered in WeChat's place", busy=True)
    raise DeliveryUnknown("WeChat's answer cannot be read")


def read_picture(status: int, body: bytes) -> bytes | ApiAnswer:
    """Return the picture in `body`, or WeChat's answer why there is none.

    Both come under HTTP 200. The caller checks if the bytes are a picture at all.

    Raises:
        NotSent: a gateway answered in WeChat's place, or nothing came.
    """
    if status != 200 or not body:
        raise NotSent("a gateway answered in WeChat's place")
    if body.lstrip(_BEFORE_JSON).startswith(b"{"):
        answer = read_answer(status, body)
        return body if answer.errcode is None else answer
    return body


def refusal(answer: ApiAnswer) -> Refused:
    """Convert WeChat's answer to an error, with the rid taken out of the message."""
    message, rid = split_rid(answer.errmsg)
    return Refused(answer.errcode or 0, message, rid)


def split_rid(errmsg: str) -> tuple[str, str]:
    """Split an errmsg into message and request id (`rid: …`, formerly `hint: […]`).

    What is longer than LONGEST_ERRMSG is cut.
    """
    errmsg = errmsg[:LONGEST_ERRMSG]
    found = _RID.search(errmsg)
    if found is None:
        return errmsg.strip(), ""
    return errmsg[: found.start()], (found["rid"] or found["hint"]).strip()
