"""config.toml is read again when it was saved, at SIGHUP and on demand; a mistake in it changes nothing."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.flow.conftest import next_event
from tests.flow.serving import Serving, environment, write_config
from tests.prepared import prepare
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import Config, StoreSettings
from wxdesk.core.errors import BadConfig
from wxdesk.core.events import ConfigurationChanged, Event, TroubleRaised
from wxdesk.desk.settings.configuration import Setup, describe_changes, read_setup
from wxdesk.i18n import tr
from wxdesk.runner import account_lines, setup_lines
from wxdesk.sandbox.server import Sandbox
from wxdesk.secrets.names import SecretName, SecretSource
from wxdesk.secrets.sources import SecretSources
from wxdesk.secrets.vault import LEAST_COST, Vault

SECOND = '[[accounts]]\nname = "second"\napp_id = "wx1"\n'


@pytest.fixture
async def opened(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[OpenDesk]:
    """A desk on a config.toml, with the secrets of its account in the environment."""
    prepare(tmp_path)
    write_config(tmp_path, sandbox.url)
    for name, value in environment().items():
        if name.startswith("WXDESK_"):
            monkeypatch.setenv(name, value)
    made = await open_desk(read_setup(tmp_path, SecretSources(tmp_path)))
    yield made
    await made.stop()


def add(home: Path, text: str) -> None:
    with (home / "config.toml").open("a", encoding="utf-8") as file:
        file.write(text)


def is_trouble(event: Event, *, raised: bool) -> bool:
    return isinstance(event, TroubleRaised) and event.key == "configuration" and bool(event.text) is raised


async def test_a_saved_file_is_read_within_seconds(opened: OpenDesk, tmp_path: Path) -> None:
    add(tmp_path, SECOND)
    event = await next_event(opened, lambda event: isinstance(event, ConfigurationChanged))
    assert event == ConfigurationChanged(added=("second",))
    assert list(opened.desk.accounts) == ["shop", "second"]
    assert [account.name for account in opened.ready] == ["shop"]
    assert {secret.account for secret in opened.desk.configuration.now.missing} == {"second"}


async def test_a_secret_that_came_makes_its_account_ready(
    opened: OpenDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path, SECOND + 'push_mode = "plain"\n')
    await opened.desk.configuration.reload()
    for name in ("APP_SECRET", "PUSH_TOKEN"):
        monkeypatch.setenv(f"WXDESK_SECOND_{name}", "a_new_secret")
    assert await opened.desk.configuration.reload() == ConfigurationChanged(changed=("second",))
    assert [account.name for account in opened.ready] == ["shop", "second"]


async def test_a_secret_that_another_program_has_stored_is_read_within_seconds(
    opened: OpenDesk, tmp_path: Path
) -> None:
    add(tmp_path, SECOND + 'push_mode = "plain"\n')
    await opened.desk.configuration.reload()
    sources = opened.desk.configuration.now.sources
    assert sources is not None
    for name in (SecretName.APP_SECRET, SecretName.PUSH_TOKEN):
        await asyncio.to_thread(
            sources.store, "second", {name: "a_new_secret"}, datetime.now(UTC), into=SecretSource.MEMORY
        )
    while len(opened.ready) < 2:
        await next_event(opened, lambda event: isinstance(event, ConfigurationChanged))
    assert [account.name for account in opened.ready] == ["shop", "second"]


async def test_a_mistake_keeps_the_former_configuration_and_is_reported_with_its_line(
    opened: OpenDesk, tmp_path: Path
) -> None:
    good = (tmp_path / "config.toml").read_text(encoding="utf-8")
    add(tmp_path, "name = “x”\n")
    trouble = await next_event(opened, lambda event: is_trouble(event, raised=True))
    assert isinstance(trouble, TroubleRaised)
    assert str(tmp_path / "config.toml") in tr(trouble.text)
    assert "line 10" in tr(trouble.text)
    assert [account.name for account in opened.ready] == ["shop"]
    with pytest.raises(BadConfig):
        await opened.desk.configuration.reload()
    (tmp_path / "config.toml").write_text(good, encoding="utf-8")
    await next_event(opened, lambda event: is_trouble(event, raised=False))
    assert opened.desk.health.state.troubles == ()


async def test_a_file_that_is_gone_takes_no_account_along(opened: OpenDesk, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.rename(tmp_path / "config.toml~")
    trouble = await next_event(opened, lambda event: is_trouble(event, raised=True))
    assert isinstance(trouble, TroubleRaised)
    assert f"{file} is gone." in tr(trouble.text)
    assert [account.name for account in opened.ready] == ["shop"]
    (tmp_path / "config.toml~").rename(file)
    await next_event(opened, lambda event: is_trouble(event, raised=False))
    assert [account.name for account in opened.ready] == ["shop"]


async def test_other_tables_that_changed_are_named(opened: OpenDesk, tmp_path: Path) -> None:
    add(tmp_path, '[tunnel]\ncustom_domain = "desk.example.com"\n')
    changes = await opened.desk.configuration.reload()
    assert changes == ConfigurationChanged(tables=("tunnel",))
    assert describe_changes(changes) == "Changed: [tunnel]."


async def test_a_vault_made_since_opens_with_the_passphrase_of_the_start(
    opened: OpenDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WXDESK_VAULT_PASSPHRASE", "a long passphrase")
    Vault(tmp_path / "secrets.vault", cost=LEAST_COST).create("a long passphrase")
    await opened.desk.configuration.reload()
    sources = opened.desk.configuration.now.sources
    assert sources is not None
    assert sources.vault.is_open


async def test_values_in_each_others_place_are_reported_when_they_come(
    opened: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = environment()
    monkeypatch.setenv("WXDESK_SHOP_PUSH_TOKEN", given["WXDESK_SHOP_ENCODING_AES_KEY"])
    monkeypatch.setenv("WXDESK_SHOP_ENCODING_AES_KEY", given["WXDESK_SHOP_PUSH_TOKEN"])
    changes = await opened.desk.configuration.reload()
    said = list(account_lines(opened.desk.configuration.now, changes.changed))
    assert any("are swapped" in line for line in said), said


@pytest.mark.parametrize(
    ("url", "said"),
    [("sqlite:///desk.db", "No mini program"), ("postgresql://db/x", "the servers on the shared database")],
)
def test_a_machine_without_accounts_says_who_has_them(tmp_path: Path, url: str, said: str) -> None:
    [line] = setup_lines(Setup(tmp_path, Config(store=StoreSettings(url))))
    assert said in line
    assert "wxdesk account add" in line


async def test_a_former_secret_ends_when_it_would_have(
    opened: OpenDesk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("WXDESK_SHOP_PUSH_TOKEN_OLD", "the_former_token")
    await opened.desk.configuration.reload()
    [before] = opened.desk.configuration.now.credentials["shop"].former_push_tokens
    assert await opened.desk.configuration.reload() == ConfigurationChanged()
    [after] = opened.desk.configuration.now.credentials["shop"].former_push_tokens
    assert after == before


@pytest.mark.skipif(sys.platform == "win32", reason="SIGHUP is a POSIX signal")
async def test_serve_reads_again_at_sighup_and_says_what_has_changed(sandbox: Sandbox, tmp_path: Path) -> None:
    prepare(tmp_path)
    write_config(tmp_path, sandbox.url)
    serving = await asyncio.to_thread(Serving, tmp_path, told=True)
    url = await asyncio.to_thread(serving.wait_until_listening)
    sandbox.set_push_url(f"{url}/wx/shop")
    add(tmp_path, SECOND)
    os.kill(serving.process.pid, signal.SIGHUP)
    assert serving.process.stderr is not None
    told = await asyncio.to_thread(serving.hear, "wxdesk: Added: second.\n")
    assert "There is no public address yet" in told
    assert "There is no rule" in told
    for name in ("AppSecret", "Token", "EncodingAESKey"):
        assert f"“second” lacks its {name}." in await asyncio.to_thread(serving.process.stderr.readline)
    os.kill(serving.process.pid, signal.SIGHUP)
    await asyncio.to_thread(serving.hear, "wxdesk: Nothing has changed.")
    add(tmp_path, "app_id = 1\n")
    os.kill(serving.process.pid, signal.SIGHUP)
    line = await asyncio.to_thread(serving.process.stderr.readline)
    assert "line 13" in line
    assert await sandbox.verify_push_url()
    assert await asyncio.to_thread(serving.terminate) == 0


async def test_secrets_of_an_incomplete_account_are_known_and_masked(
    opened: OpenDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(tmp_path, SECOND)
    monkeypatch.setenv("WXDESK_SECOND_PUSH_TOKEN", "aPartOfThem")
    await opened.desk.configuration.reload()
    now = opened.desk.configuration.now
    assert "second" not in now.credentials
    assert now.found_for("second").credentials.push_token == "aPartOfThem"
    assert now.found_for("second").sources == {SecretName.PUSH_TOKEN: SecretSource.ENVIRONMENT}
    assert "aPartOfThem" in now.secrets


async def test_reading_the_same_former_secret_again_is_no_change(
    opened: OpenDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WXDESK_SHOP_PUSH_TOKEN_OLD", "formerToken")
    configuration = opened.desk.configuration
    assert await configuration.reload() == ConfigurationChanged(changed=("shop",))
    before = configuration.now
    assert await configuration.reload() == ConfigurationChanged()
    assert configuration.now is before
