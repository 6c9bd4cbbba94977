"""Secrets come from the environment or the keychain, and a keychain that hangs does not hang the program."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import keyring
import pytest
from keyring.backend import KeyringBackend

from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.wechat.credentials import FormerSecret
from wxdesk.secrets import SecretName, credentials_of, keychain, variable

SHOP = Account("shop", "wx1", "gh_1")
NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)


class Drawer(KeyringBackend):
    """A keychain in memory; while `locked` is set it waits for an unlock that never comes."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}
        self.asked = 0
        self.unlocked = threading.Event()
        self.unlocked.set()

    def get_password(self, service: str, username: str) -> str | None:
        self.asked += 1
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
    keychain._silent.clear()


def test_variables_are_named_after_the_account() -> None:
    assert variable("shop", SecretName.APP_SECRET) == "WXDESK_SHOP_APP_SECRET"
    assert variable("tea-house_2", SecretName.ENCODING_AES_KEY) == "WXDESK_TEA_HOUSE_2_ENCODING_AES_KEY"


def test_the_environment_comes_first(drawer: Drawer) -> None:
    for name in SecretName:
        assert keychain.write("shop", name, f"kept {name}", NOW)
    found, missing = credentials_of(SHOP, NOW, {"WXDESK_SHOP_PUSH_TOKEN": " told \n"})
    assert (found.app_secret, found.push_token, found.encoding_aes_key) == (
        "kept app_secret", "told", "kept encoding_aes_key",
    )  # fmt: skip
    assert missing == []
    assert "kept" not in repr(found)


def test_what_is_missing_is_named_with_its_remedy(drawer: Drawer) -> None:
    _, missing = credentials_of(SHOP, NOW, {"WXDESK_SHOP_APP_SECRET": "x", "WXDESK_SHOP_PUSH_TOKEN": "y"})
    assert [(m.variable, m.command) for m in missing] == [
        ("WXDESK_SHOP_ENCODING_AES_KEY", "wxdesk secret set shop encoding_aes_key")
    ]


def test_plain_mode_needs_no_key(drawer: Drawer) -> None:
    plain = Account("shop", "wx1", "gh_1", PushMode.PLAIN)
    _, missing = credentials_of(plain, NOW, {"WXDESK_SHOP_APP_SECRET": "x", "WXDESK_SHOP_PUSH_TOKEN": "y"})
    assert missing == []


@pytest.mark.expects_log("The system keychain did not answer in 0.05 s")
def test_a_keychain_that_waits_is_waited_for_once(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keychain, "DEADLINE_SECONDS", 0.05)
    drawer.unlocked.clear()
    for account in (SHOP, Account("tea", "wx2", "gh_2")):
        _, missing = credentials_of(account, NOW, {})
        assert [one.name for one in missing] == list(SecretName)
    assert drawer.asked == 1


@pytest.mark.expects_log("The system keychain did not answer in 0.05 s")
def test_a_locked_keychain_counts_as_empty(drawer: Drawer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keychain, "DEADLINE_SECONDS", 0.05)
    drawer.unlocked.clear()
    assert keychain.read("shop", SecretName.APP_SECRET) is None
    assert keychain.write("shop", SecretName.APP_SECRET, "x", NOW) is False


def set_up(drawer: Drawer) -> None:
    for name in SecretName:
        keychain.write("shop", name, f"first {name}", NOW - timedelta(days=90))


def test_a_replaced_token_and_key_stay_beside_the_new_ones_for_a_day(drawer: Drawer) -> None:
    set_up(drawer)
    for name in SecretName:
        keychain.write("shop", name, f"second {name}", NOW)
    found, _ = credentials_of(SHOP, NOW + DAY - HOUR, {})
    assert (found.push_token, found.encoding_aes_key) == ("second push_token", "second encoding_aes_key")
    assert found.former_push_tokens == (FormerSecret("first push_token", NOW + DAY),)
    assert found.former_encoding_aes_keys == (FormerSecret("first encoding_aes_key", NOW + DAY),)
    assert found.accepted_until == (("push_token", NOW + DAY), ("encoding_aes_key", NOW + DAY))
    assert set(found.secrets) == {f"second {name}" for name in SecretName} | {
        "first push_token", "first encoding_aes_key",
    }  # fmt: skip
    assert "first" not in repr(found.former_push_tokens)
    assert credentials_of(SHOP, NOW + DAY, {})[0].accepted_until == ()


