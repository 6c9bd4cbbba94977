"""The card of phones and of the shop's own system: added, tried, changed and removed."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.config.outside import PhoneSettings
from wxdesk.core.outside import PhoneKind
from wxdesk.paths import pages
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.settings.outside_card import DataDialog, OutsideCard, PhoneDialog
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.documentation import PageDialog
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel


@pytest.fixture
def card(qtbot: QtBot, bridge: WindowBridge, notices: Notices, host: QWidget) -> OutsideCard:
    made = OutsideCard(bridge, host)
    made.resize(560, 400)
    made.show()
    return made


def test_a_phone_is_added_and_its_number_set(qtbot: QtBot, card: OutsideCard, world: World) -> None:
    assert card.after.isHidden() or not card.after.isVisible()
    card.add.click()
    dialog = card.window().findChild(PhoneDialog)
    dialog.service.show_value(PhoneKind.BARK)
    assert (dialog.service.value, dialog.secret.edit.placeholderText()) == (PhoneKind.BARK, "https://api.day.app/…")
    dialog.field.edit.setText("not a name!")
    dialog.action.click()
    qtbot.waitUntil(lambda: "1 to 32 letters" in dialog.error.full_text())
    dialog.field.edit.setText("boss")
    dialog.secret.edit.setText("https://api.day.app/KEY")
    dialog.action.click()
    config = world.home / "config.toml"
    qtbot.waitUntil(lambda: config.exists() and 'targets = { boss = "bark" }' in config.read_text(encoding="utf-8"))
    assert "KEY" not in config.read_text(encoding="utf-8")


def test_the_card_shows_endpoints_in_force_and_a_trial_says_what_is_wrong(
    qtbot: QtBot, card: OutsideCard, world: World, bridge: Bridge, host: QWidget
) -> None:
    world.configure(phone=PhoneSettings({"boss": "wecom", "night": "ntfy"}, after_minutes=9, words=True))
    card.show_settings()
    assert list(card.trials) == ["boss", "night"]
    assert (card.after.value(), card.words.isChecked()) == (9, True)
    qtbot.mouseClick(card.trials["boss"], Qt.MouseButton.LeftButton)
    assert not card.trials["boss"].isEnabled(), "until there is an answer"
    said = "Its address is not known: enter it in the settings."
    qtbot.waitUntil(lambda: any(label.full_text() == said for label in host.findChildren(PlainLabel)))
    assert card.trials["boss"].isEnabled()
    card.removals["night"].click()
    [question] = card.window().findChildren(ConfirmDialog)
    question.action.click()
    config = world.home / "config.toml"
    qtbot.waitUntil(lambda: config.exists() and 'targets = { boss = "wecom" }' in config.read_text(encoding="utf-8"))
    qtbot.waitUntil(lambda: bridge.is_idle)


def test_the_key_is_made_for_the_shops_own_system(qtbot: QtBot, card: OutsideCard, world: World) -> None:
    card.change.click()
    dialog = card.window().findChild(DataDialog)
    assert len(dialog.key.text()) > 40
    dialog.how.click()
    read = card.window().findChild(PageDialog) or dialog.findChild(PageDialog)
    assert "HMAC" in read.view.toPlainText()
    link = read.view.cursorRect(read.view.document().find("中文")).center()
    qtbot.mouseClick(read.view.viewport(), Qt.MouseButton.LeftButton, pos=link - QPoint(4, 0))
    assert Path(read.place.full_text()) == pages() / "outside.zh-CN.md"
    read.accept()
    dialog.url.edit.setText("ftp://shop.example")
    dialog.action.click()
    qtbot.waitUntil(lambda: "must begin with http" in dialog.error.full_text())
    dialog.url.edit.setText("https://shop.example/wxdesk")
    dialog.action.click()
    config = world.home / "config.toml"
    qtbot.waitUntil(lambda: config.exists() and "https://shop.example/wxdesk" in config.read_text(encoding="utf-8"))
