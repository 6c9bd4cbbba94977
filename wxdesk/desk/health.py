"""How the desk is: listener, tokens, pause and troubles, gathered from the bus for whoever asks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from wxdesk.core.events import Event, ListenerChanged, PauseChanged, TokenChanged, TroubleRaised


@dataclass(frozen=True, slots=True)
class TokenState:
    """An account's access_token: valid until `expires_at` or missing; `error` is why no new one came."""

    expires_at: datetime | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class HealthState:
    """One moment's state. `listener_url` is empty while nothing listens; `troubles` are the present ones, one a key.

    `paused_until` is when a pause ends by itself, None where it does not or where nothing is paused; `paused_since`
    when it began.
    """

    listener_url: str = ""
    tokens: tuple[tuple[str, TokenState], ...] = ()
    paused: bool = False
    paused_until: datetime | None = None
    paused_since: datetime | None = None
    troubles: tuple[TroubleRaised, ...] = ()


class Health:
    """Keeps the newest state; subscribed to the bus. Reading it from another thread is safe: it is one record."""

    def __init__(self) -> None:
        self.state = HealthState()

    def hear(self, event: Event) -> None:
        """Take in what an event says about the desk's health."""
        match event:
            case ListenerChanged(url):
                self.state = replace(self.state, listener_url=url)
            case PauseChanged(paused, until, since):
                self.state = replace(self.state, paused=paused, paused_until=until, paused_since=since)
            case TokenChanged(account, expires_at, error):
                tokens = dict(self.state.tokens) | {account: TokenState(expires_at, error)}
                self.state = replace(self.state, tokens=tuple(sorted(tokens.items())))
            case TroubleRaised(key, text):
                others = tuple(trouble for trouble in self.state.troubles if trouble.key != key)
                self.state = replace(self.state, troubles=(*others, event) if text else others)
            case _:
                pass
