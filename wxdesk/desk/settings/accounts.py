"""Accounts with their modes: config.toml, overridden by the operator's settings."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import suppress

import msgspec
from msgspec.structs import asdict, replace

from wxdesk.core.errors import BadPreference, LeaseLost, NotFound
from wxdesk.core.events import AccountChanged, Event
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.i18n import name_accounts
from wxdesk.store.settings import ACCOUNT_MODE, Settings

log = logging.getLogger(__name__)

LONGEST_HOLD = 3600
"""Most seconds for which an account may hold replies, as in config.toml."""


class AccountSetting(msgspec.Struct, frozen=True):
    """The operator's settings for an account; each replaces the field of `Account`."""

    reply_mode: ReplyMode
    hold_seconds: int

    def check(self) -> None:
        """Raise `BadPreference` if it is out of range."""
        if not 0 <= self.hold_seconds <= LONGEST_HOLD:
            raise BadPreference("hold_seconds", 0, LONGEST_HOLD)


class Accounts(Mapping[str, Account]):
    """All accounts by name; they come, change and go while the desk runs.

    Reading from another thread is safe: each is one record, replaced as a whole. `with_secrets` are the names of
    those whose secrets are known; `follow` applies a changed mode to the account's pending replies.
    """

    def __init__(
        self,
        configured: Mapping[str, Account],
        with_secrets: Collection[str],
        settings: Settings,
        follow: Callable[[Account], Awaitable[None]],
        publish: Callable[[Event], None],
    ) -> None:
        self.configured = dict(configured)
        self.are_known = True  # beside a server: once that has told them
        self._now = dict(configured)
        self._set_here: frozenset[str] = frozenset()
        self._with_secrets = frozenset(with_secrets)
        self._changing = asyncio.Lock()
        self._settings = settings
        self._follow = follow
        self._publish = publish

    def __getitem__(self, name: str) -> Account:
        return self._now[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)

    def ready(self) -> dict[str, Account]:
        """Return the accounts whose secrets are known, by name."""
        return {name: account for name, account in self._now.items() if name in self._with_secrets}

    def is_overridden(self, name: str) -> bool:
        """Tell whether the operator's setting overrides config.toml for this account."""
        return name in self._set_here

    async def load(self) -> None:
        """Load the operator's settings; what cannot be read counts as never set."""
        await self.use(self.configured, self._with_secrets)

    async def use(
        self, configured: Mapping[str, Account], with_secrets: Collection[str], *, follow: bool = True
    ) -> None:
        """Replace all accounts by these; pending replies `follow` a changed mode."""
        async with self._changing:
            before = self._now
            name_accounts(dict.fromkeys(before, "") | {name: account.title for name, account in configured.items()})
            settings = {name: await self._stored(name) for name in configured}
            self.configured, self._with_secrets = dict(configured), frozenset(with_secrets)
            self.are_known = True
            self._set_here = frozenset(name for name, setting in settings.items() if setting is not None)
            self._now = {name: _with_setting(account, settings[name]) for name, account in configured.items()}
            changed = [one for name, one in self._now.items() if name in before and _acts(one) != _acts(before[name])]
            with suppress(LeaseLost):  # their replies are those of whoever works, who has a file of its own
                for account in changed if follow else ():
                    await self._follow(account)
        for account in changed:
            self._publish(AccountChanged(account.name))

    async def _stored(self, name: str) -> AccountSetting | None:
        stored = await self._settings.get(ACCOUNT_MODE + name)
        try:
            found = msgspec.json.decode(stored, type=AccountSetting) if stored else None
            if found is not None:
                found.check()
        except (msgspec.MsgspecError, BadPreference) as error:
            log.warning("The stored mode of an account cannot be read: %s", error)
            return None
        return found

    async def set_mode(self, name: str, mode: ReplyMode, hold_seconds: int) -> None:
        """Set an account's mode from now on; pending replies follow.

        Raises:
            BadPreference: no such number of seconds; nothing has changed then.
            NotFound: there is no such account.
        """
        setting = AccountSetting(mode, hold_seconds)
        setting.check()
        await self._change(name, setting)

    async def follow_config(self, name: str) -> None:
        """Return to config.toml's mode; pending replies follow. Raises like `set_mode`."""
        await self._change(name, None)

    async def _change(self, name: str, setting: AccountSetting | None) -> None:
        async with self._changing:
            if name not in self.configured:
                raise NotFound("account")
            before = self._now[name].reply_mode
            stored = msgspec.json.encode(setting).decode() if setting is not None else ""
            await self._settings.set(ACCOUNT_MODE + name, stored)
            account = _with_setting(self.configured[name], setting)
            self._now = {**self._now, name: account}
            self._set_here = self._set_here | {name} if setting is not None else self._set_here - {name}
            if account.reply_mode is not before:
                await self._follow(account)
        self._publish(AccountChanged(name))


def _acts(account: Account) -> tuple[ReplyMode, bool]:
    """Return what decides about pending replies."""
    return account.reply_mode, account.paused


def _with_setting(configured: Account, setting: AccountSetting | None) -> Account:
    return configured if setting is None else replace(configured, **asdict(setting))
