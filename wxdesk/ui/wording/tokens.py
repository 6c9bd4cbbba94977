"""Texts of the status bar about access tokens: the next to expire, or one missing."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wxdesk.desk.health import HealthState, TokenState
from wxdesk.i18n import tr
from wxdesk.ui.wording.messages import countdown


@dataclass(frozen=True, slots=True)
class TokenText:
    """The status of the access tokens: theme role, text, tooltip and short text."""

    role: str
    text: str
    details: str = ""
    short: str = ""

    @staticmethod
    def of(state: HealthState, accounts: Sequence[str], now: datetime) -> TokenText:
        """Return the text for these accounts' tokens at `now`; empty without accounts."""
        if not accounts:
            return TokenText("accent", "")
        known = dict(state.tokens)
        failing = [name for name in accounts if known.get(name, TokenState(None)).error]
        missing = [name for name in failing if known[name].expires_at is None]
        details = html.escape("\n".join(f"{name}: {_left(known.get(name), now)}" for name in accounts))
        if missing:
            whose = missing[0] if len(missing) == 1 else tr("{n} accounts", n=len(missing))
            return TokenText("failed", tr("No token for {accounts}", accounts=whose), details, tr("No token"))
        role = "pending" if failing else "accent"
        if len(accounts) == 1:
            left = _time(known.get(accounts[0]), now)
            return TokenText(role, tr("Token {left}", left=left), details, tr("Token"))
        ends = [token.expires_at for token in known.values() if token.expires_at is not None]
        if not ends:
            return TokenText("accent", tr("Tokens {left}", left=tr("not fetched yet")), details, tr("Tokens"))
        return TokenText(role, tr("Next token {left}", left=countdown(min(ends) - now)), details, tr("Tokens"))


def _left(token: TokenState | None, now: datetime) -> str:
    if token is None or not token.error:
        return _time(token, now)
    if token.expires_at is None:
        return tr(token.error)
    return tr("{left}, no new one: {why}", left=_time(token, now), why=tr(token.error))


def _time(token: TokenState | None, now: datetime) -> str:
    if token is None or token.expires_at is None:
        return tr("not fetched yet")
    return countdown(token.expires_at - now)
