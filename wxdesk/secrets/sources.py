"""Sources of secrets in their order, and the place of new ones.

Environment and folder are only read; then come the system's keychain, the vault once it is open, and the memory.
A new secret goes into the first of these three that takes it, and leaves the other two.
"""

import logging
import os
import stat
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct, field

from wxdesk import logs
from wxdesk.core.errors import BadInput, Phrase
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.wechat.credential_shapes import clean
from wxdesk.core.wechat.credentials import SIDE_BY_SIDE, Credentials, FormerSecret
from wxdesk.paths import write_private
from wxdesk.secrets.keychain import PERSON_SECONDS, START_SECONDS, Keychain, KeychainTrouble
from wxdesk.secrets.names import CHANGED_FILE, SIGN_IN, MissingSecret, SecretName, SecretSource, entry_of, variable
from wxdesk.secrets.rotation import former_entry, former_in, former_text
from wxdesk.secrets.vault import FILE, Vault

log = logging.getLogger(__name__)

VARIABLES = ("WXDESK_SECRETS", "CREDENTIALS_DIRECTORY")
"""Variables that name a folder of secrets, read anew each time; one is systemd's.

A file each: `shop_push_token` has the Token of account `shop`, `shop_push_token_old` its former one.
"""

MOST_BYTES = 4096

KEEPS_FORMER = (
    "The system's keychain keeps its former value and takes no other, so the former one still applies. Unlock "
    "the keychain, or delete “{entry}” of wxdesk in it, and store the value again."
)


def read_secret_file(folder: Path | None, account: str, name: str, suffix: str = "") -> str:
    """Read a secret; empty without its file, or if it cannot be read, which is logged."""
    if folder is None:
        return ""
    path = folder / f"{account}_{name}{suffix}"
    try:
        if stat.S_ISFIFO(path.stat().st_mode):
            raise BlockingIOError  # perhaps nobody ever writes into it
        with path.open("rb") as file:
            return file.read(MOST_BYTES).decode("utf-8-sig").rstrip("\r\n")
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        log.warning("The file %s cannot be read: %s", path, type(error).__name__)
        return ""


class SecretMemory:
    """The `entries`, until the program ends."""

    source = SecretSource.MEMORY

    def __init__(self) -> None:
        self.entries: dict[str, str] = {}

    def get(self, entry: str, wait: float = 0.0) -> str | None:
        """Read an entry; None if it is absent."""
        return self.entries.get(entry)

    def put(self, entries: Mapping[str, str | None], wait: float = 0.0) -> bool:
        """Write entries, and remove those that are None."""
        merged = {**self.entries, **entries}
        self.entries = {entry: value for entry, value in merged.items() if value is not None}
        return True


PASSPHRASE = "WXDESK_VAULT_PASSPHRASE"  # noqa: S105 - a variable


type SecretPlace = Keychain | Vault | SecretMemory
"""A place that keeps entries; `wait` is for how many seconds it may ask a person."""


class AccountSecrets(Struct, frozen=True):
    """The secrets of an account, and the source of each; those missing are empty."""

    credentials: Credentials = Credentials("", "")
    missing: tuple[MissingSecret, ...] = ()
    sources: Mapping[SecretName, SecretSource] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class _Found:
    """One secret with its former values, newest first."""

    value: str = ""
    former: tuple[FormerSecret, ...] = ()
    source: SecretSource = SecretSource.MEMORY


