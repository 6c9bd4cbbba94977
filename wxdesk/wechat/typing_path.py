"""Which of two addresses shows that the operator is typing.

WeChat's pages name `business/typing` for mini programs, and formerly `typing`; which one an account may use is told
by the answer alone. So the documented one is tried first, and what worked is remembered for each account.
"""

from __future__ import annotations

import msgspec

BUSINESS = "custom/business/typing"
PLAIN = "custom/typing"

WRONG_PATH = frozenset({40097, 40101, 40200, 48001})
"""A parameter is missing or wrong, or the account may not: the answers of the address that is not meant for it."""


class TypingPaths:
    """The addresses to try, by account."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, ...]] = {}

    def to_try(self, account: str) -> tuple[str, ...]:
        """In this order; none at all for an account that may use neither."""
        return self._known.get(account, (BUSINESS, PLAIN))

    def remember(self, account: str, *works: str) -> None:
        """These work for `account`, until the program ends."""
        self._known[account] = works


def typing_body(openid: str, *, on: bool) -> bytes:
    """The request body that shows typing to `openid`, or ends it ("下发客服当前输入状态")."""
    return msgspec.json.encode({"touser": openid, "command": "Typing" if on else "CancelTyping"})
