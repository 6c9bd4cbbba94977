"""Configuration in force: config.toml and secrets, read again at a change.

Whatever of it a part needs, it asks for when it needs it, or is handed by `app.OpenDesk.apply`.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any, Self

from msgspec import structs

from wxdesk.config.reading import FILE, Config, load
from wxdesk.config.store_url import passwords_in
from wxdesk.config.writing import restore, rewrite
from wxdesk.core.errors import BadInput, Phrase, WxdeskError
from wxdesk.core.events import ConfigurationChanged, Event, TroubleRaised
from wxdesk.core.model.account import Account
from wxdesk.core.setup.public_url import cleaned_url
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.core.troubles import TroubleArea
from wxdesk.core.wechat.credentials import NO_CREDENTIALS, Credentials
from wxdesk.desk.ports import Clock, utc_now
from wxdesk.desk.runtime.timers import sleep
from wxdesk.i18n import explanation, name_accounts, tr
from wxdesk.paths import stamp_of
from wxdesk.secrets.names import CHANGED_FILE, CUSTOMER_DATA_KEY, PHONE, TUNNEL_PASSWORD, MissingSecret, SecretSource
from wxdesk.secrets.sources import AccountSecrets, SecretSources
from wxdesk.timezones import shared_zone

LOOK_SECONDS = 2.0
"""Seconds between two looks at config.toml, so also the delay after a change."""

_TABLES = ("listener", "wechat", "tunnel", "serve", "phone", "customer_data", "backup")
"""Tables of config.toml that a running desk takes."""


@dataclass(frozen=True, slots=True)
class Setup:
    """Configuration of a desk as it was read, with secrets by account name.

    An account has `credentials` only if it lacks none of its secrets; those that any account lacks are `missing`.
    What was `found` is there for an incomplete account, too. `sources` are asked again for changed secrets;
    without them nothing is read again, as in a demonstration.
    """

    home: Path
    config: Config
    credentials: Mapping[str, Credentials] = field(default_factory=dict)
    clock: Clock = utc_now
    missing: tuple[MissingSecret, ...] = ()
    sources: SecretSources | None = field(default=None, compare=False, repr=False)
    found: Mapping[str, AccountSecrets] = field(default_factory=dict)
    others: Mapping[tuple[str, str], str] = field(default_factory=dict, repr=False)
    """Secrets of no account by their names, such as the tunnel's password."""
    only_remembered: bool = False
    """True if some of these are in a keychain that has shut since."""

    @property
    def accounts(self) -> dict[str, Account]:
        """The configured accounts by name."""
        return {entry.name: entry.account() for entry in self.config.accounts}

    @property
    def tunnel_password(self) -> str:
        """The tunnel's secret; perhaps empty."""
        return self.others.get(TUNNEL_PASSWORD, "")

    @property
    def public_url(self) -> str:
        """The configured public address, cleaned; empty if there is none."""
        return cleaned_url(self.config.listener.public_url)

    @property
    def zone(self) -> tzinfo | None:
        """Time zone shared by all accounts; None if they differ or follow the machine."""
        return shared_zone(account.timezone for account in self.accounts.values())

    @property
    def ready(self) -> dict[str, Account]:
        """Accounts whose secrets are known, by name."""
        return {name: account for name, account in self.accounts.items() if name in self.credentials}

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that must not appear in a log."""
        known = (*self.credentials.values(), *(found.credentials for found in self.found.values()))
        secrets = (secret for credentials in known for secret in credentials.secrets)
        return (*secrets, *self.others.values(), *passwords_in(self.config.store.url))

    def found_for(self, account: str) -> AccountSecrets:
        """Return the secrets of an account that were found, and from where."""
        complete = AccountSecrets(self.credentials.get(account, NO_CREDENTIALS))
        return self.found.get(account, complete)

    def changes_since(self, before: Self) -> ConfigurationChanged:
        """Compare with an earlier configuration of the same desk."""
        old, new = before.accounts, self.accounts
        return ConfigurationChanged(
            added=tuple(name for name in new if name not in old),
            changed=tuple(
                name
                for name in new
                if name in old
                and (new[name], self.found_for(name).credentials) != (old[name], before.found_for(name).credentials)
            ),
            removed=tuple(name for name in old if name not in new),
            tables=tuple(table for table in _TABLES if self._table(table) != before._table(table)),
            restart_needed=self.config.store != before.config.store,
        )

    def _table(self, name: str) -> tuple[object, ...]:
        return getattr(self.config, name), [value for names, value in self.others.items() if names[0] == name]


def read_setup(home: Path, sources: SecretSources, clock: Clock = utc_now) -> Setup:
    """Read config.toml and the secrets of its accounts; waits for the keychain.

    Raises:
        BadConfig, UnusableFile: config.toml cannot be used, and why.
    """
    config = load(home)
    name_accounts({entry.name: entry.account().title for entry in config.accounts})
    found = {entry.name: sources.read(entry.account(), clock()) for entry in config.accounts}
    others = {names: sources.other(names) for names in _others(config)}
    return Setup(home, config, clock=clock, sources=sources, others=others, **_completed(found))


def _completed(found: Mapping[str, AccountSecrets]) -> dict[str, Any]:
    """Return the fields of a `Setup` that follow from the secrets found."""
    credentials = {name: one.credentials for name, one in found.items() if not one.missing}
    missing = tuple(secret for one in found.values() for secret in one.missing)
    return {"found": found, "credentials": credentials, "missing": missing}


def _others(config: Config) -> Iterator[tuple[str, str]]:
    """Name the secrets of no account that this configuration needs."""
    if config.tunnel.kind is TunnelKind.SSH:
        yield TUNNEL_PASSWORD
    if config.customer_data.url:
        yield CUSTOMER_DATA_KEY
    yield from ((PHONE, name) for name in config.phone.targets)


type Apply = Callable[[Setup], Awaitable[ConfigurationChanged]]


class Configuration:
    """Keeper of the configuration `now`, one record, readable from any thread.

    `credentials` are the present ones in a mapping that stays the same, for parts on the desk's loop. `apply` hands
    a newly read configuration to the parts and returns what has changed.
    """

    def __init__(self, setup: Setup, publish: Callable[[Event], None], apply: Apply) -> None:
        self.now = setup
        self.credentials = dict(setup.credentials)
        self.apply = apply
        self._publish = publish
        self._awake = asyncio.Event()
        self._reading = asyncio.Lock()
        self._seen = self._stamp()
        self._was_shut = setup.sources is not None and setup.sources.keychain.is_shut

    def use(self, setup: Setup) -> None:
        """Replace it; `app.OpenDesk.apply` tells the parts."""
        self.now = setup
        self.credentials.clear()
        self.credentials.update(setup.credentials)

    def look_again(self) -> None:
        """Read everything again soon, as after SIGHUP; call it on the desk's loop."""
        self._awake.set()

    async def run(self) -> None:
        """Read again whenever config.toml or a secret has changed, until cancelled."""
        while True:
            await sleep(LOOK_SECONDS, self._awake)
            sources = self.now.sources
            has_opened = self._was_shut and sources is not None and not sources.keychain.is_shut
            if self._awake.is_set() or self._stamp() != self._seen or has_opened:
                self._awake.clear()
                with contextlib.suppress(WxdeskError):  # the operator has been told
                    await self.reload()

    async def reload(self) -> ConfigurationChanged:
        """Read config.toml and the secrets again and apply them; return what has changed.

        Raises:
            BadConfig, UnusableFile: config.toml cannot be used. The former configuration stays in force, and a
                trouble says so until it can be read again.
        """
        async with self._reading:
            return await self._reload()

    async def edit(
        self,
        change: Callable[[str], str],
        then: Callable[[], Awaitable[None]] | None = None,
        first: Callable[[], Awaitable[None]] | None = None,
    ) -> ConfigurationChanged:
        """Change the text of config.toml, do what belongs to it, and apply both.

        If `then` fails, the file is put back. What comes `first` can be done again where the rest was cut off.
        Raises what `config.writing.rewrite` and both raise.
        """
        async with self._reading:
            home = self.now.home
            if first is not None:
                await asyncio.to_thread(rewrite, home, str)  # a file with a mistake changes nothing
                await first()
            before = await asyncio.to_thread(rewrite, home, change)
            try:
                if then is not None:
                    await then()
            except BaseException:
                await asyncio.to_thread(restore, home, before)
                raise
            return await self._reload()

    async def _reload(self) -> ConfigurationChanged:
        self._seen, sources = self._stamp(), self.now.sources
        if sources is None:
            return ConfigurationChanged()
        try:
            read = await asyncio.to_thread(self._read_anew, sources)
        except WxdeskError as error:
            text = Phrase("The former configuration stays in force. {reason}", reason=explanation(error))
            self._publish(TroubleRaised(TroubleArea.CONFIGURATION, text))
            raise
        self._publish(TroubleRaised(TroubleArea.CONFIGURATION, ""))
        self._was_shut = sources.keychain.is_shut
        return await self.apply(self._with_known_ends(self._still_known(read) if self._was_shut else read))

    def _still_known(self, read: Setup) -> Setup:
        """Go on with what a keychain had that was locked meanwhile, as with the screen."""
        found = dict(read.found)
        for name, one in read.found.items():
            before = self.now.found.get(name, one)
            places = {before.sources.get(secret.name) for secret in one.missing}
            if places == {SecretSource.KEYCHAIN}:
                found[name] = before
        others = {names: value or self.now.others.get(names, "") for names, value in read.others.items()}
        remembered = found != read.found or others != read.others
        return replace(read, **_completed(found), others=others, only_remembered=remembered)

    def _read_anew(self, sources: SecretSources) -> Setup:
        """Read the files and open a vault; a config.toml that is gone is told."""
        if self.now.config.accounts and not (self.now.home / FILE).exists():
            raise BadInput(reason=Phrase("{file} is gone. Put it back, or remove accounts with: wxdesk account remove",
                                         file=self.now.home / FILE))  # fmt: skip
        sources.unlock_by_environment()
        return read_setup(self.now.home, sources, self.now.clock)

    def _with_known_ends(self, read: Setup) -> Setup:
        """Let no former secret live longer because it was read again."""
        known = {name: self.now.found_for(name).credentials for name in read.found}
        found = {
            name: structs.replace(one, credentials=one.credentials.ending_as(known[name]))
            for name, one in read.found.items()
        }
        return replace(read, credentials={name: found[name].credentials for name in read.credentials}, found=found)

    def _stamp(self) -> list[tuple[int, int, int] | None]:
        return [stamp_of(self.now.home / name) for name in (FILE, CHANGED_FILE)]


def describe_changes(changes: ConfigurationChanged) -> str:
    """Tell what has changed in the configuration in a sentence or two."""
    parts = [
        tr(sentence, names=" · ".join(names))
        for sentence, names in (
            ("Added: {names}.", changes.added),
            ("Changed: {names}.", (*changes.changed, *(f"[{table}]" for table in changes.tables))),
            ("Removed: {names}. Conversations that stay are resolved until their account is back.", changes.removed),
        )
        if names
    ]
    if changes.restart_needed:
        parts.append(tr(RESTART_NEEDED))
    return " ".join(parts) or tr("Nothing has changed.")


RESTART_NEEDED = "[store] url applies from the next start; until then the former database is used."
