"""Vault file that a passphrase seals, for machines without a keychain.

`HOME/secrets.vault` is a header (magic with the version, cost of Scrypt, salt), a nonce, and the entries as JSON
under ChaCha20-Poly1305, which vouches for the header as well. The key is derived by Scrypt (RFC 7914). While the
vault is open, its key stays in memory; a file that another process changed is read again.

`cryptography` is loaded by what needs it: it takes 9 MB, and most homes have no vault.
"""

import secrets
import threading
import unicodedata
from collections.abc import Mapping
from pathlib import Path

import msgspec

from wxdesk.core.errors import BadInput, WxdeskError
from wxdesk.core.system_failures import naming_file
from wxdesk.paths import replace_file, stamp_of
from wxdesk.secrets.names import SecretSource

FILE = "secrets.vault"

MAGIC = b"wxdesk vault 1\n"
SALT, NONCE, TAG = 16, 12, 16

COST, LEAST_COST, MOST_COST = 17, 14, 20
"""Binary logarithms of Scrypt's N: of new vaults, and bounds for those read.

17 takes 128 MB and some tenths of a second.
"""

MOST_BYTES = 1_000_000

LEAST_PASSPHRASE = 8
"""Fewest characters of a new passphrase."""

_entries = msgspec.json.Decoder(dict[str, str])


class WrongPassphrase(BadInput):
    """A passphrase that does not open the vault; the file is as it was."""

    template = "This passphrase does not open {file}. The file was left as it is."


class VaultDamaged(BadInput):
    """A file in the vault's place that is none; it is as it was."""

    template = (
        "{file} is damaged, or no vault of this version. It was left as it is: put back a copy, or move it away and "
        "enter the secrets again."
    )


class _ChangedElsewhere(Exception):
    """Another process has just written the file."""


class Vault:
    """Entries in a sealed file, locked until it is given the passphrase.

    Every call may take some tenths of a second: not for an event loop.
    """

    source = SecretSource.VAULT

    def __init__(self, file: Path, *, cost: int = COST) -> None:
        self.file = file
        self._cost = cost
        self._header = b""
        self._key = b""
        self._read: tuple[int, int, int] | None = None
        self._kept: dict[str, str] = {}
        self._lock = threading.RLock()

    @property
    def exists(self) -> bool:
        """True if there is a vault, locked or not."""
        return self.file.exists()

    @property
    def is_locked(self) -> bool:
        """True if there is a vault whose passphrase is not known."""
        with self._lock:
            return self.exists and not self._key

    @property
    def is_open(self) -> bool:
        """True if entries can be read and written."""
        with self._lock:
            return self.exists and bool(self._key)

    def create(self, passphrase: str) -> None:
        """Make an empty vault and open it.

        Raises:
            BadInput: there is one already, or the passphrase is too short.
            UnusableFile: it cannot be written.
        """
        if self.exists:
            raise BadInput(reason="There is a vault already.")
        if len(passphrase) < LEAST_PASSPHRASE:
            raise BadInput(reason="The passphrase needs at least 8 characters.")
        with self._lock:
            self._header = MAGIC + bytes((self._cost,)) + secrets.token_bytes(SALT)
            self._key = _derive(passphrase, self._header)
            if not self._write({}):
                self._key = b""
                raise BadInput(reason="There is a vault already.")

    def unlock(self, passphrase: str) -> None:
        """Open the vault.

        Raises:
            WrongPassphrase: it is another one.
            VaultDamaged: the file is no vault.
            UnusableFile: it cannot be read.
        """
        with self._lock:
            sealed = self._sealed()
            header = self._header_of(sealed)
            key = _derive(passphrase, header)
            self._kept = self._unsealed(sealed, key)
            self._header, self._key = header, key
            self._read = stamp_of(self.file)

    def get(self, entry: str, wait: float = 0.0) -> str | None:
        """Read an entry; None if it is absent or the vault is locked."""
        with self._lock:
            self._refresh()
            return self._kept.get(entry) if self._key else None

    def put(self, entries: Mapping[str, str | None], wait: float = 0.0) -> bool:
        """Write entries, and remove those that are None; False if the vault is locked."""
        with self._lock:
            while True:  # until nobody else writes at the same moment
                self._refresh()
                if not self._key:
                    return False
                merged = {**self._kept, **entries}
                if self._write({entry: value for entry, value in merged.items() if value is not None}):
                    return True

    def _refresh(self) -> None:
        """Read the file again if it was changed; lock the vault if its key was changed."""
        if not self._key or self._read == stamp_of(self.file):
            return
        try:
            sealed = self._sealed()
            if self._header_of(sealed) == self._header:
                self._kept, self._read = self._unsealed(sealed, self._key), stamp_of(self.file)
                return
        except WxdeskError:
            pass
        self._key, self._kept, self._read = b"", {}, None

    def _sealed(self) -> bytes:
        with naming_file(self.file), self.file.open("rb") as file:
            return file.read(MOST_BYTES + 1)

    def _header_of(self, sealed: bytes) -> bytes:
        length = len(MAGIC) + 1 + SALT
        if not sealed.startswith(MAGIC) or not length + NONCE + TAG <= len(sealed) <= MOST_BYTES:
            raise VaultDamaged(file=str(self.file))
        if not LEAST_COST <= sealed[len(MAGIC)] <= MOST_COST:
            raise VaultDamaged(file=str(self.file))
        return sealed[:length]

    def _unsealed(self, sealed: bytes, key: bytes) -> dict[str, str]:
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        header = self._header_of(sealed)
        nonce, content = sealed[len(header) : len(header) + NONCE], sealed[len(header) + NONCE :]
        try:
            return _entries.decode(ChaCha20Poly1305(key).decrypt(nonce, content, header))
        except InvalidTag:
            raise WrongPassphrase(file=str(self.file)) from None
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise VaultDamaged(file=str(self.file)) from None

    def _write(self, kept: dict[str, str]) -> bool:
        """Write the file, unless another process has changed it since it was read."""
        from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

        def ready(_: Path) -> None:
            if stamp_of(self.file) != self._read:
                raise _ChangedElsewhere

        nonce = secrets.token_bytes(NONCE)
        content = ChaCha20Poly1305(self._key).encrypt(nonce, msgspec.json.encode(kept), self._header)
        try:
            with naming_file(self.file):
                replace_file(self.file.resolve(), [self._header, nonce, content], ready)
        except _ChangedElsewhere:
            return False
        self._kept, self._read = kept, stamp_of(self.file)
        return True


def _derive(passphrase: str, header: bytes) -> bytes:
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    cost, salt = header[len(MAGIC)], header[len(MAGIC) + 1 :]
    typed = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogateescape")
    return Scrypt(salt=salt, length=32, n=2**cost, r=8, p=1).derive(typed)
