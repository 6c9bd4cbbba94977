"""What the settings page tells that the desk itself does not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from wxdesk.keychain import Missing


@dataclass(frozen=True, slots=True)
class Facts:
    """Where things are, and which secrets nobody has.

    `public_url` is what the tunnel makes of the listener, empty while none is configured. `database` is where
    messages are kept, without a user or a password. `former` has by account the secrets that were
    replaced (their names, never their values) and until when pushes made with them are still taken.
    """

    home: Path
    public_url: str = ""
    database: str = "sqlite:///desk.db"
    missing: tuple[Missing, ...] = ()
    former: Mapping[str, tuple[tuple[str, datetime], ...]] = field(default_factory=dict)

    def missing_for(self, account: str) -> tuple[Missing, ...]:
        """The secrets that this account lacks."""
        return tuple(secret for secret in self.missing if secret.account == account)

    def push_url(self, account: str, listener_url: str) -> str:
        """The address to give to WeChat; on this machine only while there is no public one."""
        return f"{(self.public_url or listener_url).rstrip('/')}/wx/{account}"
