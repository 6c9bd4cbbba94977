"""The window asks for the vault's passphrase, and makes a vault where there is no keychain."""

from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from wxdesk.config.reading import AccountEntry
from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.secrets.names import MissingSecret, SecretName
from wxdesk.secrets.sources import SecretSources
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.vault import BAR, VaultDialog, VaultLock, ask_for_vault

PASSPHRASE = "correct horse"


@pytest.fixture
def sources(tmp_path: Path) -> SecretSources:
    return SecretSources(tmp_path, {})


def _dialog(qtbot: QtBot, bridge: Bridge, sources: SecretSources, host: QWidget) -> VaultDialog:
    host.show()
    dialog = VaultDialog(bridge, sources, host)
    dialog.open()
    qtbot.waitUntil(dialog.isVisible)
    return dialog


def test_a_new_vault_takes_the_same_passphrase_twice(
    qtbot: QtBot, bridge: Bridge, sources: SecretSources, host: QWidget
) -> None:
    dialog = _dialog(qtbot, bridge, sources, host)
    assert dialog.passphrase.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(dialog.passphrase, PASSPHRASE)
    qtbot.keyClicks(dialog.again, "correct hors")
    qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    assert dialog.error.full_text() == "These are two different passphrases."
    assert not sources.vault.exists
    qtbot.keyClicks(dialog.again, "e")
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.again, Qt.Key.Key_Return)
    assert sources.vault.is_open


def test_a_short_passphrase_is_told_at_once(
    qtbot: QtBot, bridge: Bridge, sources: SecretSources, host: QWidget
) -> None:
    dialog = _dialog(qtbot, bridge, sources, host)
    assert "8 characters" in dialog.passphrase.placeholderText(), "before one is refused"
    for field in (dialog.passphrase, dialog.again):
        qtbot.keyClicks(field, "short")
    qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: dialog.error.full_text() == "The passphrase needs at least 8 characters.")
    assert dialog.action.isEnabled()
    dialog.reject()


def test_a_locked_vault_is_opened_by_its_passphrase_only(
    qtbot: QtBot, bridge: Bridge, sources: SecretSources, host: QWidget, tmp_path: Path
) -> None:
    SecretSources(tmp_path, {}).vault.create(PASSPHRASE)
    dialog = _dialog(qtbot, bridge, sources, host)
    assert dialog.again.isHidden()
    qtbot.keyClicks(dialog.passphrase, "wrong horse")
    qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "does not open" in dialog.error.full_text())
    assert sources.vault.is_locked
    qtbot.keyClicks(dialog.passphrase, PASSPHRASE)  # over the wrong one, which is selected
    with qtbot.waitSignal(dialog.accepted):
        qtbot.keyClick(dialog.passphrase, Qt.Key.Key_Return)
    assert sources.vault.is_open
    assert (tmp_path / "secrets.changed").exists(), "a running desk reads its secrets now"


@pytest.mark.parametrize("lacking", [True, False])
def test_a_start_asks_and_tells_of_a_locked_vault_only_if_secrets_are_missing(
    qtbot: QtBot, bridge: WindowBridge, sources: SecretSources, host: QWidget, tmp_path: Path, lacking: bool
) -> None:
    SecretSources(tmp_path, {}).vault.create(PASSPHRASE)
    configuration = bridge.desk.configuration
    missing = (MissingSecret("shop", SecretName.APP_SECRET),) if lacking else ()
    config = structs.replace(configuration.now.config, accounts=(AccountEntry("shop", "wx0123456789abcdef"),))
    configuration.now = replace(configuration.now, sources=sources, missing=missing, config=config)
    host.show()
    ask_for_vault(bridge, host)
    dialogs = host.findChildren(VaultDialog)
    assert len(dialogs) == lacking
    VaultLock(bridge, host)
    assert (BAR in bridge.notices.bars.texts()) is lacking
    for dialog in dialogs:
        dialog.reject()


def test_a_locked_vault_is_told_of_where_the_tunnel_may_have_its_secret_there(
    bridge: WindowBridge, sources: SecretSources, host: QWidget, tmp_path: Path
) -> None:
    SecretSources(tmp_path, {}).vault.create(PASSPHRASE)
    now = bridge.desk.configuration.now
    config = structs.replace(now.config, tunnel=TunnelSettings(TunnelKind.SSH))
    bridge.desk.configuration.now = replace(now, sources=sources, config=config)
    VaultLock(bridge, host)
    assert BAR in bridge.notices.bars.texts()
