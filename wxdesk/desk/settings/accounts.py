"""The accounts as they answer now: config.toml says how, and what the operator has set in the window goes before it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace

import msgspec

from wxdesk.core.errors import BadPreference, NotFound
from wxdesk.core.events import AccountChanged, Event
from wxdesk.core.model.account import Account, ReplyMode
from wxdesk.desk.ports.store import Settings

log = logging.getLogger(__name__)

KEY = "account:"
"""What an account's setting is kept under, before its name; an empty value is none."""

LONGEST_HOLD = 3600
"""Seconds that an account may hold its replies, as in config.toml."""


class AccountSetting(msgspec.Struct, frozen=True):
    """How an account answers, by the operator's word."""

    reply_mode: ReplyMode
    hold_seconds: int

    def check(self) -> None:
        """Raise `BadPreference` if it cannot be worked by."""
        if not 0 <= self.hold_seconds <= LONGEST_HOLD:
            raise BadPreference("hold_seconds", 0, LONGEST_HOLD)


class Accounts(Mapping[str, Account]):
    """All accounts by name. A look from another thread is safe: each is one record, replaced as a whole.

    `follow` lets what waits follow an account whose mode has changed.
    """

    def __init__(
        self,
        configured: Mapping[str, Account],
        settings: Settings,
        follow: Callable[[Account], Awaitable[None]],
        publish: Callable[[Event], None],
    ) -> None:
        self.configured = dict(configured)
        self._now = dict(configured)
        self._set_here: frozenset[str] = frozenset()
        self._settings = settings
        self._follow = follow
        self._publish = publish

    def __getitem__(self, name: str) -> Account:
        return self._now[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now)

    def __len__(self) -> int:
        return len(self._now)

    def is_set_here(self, name: str) -> bool:
        """Whether the operator has set how this account answers, whatever config.toml says."""
        return name in self._set_here

    async def load(self) -> None:
        """Take the operator's settings from the store. What cannot be read counts as never set."""
        for name in self.configured:
            stored = await self._settings.get(KEY + name)
            try:
                found = msgspec.json.decode(stored, type=AccountSetting) if stored else None
                if found is not None:
                    found.check()
            except (msgspec.MsgspecError, BadPreference) as error:
                log.warning("The stored mode of an account cannot be read: %s", error)
                continue
            self._take(name, found)

    async def set_mode(self, name: str, mode: ReplyMode, hold_seconds: int) -> None:
        """Let `name` answer like this from now on; what waits there follows.

        Raises:
            BadPreference: no such number of seconds; nothing has changed then.
            NotFound: there is no such account.
        """
        setting = AccountSetting(mode, hold_seconds)
        setting.check()
        await self._change(name, setting)

    async def follow_config(self, name: str) -> None:
        """Let `name` answer as config.toml says; what waits there follows. Raises like `set_mode`."""
        await self._change(name, None)

    async def _change(self, name: str, setting: AccountSetting | None) -> None:
        if name not in self.configured:
            raise NotFound("account")
        before = self._now[name].reply_mode
        stored = msgspec.json.encode(setting).decode() if setting is not None else ""
        await self._settings.set(KEY + name, stored)
        self._take(name, setting)
        if self._now[name].reply_mode is not before:
            await self._follow(self._now[name])
        self._publish(AccountChanged(name))

    def _take(self, name: str, setting: AccountSetting | None) -> None:
        configured = self.configured[name]
        account = configured
        if setting is not None:
            account = replace(configured, reply_mode=setting.reply_mode, hold_seconds=setting.hold_seconds)
        self._now = {**self._now, name: account}
        self._set_here = self._set_here | {name} if setting is not None else self._set_here - {name}
