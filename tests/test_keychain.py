"""Secrets come from the environment or the keychain, and a keychain that hangs does not hang the program."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend

from wxdesk import keychain
from wxdesk.core.model import Account, PushMode
from wxdesk.keychain import SecretName, credentials_of, variable

SHOP = Account("shop", "wx1", "gh_1")


class Drawer(KeyringBackend):
    """A keychain in memory; while `locked` is set it waits for an unlock that never comes."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.unlocked = threading.Event()
        self.unlocked.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.unlocked.wait()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.unlocked.wait()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def drawer() -> Iterator[Drawer]:
    before, mine = keyring.get_keyring(), Drawer()
    keyring.set_keyring(mine)
    yield mine
    mine.unlocked.set()
    keyring.set_keyring(before)


def test_variables_are_named_after_the_account() -> None:
    assert variable("shop", SecretName.APP_SECRET) == "WXDESK_SHOP_APP_SECRET"
    assert variable("tea-house_2", SecretName.ENCODING_AES_KEY) == "WXDESK_TEA_HOUSE_2_ENCODING_AES_KEY"


def test_the_environment_comes_first(drawer: Drawer) -> None:
    for name in SecretName:
        assert keychain.write("shop", name, f"kept {name}")
    found, missing = credentials_of(SHOP, {"WXDESK_SHOP_PUSH_TOKEN": " told \n"})
    assert (found.app_secret, found.push_token, found.encoding_aes_key) == (
        "kept app_secret", "told", "kept encoding_aes_key",
    )  # fmt: skip
    assert missing == []
    assert "kept" not in repr(found)


def test_what_is_missing_is_named_with_its_remedy(drawer: Drawer) -> None:
    _, missing = credentials_of(SHOP, {"WXDESK_SHOP_APP_SECRET": "x", "WXDESK_SHOP_PUSH_TOKEN": "y"})
    assert [(m.variable, m.command) for m in missing] == [
        ("WXDESK_SHOP_ENCODING_AES_KEY", "wxdesk secret set shop encoding_aes_key")
    ]


def test_plain_mode_needs_no_key(drawer: Drawer) -> None:
    plain = Account("shop", "wx1", "gh_1", PushMode.PLAIN)
    _, missing = credentials_of(plain, {"WXDESK_SHOP_APP_SECRET": "x", "WXDESK_SHOP_PUSH_TOKEN": "y"})
    assert missing == []


def test_a_locked_keychain_counts_as_empty(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keychain, "DEADLINE_SECONDS", 0.05)
    drawer.unlocked.clear()
    assert keychain.read("shop", SecretName.APP_SECRET) is None
    assert keychain.write("shop", SecretName.APP_SECRET, "x") is False
