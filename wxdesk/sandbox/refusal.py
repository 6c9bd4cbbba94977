"""How WeChat says no: an errcode with a terse English errmsg that ends in the call's rid."""

from __future__ import annotations

import secrets

_ERRMSG: dict[int, str] = {
    -1: "system error",
    40001: "invalid credential, access_token is invalid or not latest",
    40002: "invalid grant_type",
    40003: "invalid openid",
    40004: "invalid media type",
    40005: "invalid file type",
    40007: "invalid media_id",
    40008: "invalid message type",
    40009: "invalid image size",
    40013: "invalid appid",
    40033: "invalid charset. please check your request, if include \\uxxxx will create fail!",
    40097: "invalid args",
    40125: "invalid appsecret",
    41001: "access_token missing",
    41002: "appid missing",
    41004: "appsecret missing",
    41005: "media data missing",
    41006: "media_id missing",
    41009: "openid missing",
    42001: "access_token expired",
    43002: "require POST method",
    44001: "empty media data",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45009: "reach max api daily quota limit",
    45011: "api minute-quota reach limit, must slower, retry next minute",
    45015: "response out of time limit or subscription is canceled",
    45047: "out of response count limit",
    45072: "command should be Typing or CancelTyping",
    45080: "no message in the last 30 seconds",
    45081: "already typing",
    45162: "invalid message type for this account",
    47001: "data format error",
    47003: "argument invalid!",
    48001: "api unauthorized",
}


class Refusal(Exception):
    """A call that WeChat answers with `errcode` instead of doing it."""

    def __init__(self, errcode: int, errmsg: str = "") -> None:
        self.errcode = errcode
        self.errmsg = errmsg or _ERRMSG.get(errcode, "unknown error")
        super().__init__(f"{errcode} {self.errmsg}")

    def as_answer(self) -> dict[str, object]:
        """The JSON object of the answer, with a fresh rid."""
        return {"errcode": self.errcode, "errmsg": f"{self.errmsg} rid: {new_rid()}"}


def new_rid() -> str:
    """An id as WeChat gives one to each failed call."""
    return "-".join(secrets.token_hex(4) for _ in range(3))
