"""Choice between the two API paths that show the typing state.

WeChat documents `business/typing`, and formerly `typing`; only the response tells which one an account may
use. The documented one is tried first, and the working one is remembered for each account.
"""

from __future__ import annotations

import msgspec

BUSINESS = "custom/business/typing"
PLAIN = "custom/typing"

WRONG_PATH = frozenset({40097, 40101, 40200, 48001})
"""Errcodes of the path that does not suit the account (parameters, permission)."""


class TypingPaths:
    """Paths to try, by account."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}

    def to_try(self, account: str) -> tuple[str, ...]:
        """List the paths in order; none for an account that may use neither."""
        return self._known.get(account, (BUSINESS, PLAIN))

    def remember(self, account: str, *works: str) -> None:
        """Remember the working paths of `account` until the program ends."""
        self._known[account] = works


def typing_body(openid: str, *, on: bool) -> bytes:
    """Write the body that shows or ends typing for `openid` ("下发客服当前输入状态")."""
    return msgspec.json.encode({"touser": openid, "command": "Typing" if on else "CancelTyping"})
