"""Lookup of secrets in the environment, then the system's keychain; never a file.

The environment serves machines without a keychain: `WXDESK_SHOP_APP_SECRET` for account `shop`. A keychain
may wait for ever for the person to unlock it, so each query has a deadline. After one timeout no more
queries are made: a locked keychain delays the start once, however many secrets there are.

A replaced push token or AES key stays valid beside the new one for a day, because WeChat's console cannot
be changed in the same second: in the keychain with the time of the change, in the environment as `…_OLD`.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec

from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.wechat.credential_shapes import clean
from wxdesk.core.wechat.credentials import SIDE_BY_SIDE, Credentials, FormerSecret
from wxdesk.secrets.names import MissingSecret, SecretName, variable

log = logging.getLogger(__name__)

SERVICE = "wxdesk"
DEADLINE_SECONDS = 3.0

_silent = threading.Event()
"""Flag that is set once the keychain did not answer in time."""

MOST_FORMER = 3
"""Most former values kept of one secret, in case the last one was mistyped."""


def credentials_of(
    account: Account, now: datetime, environ: Mapping[str, str] = os.environ
) -> tuple[Credentials, list[MissingSecret]]:
    """Collect the account's secrets; those missing are empty and listed separately.

    `now` is when the desk starts: a former value from the environment, whose age is unknown, counts from then.
    """
    found = {name: _Found.of(account.name, name, now, environ) for name in _needed(account)}
    missing = [MissingSecret(account.name, name) for name in found if not found[name].value]
    values = {name: found.get(name, _Found()) for name in SecretName}
    token, key = values[SecretName.PUSH_TOKEN], values[SecretName.ENCODING_AES_KEY]
    app_secret = values[SecretName.APP_SECRET].value
    return Credentials(app_secret, token.value, key.value, token.former, key.former), missing


def _needed(account: Account) -> list[SecretName]:
    with_key = account.push_mode is not PushMode.PLAIN
    return [name for name in SecretName if with_key or name is not SecretName.ENCODING_AES_KEY]


@dataclass(frozen=True, slots=True)
class _Found:
    """One secret with its former values, newest first; empty if it is stored nowhere."""

    value: str = ""
    former: tuple[FormerSecret, ...] = ()

    @classmethod
    def of(cls, account: str, name: SecretName, now: datetime, environ: Mapping[str, str]) -> _Found:
        given = _cleaned(name, environ.get(variable(account, name), ""))
        value = given or _cleaned(name, read(account, name) or "")
        if not value or not name.keeps_former:
            return cls(value)
        old = _cleaned(name, environ.get(variable(account, name) + "_OLD", ""))
        former = (FormerSecret(old, now + SIDE_BY_SIDE),) if old and old != value else ()
        # A keychain that did not have the secret itself is not asked (and perhaps waited for) a second time.
        return cls(value, former if given else (*former, *_read_former(account, name, value, now)))


def _cleaned(name: SecretName, raw: str) -> str:
    return clean(name.field, raw).value


def read(account: str, name: SecretName) -> str | None:
    """Read a secret from the keychain; None if it is absent, locked, or not available."""
    import keyring  # slow to load, and not needed where the environment has it all

    return _in_time(lambda: keyring.get_password(SERVICE, f"{account}/{name.value}"))


def write(account: str, name: SecretName, value: str, now: datetime, *, at_once: bool = False) -> bool:
    """Store a secret in the keychain; False if there is none or it stays locked.

    A changed push token or AES key keeps its former value beside it, as replaced at `now`; with `at_once` the
    former values are dropped, because somebody else knows them.
    """
    before = read(account, name) if name.keeps_former else None
    if before and (at_once or before != value):
        # First, so that no moment has neither: a former value that is the present one as well does no harm.
        kept = [] if at_once else _with_former(before, _read_former(account, name, before, now), value, now)
        if not _put(_former_entry(account, name), msgspec.json.encode(kept).decode()):
            return False
    return _put(f"{account}/{name.value}", value)


def _with_former(before: str, former: tuple[FormerSecret, ...], value: str, now: datetime) -> list[_FormerEntry]:
    """List the former values with `before`, newest first, without the new `value`."""
    changed = (FormerSecret(before, now + SIDE_BY_SIDE), *former)
    return [_FormerEntry(one.value, one.until - SIDE_BY_SIDE) for one in changed if one.value != value][:MOST_FORMER]


class _FormerEntry(msgspec.Struct):
    """A former secret as stored in the keychain, with the time of the change."""

    value: str
    changed_at: Annotated[datetime, msgspec.Meta(tz=True)]


_kept = msgspec.json.Decoder(list[_FormerEntry])


def _former_entry(account: str, name: SecretName) -> str:
    return f"{account}/{name.value}/former"


def _read_former(account: str, name: SecretName, present: str, now: datetime) -> tuple[FormerSecret, ...]:
    """Read the former values that are still valid; none if the entry is not ours."""
    import keyring

    text = _in_time(lambda: keyring.get_password(SERVICE, _former_entry(account, name)))
    try:
        kept = _kept.decode(text or "[]")
    except msgspec.DecodeError:
        return ()
    former = (FormerSecret(one.value, one.changed_at + SIDE_BY_SIDE) for one in kept if one.value != present)
    return tuple(secret for secret in former if secret.until > now)


def _put(entry: str, value: str) -> bool:
    import keyring

    def store() -> bool:
        keyring.set_password(SERVICE, entry, value)
        return True

    return _in_time(store) or False


def _in_time[T](work: Callable[[], T]) -> T | None:
    """Run `work` in a thread; None if it fails or does not end in time."""
    if _silent.is_set():
        return None
    results: list[T] = []

    def attempt() -> None:
        try:
            results.append(work())
        except Exception as error:  # noqa: BLE001 - backends raise what they like; its text may hold the secret
            log.info("The system keychain did not answer: %s", type(error).__name__)

    # A daemon, because an unlock prompt that nobody answers must not keep the program from ending.
    thread = threading.Thread(target=attempt, daemon=True, name="keychain")
    thread.start()
    thread.join(DEADLINE_SECONDS)
    if thread.is_alive():
        log.warning("The system keychain did not answer in %s s and is asked no more", DEADLINE_SECONDS)
        _silent.set()
    return results[0] if results else None
