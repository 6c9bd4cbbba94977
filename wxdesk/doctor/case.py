"""Knowledge that earlier checks leave to later ones."""

import os
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct, field

from wxdesk.config.reading import Config
from wxdesk.core.model.account import Account
from wxdesk.core.setup.findings import Finding
from wxdesk.core.wechat.credentials import NO_CREDENTIALS, Credentials
from wxdesk.desk.ports import Clock
from wxdesk.secrets.sources import SecretSources
from wxdesk.store import StoreStatus
from wxdesk.tunnel.connection import Surroundings


class Case(Struct):
    """One examination: what is looked at, and what was learnt so far.

    `around` is the network in which the public address is asked for. `sources` are those of the desk whose window
    asks, with what it has in memory and an open vault. `config` is None while it cannot be read.
    `listens` is true if the desk of this home answers at its port. `attempts` are the stored ones by account,
    newest first; those of no account have an empty name.
    """

    home: Path
    clock: Clock
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    around: Surroundings = field(default_factory=Surroundings)
    sources: SecretSources | None = None
    config: Config | None = None
    credentials: dict[str, Credentials] = field(default_factory=dict)
    store: StoreStatus | None = None
    listens: bool = False
    attempts: dict[str, tuple[Finding, ...]] = field(default_factory=dict)

    @property
    def accounts(self) -> tuple[Account, ...]:
        """The configured accounts."""
        return tuple(entry.account() for entry in self.config.accounts) if self.config else ()

    @property
    def in_use(self) -> bool:
        """True if a desk is open on this home, or on its database."""
        return self.store is StoreStatus.IN_USE

    def credentials_of(self, account: Account) -> Credentials:
        """Return the secrets of an account, empty where they are missing."""
        return self.credentials.get(account.name, NO_CREDENTIALS)
