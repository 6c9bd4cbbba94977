"""The vault is read with its passphrase only, and a file that is none is left as it is."""

import stat
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from wxdesk.core.errors import BadInput
from wxdesk.core.system_failures import UnusableFile
from wxdesk.paths import replace_file
from wxdesk.secrets.vault import LEAST_COST, MAGIC, MOST_BYTES, MOST_COST, NONCE, Vault, VaultDamaged, WrongPassphrase

PASSPHRASE = "correct horse"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "secrets.vault"


def made(file: Path, **entries: str) -> Vault:
    vault = Vault(file, cost=LEAST_COST)
    vault.create(PASSPHRASE)
    assert vault.put(entries)
    return vault


def test_a_vault_is_unreadable_without_its_passphrase(file: Path) -> None:
    made(file, token="canary value")
    again = Vault(file)
    assert (again.exists, again.is_locked, again.is_open, again.get("token")) == (True, True, False, None)
    assert again.put({"token": "x"}) is False
    again.unlock(PASSPHRASE)
    assert (again.is_locked, again.is_open, again.get("token")) == (False, True, "canary value")
    sealed = file.read_bytes()
    assert b"canary" not in sealed
    assert b"token" not in sealed
    assert again.put({"token": None})
    assert again.get("token") is None
    assert [path.name for path in file.parent.iterdir()] == ["secrets.vault"]
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_wrong_passphrase_is_said_and_the_file_stays(file: Path) -> None:
    made(file, token="value")
    before = file.read_bytes()
    vault = Vault(file)
    with pytest.raises(WrongPassphrase, match="does not open"):
        vault.unlock("correct horse ")
    assert vault.is_locked
    assert file.read_bytes() == before


def test_a_vault_opens_with_its_passphrase_in_another_unicode_form(file: Path) -> None:
    vault = Vault(file, cost=LEAST_COST)
    vault.create("Caf\u00e9 au lait")
    Vault(file).unlock("Cafe\u0301 au lait")


def test_a_short_passphrase_and_a_second_vault_are_refused(file: Path) -> None:
    with pytest.raises(BadInput, match="at least 8"):
        Vault(file).create("seven..")
    assert not file.exists()
    made(file, token="value")
    with pytest.raises(BadInput, match="already"):
        Vault(file).create(PASSPHRASE)


@pytest.mark.parametrize("where", [0, len(MAGIC), len(MAGIC) + 1, -1, -40])
def test_no_byte_can_be_changed(file: Path, where: int) -> None:
    made(file, token="value")
    changed = bytearray(file.read_bytes())
    changed[where] ^= 1
    file.write_bytes(changed)
    with pytest.raises((WrongPassphrase, VaultDamaged)):
        Vault(file).unlock(PASSPHRASE)
    assert file.read_bytes() == changed


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"wxdesk vault 2\n" + bytes(100),
        MAGIC + bytes((LEAST_COST,)) + bytes(16 + 12 + 15),
        MAGIC + bytes((MOST_COST + 1,)) + bytes(100),
        MAGIC + bytes((LEAST_COST - 1,)) + bytes(100),
        MAGIC + bytes((LEAST_COST,)) + bytes(MOST_BYTES),
    ],
)
def test_a_damaged_vault_is_refused_before_the_key_is_derived(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(VaultDamaged, match="is damaged, or no vault"):
        Vault(file).unlock(PASSPHRASE)
    assert file.read_bytes() == content


def test_a_vault_that_another_process_changed_is_read_again(file: Path) -> None:
    one, other = made(file, token="first"), Vault(file)
    other.unlock(PASSPHRASE)
    assert one.put({"token": "second", "more": "x"})
    assert (other.get("token"), other.get("more")) == ("second", "x")
    file.unlink()
    assert (other.get("token"), other.exists, other.is_locked) == (None, False, False)
    made(file, token="third")
    assert (other.get("token"), other.is_locked) == (None, True)


def test_a_folder_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    with pytest.raises(UnusableFile):
        Vault(tmp_path / "nowhere" / "secrets.vault", cost=LEAST_COST).create(PASSPHRASE)
    with pytest.raises(UnusableFile):
        Vault(tmp_path / "nowhere" / "secrets.vault").unlock(PASSPHRASE)


def test_simultaneous_writes_to_a_vault_are_both_kept(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made(file)
    first, second = Vault(file), Vault(file)
    for vault in (first, second):
        vault.unlock(PASSPHRASE)

    def replace_late(path: Path, content: Iterable[bytes], ready: Callable[[Path], None]) -> None:
        monkeypatch.undo()
        assert second.put({"b": "2"})
        replace_file(path, content, ready)

    monkeypatch.setattr("wxdesk.secrets.vault.replace_file", replace_late)
    assert first.put({"a": "1"})
    assert [vault.get(entry) for vault in (first, second) for entry in "ab"] == ["1", "2", "1", "2"]


def test_a_vault_that_somebody_else_has_made_meanwhile_stays(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = Vault(file, cost=LEAST_COST)
    monkeypatch.setattr(Vault, "exists", False)
    made(file, token="first")
    with pytest.raises(BadInput):
        late.create("another passphrase")
    monkeypatch.undo()
    again = Vault(file)
    again.unlock(PASSPHRASE)
    assert again.get("token") == "first"


@pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
def test_a_vault_at_the_end_of_a_link_stays_there(file: Path, tmp_path: Path) -> None:
    file.symlink_to(tmp_path / "elsewhere")
    made(file, token="value")
    assert file.is_symlink()
    again = Vault(tmp_path / "elsewhere")
    again.unlock(PASSPHRASE)
    assert again.get("token") == "value"


@pytest.mark.parametrize("content", [b"", b"[]", b'{"token":1}', b'{"\x80oken":"value"}'])
def test_a_sealed_file_with_other_content_is_damaged(file: Path, content: bytes) -> None:
    vault = made(file, token="value")
    nonce = bytes(NONCE)
    file.write_bytes(vault._header + nonce + ChaCha20Poly1305(vault._key).encrypt(nonce, content, vault._header))
    assert vault.get("token") is None
    with pytest.raises(VaultDamaged):
        Vault(file).unlock(PASSPHRASE)