def test_a_mistyped_token_does_not_push_out_the_one_that_wechat_still_uses(drawer: Drawer) -> None:
    set_up(drawer)
    for minute, value in enumerate(["mistyped", "right"]):
        keychain.write("shop", SecretName.PUSH_TOKEN, value, NOW + timedelta(minutes=minute))
    found, _ = credentials_of(SHOP, NOW + HOUR, {})
    assert found.push_token == "right"
    assert [former.value for former in found.former_push_tokens] == ["mistyped", "first push_token"]
    assert [former.until - NOW - DAY for former in found.former_push_tokens] == [timedelta(minutes=1), timedelta()]


def test_the_same_value_again_changes_nothing_and_the_way_back_is_none_to_a_former_one(drawer: Drawer) -> None:
    set_up(drawer)
    keychain.write("shop", SecretName.PUSH_TOKEN, "first push_token", NOW)
    assert credentials_of(SHOP, NOW, {})[0].accepted_until == ()
    keychain.write("shop", SecretName.PUSH_TOKEN, "second", NOW)
    keychain.write("shop", SecretName.PUSH_TOKEN, "first push_token", NOW)
    found, _ = credentials_of(SHOP, NOW, {})
    assert (found.push_token, [former.value for former in found.former_push_tokens]) == ("first push_token", ["second"])


def test_a_leaked_token_ends_to_count_at_once(drawer: Drawer) -> None:
    set_up(drawer)
    keychain.write("shop", SecretName.PUSH_TOKEN, "second", NOW)
    keychain.write("shop", SecretName.PUSH_TOKEN, "third", NOW, at_once=True)
    assert credentials_of(SHOP, NOW, {})[0].former_push_tokens == ()
    assert "first push_token" not in str(drawer.kept)
    keychain.write("shop", SecretName.PUSH_TOKEN, "fourth", NOW)
    keychain.write("shop", SecretName.PUSH_TOKEN, "fourth", NOW, at_once=True)  # found out only afterwards
    assert credentials_of(SHOP, NOW, {})[0].former_push_tokens == ()


def test_only_a_few_former_values_are_kept_and_none_beyond_its_day(drawer: Drawer) -> None:
    set_up(drawer)
    for hour in range(6):
        keychain.write("shop", SecretName.PUSH_TOKEN, f"{hour}", NOW + 9 * hour * HOUR)
    found, _ = credentials_of(SHOP, NOW + 45 * HOUR, {})
    assert [former.value for former in found.former_push_tokens] == ["4", "3", "2"]
    assert "first push_token" not in str(drawer.kept["wxdesk", "shop/push_token/former"])


def test_a_change_that_broke_off_leaves_the_present_secret_alone(drawer: Drawer) -> None:
    set_up(drawer)
    # The former value is written first; had the program died then, it would stand in both entries.
    drawer.kept["wxdesk", "shop/push_token/former"] = (
        '[{"value": "first push_token", "changed_at": "2026-03-01T08:30:00Z"}]'
    )
    found, _ = credentials_of(SHOP, NOW, {})
    assert (found.push_token, found.former_push_tokens) == ("first push_token", ())


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"value": "x", "changed_at": "2026-03-01T08:00:00"}]'])
def test_an_entry_that_is_not_ours_is_no_former_secret(drawer: Drawer, text: str) -> None:
    set_up(drawer)
    drawer.kept["wxdesk", "shop/push_token/former"] = text
    found, missing = credentials_of(SHOP, NOW, {})
    assert (found.former_push_tokens, missing) == ((), [])


def test_a_machine_without_a_keychain_tells_the_former_ones_by_its_environment(drawer: Drawer) -> None:
    told = {"APP_SECRET": "s", "PUSH_TOKEN": "t2", "ENCODING_AES_KEY": "k2", "PUSH_TOKEN_OLD": " t1\n"}
    found, _ = credentials_of(SHOP, NOW, {f"WXDESK_SHOP_{name}": value for name, value in told.items()})
    assert found.former_push_tokens == (FormerSecret("t1", NOW + DAY),)
    assert found.former_encoding_aes_keys == ()
