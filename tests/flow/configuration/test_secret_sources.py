"""An open desk says what keeps its secrets back, and which are gone with the next start."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeychain
from keyring.errors import KeyringLocked

from tests.flow.conftest import next_event
from tests.flow.serving import write_config
from tests.prepared import prepare
from tests.secrets.backends import Drawer, drawer
from wxdesk.app import OpenDesk, open_desk
from wxdesk.core.events import ConfigurationChanged
from wxdesk.core.setup.findings import Check, CheckVerdict
from wxdesk.core.wechat.credential_shapes import new_aes_key, new_token
from wxdesk.desk.settings.configuration import read_setup
from wxdesk.i18n import tr
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.server import Sandbox
from wxdesk.secrets.names import SecretName, SecretSource
from wxdesk.secrets.sources import SecretSources

__all__ = ["drawer"]  # the keychain in memory, as a fixture

PASSPHRASE = "eight or more"


@pytest.fixture
def sources(tmp_path: Path, drawer: Drawer) -> SecretSources:
    keyring.set_keyring(NoKeychain())
    return SecretSources(tmp_path, {})


@pytest.fixture
async def opened(sandbox: Sandbox, tmp_path: Path, sources: SecretSources) -> AsyncIterator[OpenDesk]:
    """A desk on a machine without a keychain, with no secret of its account."""
    prepare(tmp_path)
    write_config(tmp_path, sandbox.url)
    SecretSources(tmp_path, {}).make_vault(PASSPHRASE)
    made = await open_desk(read_setup(tmp_path, sources))
    yield made
    await made.stop()


def said(opened: OpenDesk) -> str:
    return "".join(tr(trouble.text) for trouble in opened.desk.health.state.troubles if trouble.key == "secrets")


def verdict(opened: OpenDesk, fact: Check) -> CheckVerdict:
    return opened.desk.setup.state.account("shop").finding(fact).verdict


async def test_a_locked_vault_is_reported_once_until_nothing_is_missing(
    opened: OpenDesk, sources: SecretSources
) -> None:
    assert "The vault with the secrets is locked." in said(opened)
    assert "keychain" not in said(opened), "the vault stands in its place"
    values = {SecretName.APP_SECRET: "0" * 32, SecretName.PUSH_TOKEN: new_token()}
    for name, value in (values | {SecretName.ENCODING_AES_KEY: new_aes_key()}).items():
        assert sources.store("shop", {name: value}, datetime.now(UTC)) is SecretSource.MEMORY
    await next_event(opened, lambda event: isinstance(event, ConfigurationChanged))
    assert said(opened) == ""
    assert verdict(opened, Check.SECRETS) is CheckVerdict.SECRET_IN_MEMORY
    sources.unlock(PASSPHRASE)
    for name, value in values.items():
        sources.store("shop", {name: value}, datetime.now(UTC))
    sources.store("shop", {SecretName.ENCODING_AES_KEY: new_aes_key()}, datetime.now(UTC))
    await opened.desk.configuration.reload()
    assert verdict(opened, Check.SECRETS) is CheckVerdict.OK


async def test_the_app_secret_of_an_incomplete_account_can_be_checked(opened: OpenDesk, sources: SecretSources) -> None:
    sources.store("shop", {SecretName.APP_SECRET: demo_account()[1].app_secret}, datetime.now(UTC))
    await opened.desk.configuration.reload()
    assert (await opened.desk.setup.check_mini_program("shop")).verdict is CheckVerdict.OK
    assert verdict(opened, Check.SECRETS) is CheckVerdict.VAULT_LOCKED  # where the others may be


async def test_a_keychain_that_is_locked_while_the_desk_runs_takes_nothing_away(
    sandbox: Sandbox, tmp_path: Path, drawer: Drawer, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare(tmp_path)
    write_config(tmp_path, sandbox.url)
    sources = SecretSources(tmp_path, {})
    values = {SecretName.APP_SECRET: "0" * 32, SecretName.PUSH_TOKEN: new_token()}
    for name, value in (values | {SecretName.ENCODING_AES_KEY: new_aes_key()}).items():
        assert sources.store("shop", {name: value}, datetime.now(UTC)) is SecretSource.KEYCHAIN
    opened = await open_desk(read_setup(tmp_path, sources))
    try:
        with monkeypatch.context() as locked:
            locked.setattr(drawer, "get_password", locks)
            await opened.desk.configuration.reload()
            assert opened.desk.configuration.credentials["shop"].app_secret == "0" * 32
            assert verdict(opened, Check.SECRETS) is CheckVerdict.OK
            assert "keychain cannot be used (it is locked). Unlock it" in said(opened)
        drawer.kept["wxdesk", "shop/app_secret"] = "1" * 32
        sources.keychain.get("", 1.0)  # as the settings do when they are opened: the person unlocks it
        await next_event(opened, lambda event: isinstance(event, ConfigurationChanged))
        assert opened.desk.configuration.credentials["shop"].app_secret == "1" * 32
        assert said(opened) == ""
    finally:
        await opened.stop()


def locks(*_: str) -> str:
    raise KeyringLocked
