"""The mode of an account on the settings page: it holds on the desk at once, says where it is from, and goes back."""

from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.events import AccountChanged
from wxdesk.core.model.account import ReplyMode
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.settings.account_mode import AccountMode
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge


@pytest.fixture
def line(qtbot: QtBot, bridge: WindowBridge, notices: Notices) -> AccountMode:
    made = AccountMode(bridge, "shop")
    qtbot.addWidget(made)
    made.resize(560, 90)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    return made


def choose(qtbot: QtBot, line: AccountMode, mode: ReplyMode) -> None:
    """By the keyboard, line by line."""
    line.mode.setFocus()
    while line.mode.currentIndex() != tuple(ReplyMode).index(mode):
        qtbot.keyClick(line.mode, Qt.Key.Key_Down)


def test_the_account_mode_begins_as_config_says(line: AccountMode) -> None:
    assert line.mode.currentText() == "Automatic"
    assert line.source.full_text() == "As config.toml says · rules leave 2 of 5 to you"
    assert line.back.isHidden()
    assert line.seconds.isHidden()


def test_a_set_account_mode_holds_at_once_and_following_config_too(
    qtbot: QtBot, line: AccountMode, world: World
) -> None:
    accounts = world.desk.accounts
    choose(qtbot, line, ReplyMode.HOLD)
    qtbot.waitUntil(lambda: accounts["shop"].reply_mode is ReplyMode.HOLD)
    qtbot.waitUntil(line.seconds.isVisible)
    assert line.source.full_text().startswith("Set here; config.toml says: Automatic")
    line.seconds.setFocus()
    line.seconds.selectAll()
    qtbot.keyClicks(line.seconds, "25")
    qtbot.waitUntil(lambda: accounts["shop"].hold_seconds == 25)
    qtbot.mouseClick(line.back, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: accounts["shop"] == accounts.configured["shop"])
    qtbot.waitUntil(line.back.isHidden)
    assert line.mode.currentText() == "Automatic"


def test_an_emptied_field_is_no_number(qtbot: QtBot, line: AccountMode, world: World, bridge: Bridge) -> None:
    world.call(world.desk.accounts.set_mode("shop", ReplyMode.HOLD, 8))
    qtbot.waitUntil(line.seconds.isVisible)
    line.seconds.setFocus()
    line.seconds.selectAll()
    qtbot.keyClick(line.seconds, Qt.Key.Key_Backspace)
    choose(qtbot, line, ReplyMode.OFF)
    qtbot.waitUntil(lambda: world.desk.accounts["shop"].reply_mode is ReplyMode.OFF and bridge.is_idle)
    assert world.desk.accounts["shop"].hold_seconds == 8


def test_what_an_earlier_change_has_made_does_not_replace_a_later_choice(
    qtbot: QtBot, line: AccountMode, world: World, bridge: Bridge
) -> None:
    """As over a slow line, on which the answer to the first comes while the second is under way."""
    automatic = line.mode.value
    line.mode.setFocus()
    qtbot.keyClick(line.mode, Qt.Key.Key_Down)
    bridge.events.emit((AccountChanged("shop"),))
    assert line.mode.value is not automatic
    qtbot.keyClick(line.mode, Qt.Key.Key_Up)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert (line.mode.value, world.desk.accounts["shop"].reply_mode) == (automatic, automatic)


def test_a_mode_changed_elsewhere_is_shown(qtbot: QtBot, line: AccountMode, world: World) -> None:
    world.call(world.desk.accounts.set_mode("shop", ReplyMode.DRAFT, 8))
    qtbot.waitUntil(lambda: line.mode.currentText() == "Drafts only")


def test_the_card_follows_config_toml_and_says_that_the_account_is_paused(
    qtbot: QtBot, line: AccountMode, world: World
) -> None:
    setup = world.desk.configuration.now
    [shop] = setup.config.accounts
    held = structs.replace(shop, reply_mode=ReplyMode.HOLD, hold_seconds=31, paused=True)
    world.call(world.desk.configuration.apply(replace(setup, config=structs.replace(setup.config, accounts=(held,)))))
    qtbot.waitUntil(lambda: line.source.full_text().startswith("Account paused"))
    assert line.seconds.last == 31
    world.call(world.desk.configuration.apply(replace(setup, config=structs.replace(setup.config, accounts=()))))
    world.call(world.desk.configuration.apply(setup))
    qtbot.waitUntil(lambda: line.source.full_text().startswith("As config.toml says"))
