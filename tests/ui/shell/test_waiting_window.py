"""Who starts the program by an icon is told that the database is being upgraded, where that takes longer."""

import threading
from collections.abc import Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from tests.campaign.disk.old_home import put_first_release
from wxdesk import desktop, i18n
from wxdesk.app import open_window_desk
from wxdesk.config.reading import Config, ListenerSettings
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desktop import tell_of_upgrade
from wxdesk.runner import DeskThread
from wxdesk.ui.look.theme import DARK, Theme
from wxdesk.ui.runtime.memory import WindowMemory
from wxdesk.ui.shell.waiting_window import WaitingWindow
from wxdesk.ui.widgets.labels import PlainLabel


def _shown() -> Iterator[WaitingWindow]:
    return (one for one in QApplication.topLevelWidgets() if isinstance(one, WaitingWindow) and one.isVisible())


def test_a_long_upgrade_is_told_until_the_desk_is_open(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desktop, "UPGRADE_SECONDS", 0.01)
    i18n.use("zh_CN")
    WindowMemory(tmp_path).keep({"look": "dark"})
    upgrading, opening, said, themes = threading.Event(), Future[None](), list[str](), list[Theme]()

    def look() -> None:
        for window in _shown():
            themes.append(Theme.current())
            said.extend(label.full_text() for label in window.findChildren(PlainLabel))
            window.close()  # which ends nothing
            opening.set_result(None)

    timer = QTimer(interval=5)
    timer.timeout.connect(look)
    timer.start()
    upgrading.set()
    tell_of_upgrade(tmp_path, upgrading, opening)
    timer.stop()
    assert themes == [DARK]
    assert said[0] == "正在升级数据库"
    assert "不会丢失" in said[1]
    assert not list(_shown())


@pytest.mark.parametrize("old", [False, True])
def test_an_older_database_is_told_before_the_desk_is_open_and_a_new_one_never(tmp_path: Path, old: bool) -> None:
    if old:
        put_first_release(tmp_path / "desk.db")
    upgrading, told = threading.Event(), list[bool]()
    opens = open_window_desk(Setup(tmp_path, Config(ListenerSettings(port=0))), upgrading.set)

    def wait(upgrading: threading.Event, opening: Future[object]) -> None:
        opening.result()
        told.append(upgrading.is_set())

    DeskThread(opens, partial(wait, upgrading)).stop()
    assert told == [old]
