"""The settings page says where new secrets are kept, and helps where nothing keeps them."""

from pathlib import Path

import keyring
import pytest
from keyring.backends.fail import Keyring as NoKeychain
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.secrets.backends import Drawer, drawer
from wxdesk.secrets.sources import SecretSources
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.settings.places_card import SecretPlaces
from wxdesk.ui.widgets.dialogs.vault import VaultDialog

__all__ = ["drawer"]  # the keychain in memory, as a fixture

PASSPHRASE = "correct horse"


@pytest.fixture
def sources(tmp_path: Path, drawer: Drawer) -> SecretSources:
    return SecretSources(tmp_path, {})


def _line(qtbot: QtBot, bridge: Bridge, sources: SecretSources) -> SecretPlaces:
    line = SecretPlaces(bridge, sources)
    qtbot.addWidget(line)
    line.show()
    return line


def _dialog(line: QWidget) -> VaultDialog:
    [dialog] = line.findChildren(VaultDialog)
    return dialog


def test_a_keychain_needs_nothing(qtbot: QtBot, bridge: Bridge, sources: SecretSources) -> None:
    line = _line(qtbot, bridge, sources)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert line.state.words.full_text() == "New secrets go into the system's keychain"
    assert line.button.isHidden()


def test_the_keychain_is_asked_once_the_operator_looks(
    qtbot: QtBot, bridge: Bridge, sources: SecretSources, drawer: Drawer
) -> None:
    line = SecretPlaces(bridge, sources)
    qtbot.addWidget(line)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not drawer.asked, "it may ask for a passphrase, and a search makes this page as well"
    for _ in range(2):
        line.show()
        qtbot.waitUntil(lambda: drawer.asked == 1 and bridge.is_idle)
        line.hide()


def test_without_a_keychain_a_vault_is_offered_and_made(qtbot: QtBot, bridge: Bridge, sources: SecretSources) -> None:
    keyring.set_keyring(NoKeychain())
    line = _line(qtbot, bridge, sources)
    qtbot.waitUntil(lambda: "gone when the program ends" in line.state.words.full_text())
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    dialog = _dialog(line)
    for field in (dialog.passphrase, dialog.again):
        qtbot.keyClicks(field, PASSPHRASE)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    assert line.state.words.full_text() == "New secrets go into the vault"
    assert line.button.isHidden()


def test_a_locked_vault_is_told_and_unlocked(
    qtbot: QtBot, bridge: Bridge, sources: SecretSources, tmp_path: Path
) -> None:
    SecretSources(tmp_path, {}).vault.create(PASSPHRASE)
    line = _line(qtbot, bridge, sources)
    assert line.state.words.full_text() == "The vault is locked, and its secrets with it"
    qtbot.mouseClick(line.button, Qt.MouseButton.LeftButton)
    dialog = _dialog(line)
    qtbot.keyClicks(dialog.passphrase, PASSPHRASE)
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.action, Qt.MouseButton.LeftButton)
    assert "keychain" in line.state.words.full_text()
