"""Facts for the settings page that the desk itself does not know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from wxdesk.core.setup.public_url import cleaned_url
from wxdesk.core.wechat.credential_shapes import ShapeIssue
from wxdesk.secrets import MissingSecret


@dataclass(frozen=True, slots=True)
class InstallationFacts:
    """Locations of this installation, and its missing secrets.

    `public_url` is the address that the tunnel gives the listener, empty while none is configured. `database`
    is the store's address, without a user or a password. `former` has by account the secrets that were replaced
    (their names, never their values) and until when pushes made with them are still accepted. `issues` has by
    account the values that cannot be right.
    """

    home: Path
    public_url: str = ""
    database: str = "sqlite:///desk.db"
    missing: tuple[MissingSecret, ...] = ()
    former: Mapping[str, tuple[tuple[str, datetime], ...]] = field(default_factory=dict)
    issues: Mapping[str, tuple[ShapeIssue, ...]] = field(default_factory=dict)

    def missing_for(self, account: str) -> tuple[MissingSecret, ...]:
        """Return the secrets that this account lacks."""
        return tuple(secret for secret in self.missing if secret.account == account)

    def push_url(self, account: str, listener_url: str) -> str:
        """Return the address to give to WeChat; a local one while there is no public one."""
        return f"{cleaned_url(self.public_url) or listener_url}/wx/{account}"
