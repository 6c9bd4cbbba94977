"""Secrets come from several places in one order, and a former value counts beside the new one for a day."""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeychain
from keyring.errors import KeyringLocked, PasswordSetError

from tests.secrets.backends import Drawer, drawer
from wxdesk.core.errors import BadInput
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.wechat.credentials import Credentials, FormerSecret
from wxdesk.secrets import keychain as room
from wxdesk.secrets.keychain import KeychainTrouble
from wxdesk.secrets.names import CHANGED_FILE, TUNNEL_PASSWORD, SecretName, SecretSource, variable
from wxdesk.secrets.sources import SecretSources

__all__ = ["drawer"]  # the keychain in memory, as a fixture

SHOP = Account("shop", "wx1", "gh_1")
NOW = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
PASSPHRASE = "eight or more"
APP_SECRET, TOKEN, KEY = SecretName


@pytest.fixture
def sources(tmp_path: Path, drawer: Drawer) -> SecretSources:
    return SecretSources(tmp_path, {})


@pytest.fixture
def no_keychain(drawer: Drawer) -> None:
    keyring.set_keyring(NoKeychain())


def found(sources: SecretSources, now: datetime = NOW) -> Credentials:
    return sources.read(SHOP, now).credentials


def set_up(sources: SecretSources) -> None:
    for name in SecretName:
        assert sources.store("shop", {name: f"first {name}"}, NOW - timedelta(days=90)) is not None


def test_variables_are_named_after_the_account() -> None:
    assert variable("shop", APP_SECRET) == "WXDESK_SHOP_APP_SECRET"
    assert variable("tea-house_2", KEY) == "WXDESK_TEA_HOUSE_2_ENCODING_AES_KEY"


def test_environment_then_files_then_keychain_and_each_is_reported(tmp_path: Path, drawer: Drawer) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "shop_encoding_aes_key").write_text("filed\n", encoding="utf-8")
    environ = {"WXDESK_SECRETS": str(folder), "WXDESK_SHOP_PUSH_TOKEN": " told \n"}
    sources = SecretSources(tmp_path, environ)
    for name in SecretName:
        assert sources.store("shop", {name: f"kept {name}"}, NOW) is SecretSource.KEYCHAIN
    read = sources.read(SHOP, NOW)
    values = (read.credentials.app_secret, read.credentials.push_token, read.credentials.encoding_aes_key)
    assert values == ("kept app_secret", "told", "filed")
    assert read.missing == ()
    assert read.sources == {
        APP_SECRET: SecretSource.KEYCHAIN,
        TOKEN: SecretSource.ENVIRONMENT,
        KEY: SecretSource.FOLDER,
    }
    assert (sources.given("shop", TOKEN), sources.given("shop", APP_SECRET)) == (SecretSource.ENVIRONMENT, None)
    assert not any(value in repr(read) for value in values)


