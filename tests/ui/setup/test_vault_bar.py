"""A locked vault keeps no window shut: a bar says what is missing and asks for the passphrase."""

from pathlib import Path

from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from tests.ui.setup.newcomer import Newcomer, arriving
from tests.ui.setup.steps import LONG, click
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.troubles import TroubleArea
from wxdesk.core.wechat.credential_shapes import new_aes_key, new_token
from wxdesk.desk.ports import utc_now
from wxdesk.secrets.names import SecretName
from wxdesk.secrets.sources import SecretSources
from wxdesk.ui.look.appearance import Appearance
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.vault import BAR, VaultDialog


def _found(person: Newcomer) -> set[CheckVerdict]:
    return {one.verdict for one in person.desk.setup.state.account("shop").facts.values()}


def test_a_locked_vault_is_told_in_a_bar_until_it_is_open(qtbot: QtBot, tmp_path: Path, appearance: Appearance) -> None:
    sources = SecretSources(tmp_path, {})
    for name, value in zip(SecretName, ("0123456789abcdef" * 2, new_token(), new_aes_key()), strict=True):
        sources.store("shop", {name: value}, utc_now())
    sources.make_vault("open sesame")
    with arriving(tmp_path) as person:
        bridge = WindowBridge(person.desk, person.thread.loop)
        bridge.connect_to_bus()
        window = MainWindow(bridge, InstallationFacts(person.home), appearance)
        window.show()
        person.thread.call(person.desk.account_editing.add("shop", person.app_id))
        qtbot.waitUntil(lambda: person.desk.setup.state.lamp.verdict is not CheckVerdict.NO_ACCOUNT)
        qtbot.waitUntil(lambda: CheckVerdict.VAULT_LOCKED in _found(person), timeout=LONG)
        assert CheckVerdict.SECRET_MISSING not in _found(person)
        qtbot.waitUntil(lambda: bridge.is_idle, timeout=LONG)
        assert f"trouble:{TroubleArea.SECRETS}" not in window.notices.bars.texts(), "told twice"
        assert "locked" in window.notices.bars.texts()[BAR]
        assert "WXDESK_" not in window.notices.bars.texts()[BAR], "the button does it"
        choices = window.notices.bars._bars[BAR].findChildren(QAbstractButton)
        next(one for one in choices if one.text() == "Unlock…").click()
        qtbot.waitUntil(lambda: bool(window.findChildren(VaultDialog)))
        [dialog] = window.findChildren(VaultDialog)
        dialog.passphrase.setText("wrong words")
        dialog.action.click()
        qtbot.waitUntil(dialog.error.isVisible, timeout=LONG)
        dialog.passphrase.setText("open sesame")
        click(qtbot, dialog.action)
        qtbot.waitUntil(lambda: BAR not in window.notices.bars.texts(), timeout=LONG)
        qtbot.waitUntil(lambda: bridge.is_idle, timeout=LONG)
        bridge.close()
        bridge.deleteLater()
        window.finish()
        window.deleteLater()