class SecretSources:
    """All sources of one home folder, `memory` unless the program ends at once.

    Every method may wait for a person or compute for some tenths of a second: call it in a thread, never on an
    event loop. `on_wait` is called, in that thread, while the keychain asks the person something.
    """

    def __init__(
        self,
        home: Path,
        environ: Mapping[str, str] = os.environ,
        *,
        on_wait: Callable[[], None] = lambda: None,
        memory: bool = True,
    ) -> None:
        self._home = home
        self._environ = environ
        self._passphrase: str | None = None
        self.keychain = Keychain(on_wait)
        self.vault = Vault(home / FILE)
        self._memory = SecretMemory()
        self._places: tuple[SecretPlace, ...] = (self.keychain, self.vault, *((self._memory,) if memory else ()))

    def read(self, account: Account, now: datetime, wait: float = START_SECONDS) -> AccountSecrets:
        """Read the account's secrets and mask them in the log from then on.

        A former value from environment or folder, whose age is unknown, counts from `now`.
        """
        found = {name: self._find(account.name, name, now, wait) for name in _names_for(account)}
        if self._memory.entries and self.keychain.trouble is None:
            self._put({}, SecretSource.KEYCHAIN)  # it was shut when they came; the next reading finds them there
        missing = tuple(MissingSecret(account.name, name) for name in found if not found[name].value)
        values = {name: found.get(name, _Found()) for name in SecretName}
        token, key = values[SecretName.PUSH_TOKEN], values[SecretName.ENCODING_AES_KEY]
        app_secret = values[SecretName.APP_SECRET].value
        credentials = Credentials(app_secret, token.value, key.value, token.former, key.former)
        logs.mask_also(credentials.secrets)
        return AccountSecrets(credentials, missing, {name: one.source for name, one in found.items() if one.value})

    def store(
        self,
        account: str,
        values: Mapping[SecretName, str],
        now: datetime,
        *,
        at_once: bool = False,
        into: SecretSource | None = None,
    ) -> SecretSource | None:
        """Store secrets, all in one place, and return it; None if nothing takes them.

        A changed push token or AES key keeps its former value beside it, as replaced at `now`; with `at_once`
        the former values are dropped, because somebody else knows them. `into` allows one place only. A person
        gets the time to answer the keychain's question.
        """
        logs.mask_also(values.values())
        wait = PERSON_SECONDS if into in (None, SecretSource.KEYCHAIN) else START_SECONDS
        entries: dict[str, str | None] = {}
        for name, value in values.items():
            before, wait = self._find_kept(account, name, now, wait), START_SECONDS
            if name.keeps_former and before.value and (at_once or before.value != value):
                kept = "[]" if at_once else former_text(before.value, before.former, value, now)
                entries[former_entry(account, name)] = kept  # first, so that no moment has neither
            entries[entry_of(account, name)] = value
        return self._put(entries, into)

    def other(self, names: tuple[str, str]) -> str:
        """Read a secret of no account, perhaps empty, and mask it in the log from then on.

        `names` are in the places of account and name, such as `TUNNEL_PASSWORD`.
        """
        value = self._environ.get(variable(*names), "") or read_secret_file(self._folder, *names)
        kept = (place.get(entry_of(*names), START_SECONDS) for place in self._places)
        value = value or next(filter(None, kept), "")
        logs.mask_also((value,))
        return value

    def store_other(
        self, names: tuple[str, str], value: str, *, into: SecretSource | None = None
    ) -> SecretSource | None:
        """Store a secret of no account, or remove it if empty; otherwise like `store`."""
        logs.mask_also((value,))
        entry = entry_of(*names)
        if into in (None, SecretSource.KEYCHAIN):
            self.keychain.get(entry, PERSON_SECONDS)  # after an earlier silence, the person is asked again
        return self._put({entry: value or None}, into)

    def sign_in(self) -> str:
        """Read what keeps an operator signed in on this machine; perhaps empty."""
        kept = (place.get(entry_of(*SIGN_IN), START_SECONDS) for place in self._places)
        return next(filter(None, kept), "")

    def keep_sign_in(self, value: str) -> None:
        """Keep what `sign_in` reads at the next start, or remove it if empty."""
        logs.mask_also((value,))
        if value or any(place.get(entry_of(*SIGN_IN), PERSON_SECONDS) for place in self._places):
            self._put({entry_of(*SIGN_IN): value or None}, None)

    def _put(self, entries: Mapping[str, str | None], into: SecretSource | None) -> SecretSource | None:
        """Put entries, and all that only the memory has, where they are taken first."""
        entries = {**self._memory.entries, **entries}
        for place in self._places:
            if place is self.keychain and (self.keychain.is_refused or self.keychain.trouble is KeychainTrouble.SILENT):
                continue  # the person has refused, or has had the time to answer
            if into in (None, place.source) and place.put(entries, PERSON_SECONDS):
                self._take_out(entries, (other for other in self._places if other is not place))
                self._touch_changed_file()
                shadowing = next(filter(self._is_in_keychain, entries), None) if place is not self.keychain else None
                if shadowing is not None:
                    raise BadInput(reason=Phrase(KEEPS_FORMER, entry=shadowing))
                return place.source
        return None

    def _is_in_keychain(self, entry: str) -> bool:
        return self.keychain.get(entry, START_SECONDS) is not None

    def given(self, account: str, name: SecretName) -> SecretSource | None:
        """Tell if environment or folder supplies a secret, and so precedes what is stored."""
        found = self._find_given(account, name)
        return found.source if found.value else None

    def remove(self, account: str, wait: float = PERSON_SECONDS) -> None:
        """Remove an account's secrets everywhere; raises `BadInput` if a place is shut."""
        there = {
            place: [entry for entry in entries_of(account) if self._read_opened(place, entry, wait) is not None]
            for place in self._places
        }
        for place, entries in there.items():
            if entries and not place.put(dict.fromkeys(entries), PERSON_SECONDS):
                raise BadInput(reason="The keychain did not take the secrets, so that nothing was changed.")
        self._touch_changed_file()

    def copy(self, old: str, new: str) -> None:
        """Give the secrets of account `old` to `new` as well; raises `BadInput`."""
        for place in self._places:
            kept = {entry: self._read_opened(place, entry, PERSON_SECONDS) for entry in entries_of(old)}
            copied = {new + entry.removeprefix(old): value for entry, value in kept.items() if value is not None}
            if copied and not place.put(copied, PERSON_SECONDS):
                raise BadInput(reason="The keychain did not take the secrets, so that nothing was changed.")
        self._touch_changed_file()

    def _read_opened(self, place: SecretPlace, entry: str, wait: float) -> str | None:
        """Read an entry; raises `BadInput` where a place did not open."""
        value = place.get(entry, wait)
        is_shut = place is self.keychain and self.keychain.is_shut
        if value is None and (is_shut or (place is self.vault and self.vault.is_locked)):
            raise BadInput(reason="The keychain or the vault did not open, so that nothing was changed.")
        return value

    def make_vault(self, passphrase: str) -> None:
        """Make an open vault with the secrets that were in memory only.

        Raises:
            BadInput: there is one already, or the passphrase is too short.
            UnusableFile: it cannot be written.
        """
        self.vault.create(passphrase)
        self.vault.put(self._memory.entries)
        self._memory.put(dict.fromkeys(self._memory.entries))
        self._touch_changed_file()

    def unlock(self, passphrase: str) -> None:
        """Open the vault; a running desk then reads its secrets.

        Raises:
            BadInput: the passphrase is wrong, or the file is no vault.
        """
        self.vault.unlock(passphrase)
        self._touch_changed_file()

    def unlock_by_environment(self) -> None:
        """Open the vault, also one made since, with the environment's passphrase.

        Raises:
            BadInput: the passphrase is wrong, or the descriptor cannot be read.
        """
        if self._passphrase is None:
            self._passphrase = passphrase_of(self._environ)  # a descriptor can be read once only
        if self._passphrase and self.vault.is_locked:
            self.vault.unlock(self._passphrase)

    def _find(self, account: str, name: SecretName, now: datetime, wait: float) -> _Found:
        given = self._find_given(account, name)
        # A keychain that does not count is not asked, and perhaps waited for.
        found = given if given.value else self._find_kept(account, name, now, wait)
        if not found.value or not name.keeps_former:
            return found
        suffixed = self._environ.get(variable(account, name) + "_OLD", "")
        old = clean(name.field, suffixed or read_secret_file(self._folder, account, name, "_old")).value
        former = (FormerSecret(old, now + SIDE_BY_SIDE),) if old and old != found.value else ()
        return _Found(found.value, (*former, *found.former), found.source)

    def _find_given(self, account: str, name: SecretName) -> _Found:
        value = clean(name.field, self._environ.get(variable(account, name), "")).value
        if value:
            return _Found(value, source=SecretSource.ENVIRONMENT)
        return _Found(clean(name.field, read_secret_file(self._folder, account, name)).value, (), SecretSource.FOLDER)

    def _find_kept(self, account: str, name: SecretName, now: datetime, wait: float) -> _Found:
        for place in self._places:
            value = clean(name.field, place.get(entry_of(account, name), wait) or "").value
            if value:
                text = place.get(former_entry(account, name), wait) if name.keeps_former else None
                return _Found(value, former_in(text, value, now), place.source)
        return _Found()

    def _take_out(self, entries: Iterable[str], places: Iterable[SecretPlace]) -> None:
        for place in places:
            there = [entry for entry in entries if place.get(entry, START_SECONDS) is not None]
            if there:
                place.put(dict.fromkeys(there), PERSON_SECONDS)

    def _touch_changed_file(self) -> None:
        """Tell a desk that runs on this home, which looks at the file's time."""
        with suppress(OSError):
            write_private(self._home / CHANGED_FILE, datetime.now(UTC).isoformat() + "\n")

    @property
    def _folder(self) -> Path | None:
        named = next(filter(None, (self._environ.get(variable, "") for variable in VARIABLES)), "")
        return Path(named) if named else None


def passphrase_of(environ: Mapping[str, str]) -> str:
    """Return the vault's passphrase as the environment supplies it; perhaps empty.

    `WXDESK_VAULT_PASSPHRASE_FD` names a file descriptor, which is read to its end and closed.

    Raises:
        BadInput: there is no such file descriptor.
    """
    number = environ.get(PASSPHRASE + "_FD", "")
    if not number:
        return environ.get(PASSPHRASE, "")
    try:
        with os.fdopen(int(number), "r", encoding="utf-8") as opened:
            return opened.read(4096).rstrip("\r\n")
    except (OSError, ValueError):
        raise BadInput(reason="WXDESK_VAULT_PASSPHRASE_FD names no file descriptor that can be read.") from None


def _names_for(account: Account) -> list[SecretName]:
    with_key = account.push_mode is not PushMode.PLAIN
    return [name for name in SecretName if with_key or name is not SecretName.ENCODING_AES_KEY]


def entries_of(account: str) -> list[str]:
    """Return the names of all entries that an account may have."""
    former = [former_entry(account, name) for name in SecretName if name.keeps_former]
    return [*(entry_of(account, name) for name in SecretName), *former]
