"""Accounts added, changed, paused, renamed and removed while the desk runs.

Each writes config.toml so that its comments stay, moves or removes secrets and rows with it, and is applied at once.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import partial

from msgspec import Struct, field

from wxdesk.config.editing import Keys, with_account, with_account_keys, with_keys, without_account
from wxdesk.config.reading import load
from wxdesk.config.writing import check
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.errors import BadInput, NotFound, Phrase, StoreError, WxdeskError
from wxdesk.core.events import ConfigurationChanged
from wxdesk.core.outside import PhoneKind
from wxdesk.core.wechat.credential_shapes import CredentialField, clean, judge_together, values_of
from wxdesk.desk.pictures.pictures import Pictures
from wxdesk.desk.settings.configuration import Configuration
from wxdesk.desk.wechat.explanations import explain_issue
from wxdesk.i18n import explain
from wxdesk.secrets.keychain import START_SECONDS
from wxdesk.secrets.names import CUSTOMER_DATA_KEY, PHONE, SecretName
from wxdesk.secrets.sources import SecretSources
from wxdesk.store import Store
from wxdesk.store.settings import REMOVED

log = logging.getLogger(__name__)

NOTHING_ENTERED = "Nothing was entered; nothing was changed."


class NotAdded(WxdeskError):
    """The secrets of a new account cannot be kept, so that nothing of it was stored."""

    template = "“{account}” was not added, since its secrets could not be kept. {reason}"


class AccountEditing(Struct, frozen=True):
    """Changes of the accounts.

    `_shut` lets the listener refuse what comes for one, and returns what undoes it. Every method raises `BadInput`
    for what config.toml cannot say, for a file with a mistake and for one that was changed elsewhere meanwhile;
    nothing has changed then.
    """

    _configuration: Configuration
    _store: Store
    _pictures: Pictures
    _shut: Callable[[str], Callable[[], None]]
    _renaming: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def add(
        self, name: str, app_id: str, secrets: Mapping[SecretName, str] | None = None, **keys: object
    ) -> ConfigurationChanged:
        """Add an account with its secrets, or nothing; `keys` are those of config.toml.

        Raises:
            NotAdded: its secrets cannot be kept.
        """
        change = partial(with_account, keys={"name": name, "app_id": app_id, **keys})
        await asyncio.to_thread(check, self._configuration.now.home, change)
        try:
            known = {CredentialField.APP_ID: app_id, CredentialField.ORIGINAL_ID: str(keys.get("original_id") or "")}
            await self._keep(name, _cleaned(secrets or {}, known))
        except WxdeskError as error:
            raise NotAdded(account=name, reason=explain(error)) from None
        try:
            return await self._configuration.edit(change)
        except BaseException:
            with suppress(WxdeskError):  # of a keychain that has shut since
                if secrets and name not in await self._names():
                    await self._in_sources(lambda sources: sources.remove(name, START_SECONDS))
            raise

    async def change(self, name: str, **keys: object) -> ConfigurationChanged:
        """Set keys of an account; None returns to the default of one."""
        return await self._configuration.edit(partial(with_account_keys, name=name, keys=keys))

    async def pause(self, name: str, *, on: bool) -> ConfigurationChanged:
        """Pause the automatic replies of an account, or let them leave again."""
        return await self.change(name, paused=True if on else None)

    async def set_secrets(
        self, name: str, values: Mapping[SecretName, str], *, at_once: bool = False
    ) -> ConfigurationChanged:
        """Store secrets of an account and use them; waits for the keychain's question.

        A former Token or key is accepted beside the new one for a day, unless `at_once`. A value that cannot be
        the one of its field is refused, and nothing is stored.
        """
        configured = self._configuration.now.accounts.get(name)
        if configured is None or self._configuration.now.sources is None:
            raise NotFound("account")
        known = values_of(configured, self._configuration.now.found_for(name).credentials)
        await self._keep(name, _cleaned(values, known), at_once=at_once)
        return await self._configuration.reload()

    async def _keep(self, name: str, values: Mapping[SecretName, str], *, at_once: bool = False) -> None:
        if values:
            now = self._configuration.now.clock()
            await self._in_sources(lambda sources: sources.store(name, values, now, at_once=at_once))

    async def set_other_secret(self, names: tuple[str, str], value: str) -> ConfigurationChanged:
        """Store a secret of no account, or remove it if empty, and use it."""
        await self._in_sources(lambda sources: sources.store_other(names, value))
        return await self._configuration.reload()

    async def set_phone(self, name: str, kind: PhoneKind | None = None, address: str = "") -> ConfigurationChanged:
        """Add a phone to tell of waiting customers, or remove it; its address is a secret."""

        def change(text: str) -> str:  # once it is its turn, by the phones of then
            targets = {**self._configuration.now.config.phone.targets, name: kind}
            return with_keys(text, "phone", {"targets": {one: str(what) for one, what in targets.items() if what}})

        await self._configuration.edit(change)
        return await self.set_other_secret((PHONE, name), address)

    async def set_customer_data(self, url: str, key: str) -> ConfigurationChanged:
        """Set the address of customers' data and its key; an empty one removes both."""
        await self.set("customer_data", {"url": url or None})
        return await self.set_other_secret(CUSTOMER_DATA_KEY, key if url else "")

    async def set(self, table: str, keys: Keys) -> ConfigurationChanged:
        """Set keys of another table, such as `listener` or `tunnel`."""
        return await self._configuration.edit(partial(with_keys, table=table, keys=keys))

    async def rename(self, old: str, new: str) -> ConfigurationChanged:
        """Give an account another name, with its conversations and secrets.

        Its push URL is another one then, to be entered in WeChat's console: pushes to the former one are refused.
        What is cut off before config.toml has the new name, is undone at the next start, the rest done then.
        """
        rows = self._store.account_rows

        async def begin() -> None:
            if new in self._configuration.now.accounts:
                raise BadInput(reason=Phrase("config.toml has an account “{name}” already.", name=new))
            await self._finish_rename()  # an earlier one, which no disk took
            await rows.begin_rename(old, new)
            await self._in_sources(lambda sources: sources.copy(old, new))

        change = partial(with_account_keys, name=old, keys={"name": new})
        async with self._renaming:
            try:
                changes = await self._moving(old, change, first=begin, then=partial(rows.rename, old, new))
            except Exception:
                with suppress(WxdeskError):  # the next start tries again
                    await self._finish_rename()
                raise
            await self._finish_rename()
        return changes

    async def finish_rename(self) -> None:
        """Finish or undo a rename that was cut off, as config.toml says."""
        if not self._renaming.locked():  # else it ends by itself
            await self._finish_rename()

    async def _finish_rename(self) -> None:
        rows = self._store.account_rows
        renaming = await rows.unfinished_rename()
        if renaming is None:
            return
        names, (old, new) = await self._names(), renaming
        gone, name = (old, new) if new in names and old not in names else (new, old)
        if gone not in names:
            await rows.rename(gone, name)  # nothing, where they have not moved
            try:
                await self._in_sources(lambda sources: sources.remove(gone, START_SECONDS))
            except BadInput:  # of a keychain that is shut: the next start tries again
                return
        await rows.forget_rename()

    async def remove(self, name: str, *, with_data: bool) -> ConfigurationChanged:
        """Remove an account and its secrets, and its conversations only `with_data`.

        It leaves config.toml last, so that a removal that was cut off can be begun again.

        Raises:
            BadInput: the keychain or the vault did not open; nothing was changed.
        """

        async def remove_rest() -> None:
            await self._in_sources(lambda sources: sources.remove(name))
            if with_data:
                self._store.pushes.expect_fewer()
                for digest in await self._store.account_rows.pictures(name):
                    await self._pictures.remove(digest)
                await self._store.account_rows.remove(name)
                await self._store.person_rows.scrub()

        return await self._moving(name, partial(without_account, name=name), first=remove_rest)

    async def resolve_removed(self) -> None:
        """Resolve what accounts have left that are not configured, until they are again.

        Nobody can be answered there. A conversation with a reply that is left to settle stays open.
        """
        rows, settings, configured = self._store.account_rows, self._store.settings, self._configuration.now.accounts
        if not self._store.lease.is_held:
            return  # the server that works does it
        try:
            noted = await settings.beginning(REMOVED)
            for name in await rows.of_others(tuple(configured)):
                at = noted.get(REMOVED + name) or self._configuration.now.clock().isoformat()
                await settings.set(REMOVED + name, at)  # first, so that each one that is resolved can be reopened
                await self._change(name, None, RowAct.RESOLVE, datetime.fromisoformat(at))
            for key, at in noted.items():
                if (name := key.removeprefix(REMOVED)) in configured:
                    await self._change(name, datetime.fromisoformat(at), RowAct.REOPEN, self._configuration.now.clock())
                    await settings.drop(key)
        except StoreError as error:
            log.warning("Conversations of removed accounts stay as they are for now: %s", error)

    async def _change(self, name: str, resolved: datetime | None, act: RowAct, at: datetime) -> None:
        """Change the conversations of an account that were `resolved` then, or not at all."""
        last = 0
        while ids := await self._store.account_rows.resolved(name, resolved, last):
            await self._store.rows.change(ids, RowChange(act), at)
            last = ids[-1]

    async def _names(self) -> tuple[str, ...]:
        """Read which accounts config.toml has, whatever is in force."""
        return tuple(one.name for one in (await asyncio.to_thread(load, self._configuration.now.home)).accounts)

    async def _in_sources(self, change: Callable[[SecretSources], object]) -> None:
        """Change the places of secrets, if this desk has any."""
        if (sources := self._configuration.now.sources) is not None:
            await asyncio.to_thread(change, sources)

    async def _moving(
        self, name: str, change: Callable[[str], str], **steps: Callable[[], Awaitable[None]]
    ) -> ConfigurationChanged:
        """Edit while no push for the account comes in between."""
        if name not in self._configuration.now.accounts:
            raise NotFound("account")
        reopen = self._shut(name)
        try:
            return await self._configuration.edit(change, **steps)
        except BaseException:
            reopen()
            raise


def _cleaned(values: Mapping[SecretName, str], known: Mapping[CredentialField, str]) -> dict[SecretName, str]:
    """Return secrets as they were meant; raises `BadInput` beside what is `known`."""
    cleaned = {secret: clean(secret.field, value).value for secret, value in values.items()}
    given = {secret.field: value for secret, value in cleaned.items()}
    issue = next((one for one in judge_together({**known, **given}) if one.field in given), None)
    if issue is not None or not all(given.values()):
        raise BadInput(reason=explain_issue(issue) if issue else NOTHING_ENTERED)
    return cleaned