def test_files_are_read_anew_each_time_also_from_systemds_folder(tmp_path: Path, drawer: Drawer) -> None:
    sources = SecretSources(tmp_path, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    (tmp_path / "shop_push_token").write_text("one\n", encoding="utf-8")
    assert found(sources).push_token == "one"
    (tmp_path / "shop_push_token").write_text("\ufefftwo\r\n", encoding="utf-8")
    (tmp_path / "shop_push_token_old").write_text("one\n", encoding="utf-8")
    assert found(sources).push_token == "two"
    assert found(sources).former_push_tokens == (FormerSecret("one", NOW + DAY),)


@pytest.mark.expects_log("shop_push_token cannot be read: IsADirectoryError|shop_app_secret cannot be read: Unicode")
def test_a_file_that_cannot_be_read_counts_as_missing_and_is_logged(tmp_path: Path, drawer: Drawer) -> None:
    (tmp_path / "shop_push_token").mkdir()
    (tmp_path / "shop_app_secret").write_bytes(b"\xff\xfe")
    assert [one.name for one in SecretSources(tmp_path, {"WXDESK_SECRETS": str(tmp_path)}).read(SHOP, NOW).missing] == [
        *SecretName
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="no such pipes there")
@pytest.mark.expects_log("shop_push_token cannot be read: BlockingIOError")
def test_a_pipe_that_nobody_writes_into_holds_nothing_up(tmp_path: Path, drawer: Drawer) -> None:
    os.mkfifo(tmp_path / "shop_push_token")
    found = SecretSources(tmp_path, {"WXDESK_SECRETS": str(tmp_path)}).read(SHOP, NOW)
    assert [one.name for one in found.missing] == [*SecretName]


def test_a_missing_secret_is_named(tmp_path: Path, drawer: Drawer) -> None:
    told = {"WXDESK_SHOP_APP_SECRET": "x", "WXDESK_SHOP_PUSH_TOKEN": "y"}
    missing = SecretSources(tmp_path, told).read(SHOP, NOW).missing
    assert [(one.account, one.name) for one in missing] == [("shop", SecretName.ENCODING_AES_KEY)]


def test_plain_mode_needs_no_key(tmp_path: Path, drawer: Drawer) -> None:
    told = {"WXDESK_SHOP_APP_SECRET": "x", "WXDESK_SHOP_PUSH_TOKEN": "y"}
    assert SecretSources(tmp_path, told).read(Account("shop", "wx1", "gh_1", PushMode.PLAIN), NOW).missing == ()


def test_without_a_keychain_the_open_vault_and_then_the_memory_takes_a_secret(
    tmp_path: Path, no_keychain: None
) -> None:
    sources = SecretSources(tmp_path, {})
    assert sources.store("shop", {TOKEN: "remembered"}, NOW) is SecretSource.MEMORY
    assert sources.keychain.trouble is KeychainTrouble.MISSING
    assert found(sources).push_token == "remembered"
    assert found(SecretSources(tmp_path, {})).push_token == ""
    sources.vault.create(PASSPHRASE)
    assert sources.store("shop", {TOKEN: "sealed"}, NOW) is SecretSource.VAULT
    assert found(sources).former_push_tokens == (FormerSecret("remembered", NOW + DAY),)
    other = SecretSources(tmp_path, {})
    assert other.vault.is_locked
    other.unlock(PASSPHRASE)
    read = other.read(SHOP, NOW)
    assert (read.credentials.push_token, read.sources) == ("sealed", {TOKEN: SecretSource.VAULT})
    assert SecretSources(tmp_path, {}, memory=False).store("shop", {TOKEN: "x"}, NOW) is None


def test_a_new_vault_takes_what_was_in_memory(tmp_path: Path, no_keychain: None) -> None:
    sources = SecretSources(tmp_path, {})
    sources.store("shop", {TOKEN: "remembered"}, NOW)
    sources.make_vault(PASSPHRASE)
    assert sources.read(SHOP, NOW).sources == {TOKEN: SecretSource.VAULT}
    again = SecretSources(tmp_path, {})
    again.unlock(PASSPHRASE)
    assert found(again).push_token == "remembered"
    again.remove("shop")
    assert found(sources).push_token == "", "no copy stays in memory"


@pytest.mark.parametrize("by", ["the next reading", "another secret"])
def test_a_keychain_that_is_there_later_takes_what_was_in_memory(tmp_path: Path, drawer: Drawer, by: str) -> None:
    sources = SecretSources(tmp_path, {})
    keyring.set_keyring(NoKeychain())
    assert sources.store("shop", {APP_SECRET: "remembered"}, NOW) is SecretSource.MEMORY
    keyring.set_keyring(drawer)
    if by == "another secret":
        assert sources.store("shop", {TOKEN: "kept"}, NOW) is SecretSource.KEYCHAIN
    else:
        assert found(sources).app_secret == "remembered"
    assert drawer.kept["wxdesk", "shop/app_secret"] == "remembered"
    assert sources.read(SHOP, NOW).sources[APP_SECRET] is SecretSource.KEYCHAIN


@pytest.mark.expects_log("The system keychain did not answer")
def test_who_cancels_the_keychains_question_is_not_asked_again_for_each_entry(
    sources: SecretSources, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def cancel(*_: str) -> None:
        asked.append(True)
        raise KeyringLocked

    monkeypatch.setattr(room, "TOLD_AFTER", -1.0)  # each answer comes from a person
    monkeypatch.setattr(drawer, "get_password", cancel)
    monkeypatch.setattr(drawer, "set_password", cancel)
    assert sources.store("shop", dict.fromkeys(SecretName, "value"), NOW) is SecretSource.MEMORY
    assert found(sources).app_secret == "value"
    assert len(asked) == 1


def test_a_secret_stands_in_one_place_only(sources: SecretSources, drawer: Drawer) -> None:
    set_up(sources)
    sources.vault.create(PASSPHRASE)
    assert sources.store("shop", {TOKEN: "sealed"}, NOW, into=SecretSource.VAULT) is SecretSource.VAULT
    assert ("wxdesk", "shop/push_token") not in drawer.kept
    assert sources.store("shop", {TOKEN: "back"}, NOW) is SecretSource.KEYCHAIN
    assert sources.vault.get("shop/push_token") is None
    assert [one.value for one in found(sources).former_push_tokens] == ["sealed", "first push_token"]


def test_the_environment_opens_the_vault(tmp_path: Path, no_keychain: None) -> None:
    first = SecretSources(tmp_path, {"WXDESK_VAULT_PASSPHRASE": PASSPHRASE})
    first.unlock_by_environment()
    assert not first.vault.exists
    first.vault.create(PASSPHRASE)
    first.store("shop", {TOKEN: "sealed"}, NOW)
    again = SecretSources(tmp_path, {"WXDESK_VAULT_PASSPHRASE": PASSPHRASE})
    again.unlock_by_environment()
    assert found(again).push_token == "sealed"


def test_a_file_descriptor_opens_the_vault(tmp_path: Path, no_keychain: None) -> None:
    SecretSources(tmp_path, {}).vault.create(PASSPHRASE)
    reading, writing = os.pipe()
    with os.fdopen(writing, "w", encoding="utf-8") as told:
        told.write(PASSPHRASE + "\n")
    sources = SecretSources(tmp_path, {"WXDESK_VAULT_PASSPHRASE_FD": str(reading)})
    sources.unlock_by_environment()
    assert sources.vault.is_open
    for number in ("99", "three"):
        with pytest.raises(BadInput, match="names no file descriptor"):
            SecretSources(tmp_path, {"WXDESK_VAULT_PASSPHRASE_FD": number}).unlock_by_environment()


def test_a_change_is_reported_to_a_running_desk_without_names_or_values(tmp_path: Path, sources: SecretSources) -> None:
    told = tmp_path / CHANGED_FILE
    sources.store("shop", {TOKEN: "first"}, NOW)
    before = told.stat().st_mtime_ns
    assert datetime.fromisoformat(told.read_text(encoding="utf-8").strip()).tzinfo is not None
    sources.remove("shop")
    assert told.stat().st_mtime_ns > before


def test_an_account_is_renamed_and_removed_with_its_secrets(sources: SecretSources, drawer: Drawer) -> None:
    set_up(sources)
    sources.store("shop", {TOKEN: "second"}, NOW)
    sources.copy("shop", "tea")
    sources.remove("shop")
    assert found(sources) == Credentials("", "")
    tea = sources.read(Account("tea", "wx1", "gh_1"), NOW).credentials
    assert (tea.app_secret, tea.push_token) == ("first app_secret", "second")
    assert tea.former_push_tokens == (FormerSecret("first push_token", NOW + DAY),)
    sources.remove("tea")
    assert drawer.kept == {}


@pytest.mark.expects_log("The system keychain did not answer")
@pytest.mark.parametrize("trouble", [KeyringLocked(), RuntimeError("silent")])
def test_secrets_that_cannot_be_read_are_neither_copied_nor_removed(
    sources: SecretSources, drawer: Drawer, trouble: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(sources)

    def fail(*_: str) -> None:
        raise trouble

    with monkeypatch.context() as broken:
        broken.setattr(drawer, "get_password", fail)
        with pytest.raises(BadInput, match="did not open"):
            sources.copy("shop", "tea")
        with pytest.raises(BadInput, match="did not open"):
            sources.remove("shop")
    assert found(sources).app_secret == "first app_secret"


def test_a_locked_vault_refuses_to_copy_and_to_remove_secrets(tmp_path: Path, no_keychain: None) -> None:
    SecretSources(tmp_path, {}).make_vault("a passphrase")
    with pytest.raises(BadInput, match="did not open"):
        SecretSources(tmp_path, {}).copy("shop", "tea")
    with pytest.raises(BadInput, match="did not open"):
        SecretSources(tmp_path, {}).remove("shop")


@pytest.mark.expects_log("The system keychain did not answer")
def test_secrets_that_the_keychain_does_not_give_up_are_reported(
    sources: SecretSources, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(sources)

    def fail(*_: str) -> None:
        raise KeyringLocked

    monkeypatch.setattr(drawer, "delete_password", fail)
    with pytest.raises(BadInput, match="did not take"):
        sources.remove("shop")


def test_a_replaced_token_and_key_stay_beside_the_new_ones_for_a_day(sources: SecretSources) -> None:
    set_up(sources)
    for name in SecretName:
        sources.store("shop", {name: f"second {name}"}, NOW)
    late = found(sources, NOW + DAY - HOUR)
    assert (late.push_token, late.encoding_aes_key) == ("second push_token", "second encoding_aes_key")
    assert late.former_push_tokens == (FormerSecret("first push_token", NOW + DAY),)
    assert late.former_encoding_aes_keys == (FormerSecret("first encoding_aes_key", NOW + DAY),)
    assert late.accepted_until == (("push_token", NOW + DAY), ("encoding_aes_key", NOW + DAY))
    assert set(late.secrets) == {f"second {name}" for name in SecretName} | {
        "first push_token", "first encoding_aes_key",
    }  # fmt: skip
    assert "first" not in repr(late.former_push_tokens)
    assert found(sources, NOW + DAY).accepted_until == ()


def test_a_mistyped_token_does_not_push_out_the_one_that_wechat_still_uses(sources: SecretSources) -> None:
    set_up(sources)
    for minute, value in enumerate(["mistyped", "right"]):
        sources.store("shop", {TOKEN: value}, NOW + timedelta(minutes=minute))
    now = found(sources, NOW + HOUR)
    assert now.push_token == "right"
    assert [former.value for former in now.former_push_tokens] == ["mistyped", "first push_token"]
    assert [former.until - NOW - DAY for former in now.former_push_tokens] == [timedelta(minutes=1), timedelta()]


def test_a_secret_in_use_is_never_kept_as_a_former_one(sources: SecretSources) -> None:
    set_up(sources)
    sources.store("shop", {TOKEN: "first push_token"}, NOW)
    assert found(sources).accepted_until == ()
    sources.store("shop", {TOKEN: "second"}, NOW)
    sources.store("shop", {TOKEN: "first push_token"}, NOW)
    now = found(sources)
    assert (now.push_token, [former.value for former in now.former_push_tokens]) == ("first push_token", ["second"])


def test_a_leaked_token_ends_to_count_at_once(sources: SecretSources, drawer: Drawer) -> None:
    set_up(sources)
    sources.store("shop", {TOKEN: "second"}, NOW)
    sources.store("shop", {TOKEN: "third"}, NOW, at_once=True)
    assert found(sources).former_push_tokens == ()
    assert "first push_token" not in str(drawer.kept)
    sources.store("shop", {TOKEN: "fourth"}, NOW)
    sources.store("shop", {TOKEN: "fourth"}, NOW, at_once=True)  # found out only afterwards
    assert found(sources).former_push_tokens == ()


def test_only_a_few_former_values_are_kept_and_none_beyond_its_day(sources: SecretSources, drawer: Drawer) -> None:
    set_up(sources)
    for hour in range(6):
        sources.store("shop", {TOKEN: f"{hour}"}, NOW + 9 * hour * HOUR)
    now = found(sources, NOW + 45 * HOUR)
    assert [former.value for former in now.former_push_tokens] == ["4", "3", "2"]
    assert "first push_token" not in str(drawer.kept["wxdesk", "shop/push_token/former"])


def test_a_change_that_broke_off_leaves_the_present_secret_alone(sources: SecretSources, drawer: Drawer) -> None:
    set_up(sources)
    # The former value is written first; had the program died then, it would stand in both entries.
    drawer.kept["wxdesk", "shop/push_token/former"] = (
        '[{"value": "first push_token", "changed_at": "2026-03-01T08:30:00Z"}]'
    )
    now = found(sources)
    assert (now.push_token, now.former_push_tokens) == ("first push_token", ())


@pytest.mark.parametrize("text", ["", "{", "[1]", '[{"value": "x", "changed_at": "2026-03-01T08:00:00"}]'])
def test_a_malformed_keychain_entry_gives_no_former_secret(sources: SecretSources, drawer: Drawer, text: str) -> None:
    set_up(sources)
    drawer.kept["wxdesk", "shop/push_token/former"] = text
    read = sources.read(SHOP, NOW)
    assert (read.credentials.former_push_tokens, read.missing) == ((), ())


def test_a_machine_without_a_keychain_tells_the_former_ones_by_its_environment(tmp_path: Path, drawer: Drawer) -> None:
    told = {"APP_SECRET": "s", "PUSH_TOKEN": "t2", "ENCODING_AES_KEY": "k2", "PUSH_TOKEN_OLD": " t1\n"}
    now = found(SecretSources(tmp_path, {f"WXDESK_SHOP_{name}": value for name, value in told.items()}))
    assert now.former_push_tokens == (FormerSecret("t1", NOW + DAY),)
    assert now.former_encoding_aes_keys == ()


def test_the_tunnels_secret_has_the_same_sources(tmp_path: Path, drawer: Drawer) -> None:
    sources = SecretSources(tmp_path, {})
    assert sources.other(TUNNEL_PASSWORD) == ""
    assert sources.store_other(TUNNEL_PASSWORD, "correct horse") is SecretSource.KEYCHAIN
    assert drawer.kept["wxdesk", "tunnel/password"] == "correct horse"
    assert sources.other(TUNNEL_PASSWORD) == "correct horse"
    (tmp_path / "tunnel_password").write_text("filed\n", encoding="utf-8")
    assert SecretSources(tmp_path, {"WXDESK_SECRETS": str(tmp_path)}).other(TUNNEL_PASSWORD) == "filed"
    assert SecretSources(tmp_path, {"WXDESK_TUNNEL_PASSWORD": "told"}).other(TUNNEL_PASSWORD) == "told"
    sources.store_other(TUNNEL_PASSWORD, "")
    assert sources.other(TUNNEL_PASSWORD) == ""


def test_after_a_silence_at_the_start_each_storing_asks_the_keychain_again(sources: SecretSources) -> None:
    for store in (
        lambda: sources.store("shop", {APP_SECRET: "value"}, NOW),
        lambda: sources.store("shop", {TOKEN: "value"}, NOW),
        lambda: sources.store_other(TUNNEL_PASSWORD, "value"),
    ):
        sources.keychain.trouble = KeychainTrouble.SILENT
        assert store() is SecretSource.KEYCHAIN


@pytest.mark.parametrize("into", [None, SecretSource.VAULT])
def test_a_keychain_that_cannot_be_written_is_reported_since_its_value_counts(
    sources: SecretSources, drawer: Drawer, monkeypatch: pytest.MonkeyPatch, into: SecretSource | None
) -> None:
    sources.store("shop", {TOKEN: "first"}, NOW)
    sources.vault.create(PASSPHRASE)

    def refuse(*_: str) -> None:
        raise PasswordSetError

    monkeypatch.setattr(drawer, "set_password", refuse)
    monkeypatch.setattr(drawer, "delete_password", refuse)
    with pytest.raises(BadInput, match=r"keeps its former value.*delete “shop/push_token.*” of wxdesk in it"):
        sources.store("shop", {TOKEN: "second"}, NOW, into=into)
    assert found(sources).push_token == "first"
