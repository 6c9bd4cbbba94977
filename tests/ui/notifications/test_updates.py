"""A newer version is told by a bar that can be closed; nothing is asked where config.toml does not say so."""

from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk import i18n
from wxdesk.computer.updates import VersionNotice
from wxdesk.config.reading import UpdateSettings
from wxdesk.ui.notifications.alerts import BAR, UpdateNotice
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge

NEWER = VersionNotice("99.0.1", "It is faster.", "更快了。")


def test_a_newer_version_is_told_in_the_language_of_the_window(
    world: World, bridge: WindowBridge, notices: Notices
) -> None:
    owner = QObject()
    notice = UpdateNotice(bridge, owner)
    assert not bridge._open  # nobody was asked
    notice._show_version(None)
    assert BAR not in notices.bars.texts()
    notice._show_version(NEWER)
    assert notices.bars.texts()[BAR] == "wxdesk 99.0.1 is available. It is faster."
    i18n.use("zh_CN")
    notice._show_version(NEWER)
    i18n.use("en")
    assert notices.bars.texts()[BAR] == "wxdesk 99.0.1 已发布。更快了。"


def test_an_unreachable_update_address_says_nothing(
    qtbot: QtBot, world: World, bridge: WindowBridge, notices: Notices, caplog: pytest.LogCaptureFixture
) -> None:
    owner = QObject()
    notice = UpdateNotice(bridge, owner)
    configuration = world.desk.configuration
    wanted = UpdateSettings("https://127.0.0.1:9/wxdesk.json", "AAAA")
    configuration.use(replace(configuration.now, config=structs.replace(configuration.now.config, updates=wanted)))
    caplog.set_level("INFO", "wxdesk.computer.updates")
    notice.fetch()
    qtbot.waitUntil(lambda: "There is no notice of a version" in caplog.text and bridge.is_idle)
    assert BAR not in notices.bars.texts()
