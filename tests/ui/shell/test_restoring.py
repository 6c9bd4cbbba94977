"""A backup comes back by the window alone: nobody needs a terminal, and a damaged one changes nothing."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.ports import free_port
from tests.prepared import SQLITE, prepare
from tests.store.moving.full_home import make_home
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.desk.data.backups import back_up
from wxdesk.desk.data.exporting import Progress
from wxdesk.desk.settings.configuration import read_setup
from wxdesk.desktop import open_window, with_failures_shown
from wxdesk.secrets.sources import SecretSources
from wxdesk.store.engine.inspection import UNFINISHED_RESTORE
from wxdesk.store.moving.move import CopyProgress
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.shell.restoring import RestoreJob
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.dialogs.file_jobs import FileJobs
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.window import make_application


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """A backup of a desk on which customers have written."""
    asyncio.run(make_home(tmp_path / "old"))
    _listen_somewhere(tmp_path / "old")
    asyncio.run(back_up(SQLITE, tmp_path / "old", tmp_path / "shop.zip", lambda _: None))
    return tmp_path / "shop.zip"


def _listen_somewhere(home: Path) -> None:
    (home / "config.toml").write_text(f"[listener]\nport = {free_port()}\n")


def _choose(window: MainWindow, file: Path) -> None:
    [dialog] = window.findChildren(QFileDialog)
    dialog.selectFile(str(file))
    dialog.accept()


class Newcomer(QTimer):
    """Somebody at a new computer: restores the backup, looks who has written, and leaves."""

    def __init__(self, backup: Path) -> None:
        super().__init__(interval=10)
        self._backup = backup
        self._window: MainWindow | None = None
        self.asked = ""
        self.customers = 0
        self.timeout.connect(self._look)

    def _look(self) -> None:
        windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible()]
        if not windows:
            return
        [window] = windows
        if self._window is None:
            self._window = window
            assert window.pages.guide.widget.restore.isVisible()
            window.pages.guide.widget.restore.click()
            _choose(window, self._backup)
        elif not self.asked:
            for question in window.findChildren(ConfirmDialog):
                if question.isEnabled():
                    self.asked = question.text.full_text()
                    question.action.click()
        elif window is not self._window and window.inbox.list.model.rowCount():
            self.customers = window.inbox.list.model.rowCount()
            window.quit()


def test_a_backup_is_put_in_place_and_the_window_opens_on_it(qapp: QApplication, backup: Path, tmp_path: Path) -> None:
    home = tmp_path / "new"
    prepare(home)
    _listen_somewhere(home)
    newcomer = Newcomer(backup)
    newcomer.start()
    code = with_failures_shown(home, lambda: open_window(read_setup(home, SecretSources(home))))
    newcomer.stop()
    with closing(sqlite3.connect(tmp_path / "old" / "desk.db")) as old:
        [(written,)] = old.execute("SELECT count(*) FROM contacts")
    assert (code, newcomer.customers) == (0, written)
    [aside] = home.glob("before-restore-*")
    assert f"“before-restore-…” in {home}" in newcomer.asked
    assert (aside / "desk.db").exists()
    assert (home / "config.toml").read_bytes() == (tmp_path / "old" / "config.toml").read_bytes()
    assert not list(home.glob(f"{UNFINISHED_RESTORE}*"))


@pytest.fixture
def unpacked() -> list[Path]:
    """Gets the folder for which a window has closed."""
    return []


@pytest.fixture
def job(bridge: WindowBridge, window: MainWindow, unpacked: list[Path]) -> RestoreJob:
    return RestoreJob(bridge, window, unpacked.append)


def test_a_damaged_backup_is_named_and_nothing_closes(
    job: RestoreJob, backup: Path, window: MainWindow, world: World, bridge: Bridge, qtbot: QtBot, unpacked: list[Path]
) -> None:
    backup.write_bytes(backup.read_bytes()[:-3000])
    job.ask()
    _choose(window, backup)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert "shop.zip" in window.notices._toast._label.full_text()
    assert not window.findChildren(ConfirmDialog)
    assert not list(world.home.glob(f"{UNFINISHED_RESTORE}*"))
    assert not unpacked


def test_a_restore_that_is_given_up_leaves_nothing(
    job: RestoreJob, backup: Path, window: MainWindow, world: World, bridge: Bridge, qtbot: QtBot, unpacked: list[Path]
) -> None:
    job.ask()
    _choose(window, backup)
    qtbot.waitUntil(lambda: bool(window.findChildren(ConfirmDialog)))
    [question] = window.findChildren(ConfirmDialog)
    assert list(world.home.glob(f"{UNFINISHED_RESTORE}*"))
    assert not question.isEnabled(), "what is being typed answers it"
    qtbot.waitUntil(question.isEnabled)
    assert question.focusWidget() is question.cancel
    question.cancel.click()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not list(world.home.glob(f"{UNFINISHED_RESTORE}*"))
    assert not unpacked


def test_a_window_that_closes_stops_what_it_reads(bridge: WindowBridge, window: MainWindow) -> None:
    ended: list[bool] = []

    async def read(progress: Progress) -> None:
        try:
            while True:
                progress(CopyProgress("Files", 0, 1))
                await asyncio.sleep(0)
        finally:
            ended.append(progress.stopped)

    FileJobs(bridge, window).run(read, lambda _: None, "Reading")
    bridge.close()
    assert ended == [True]


@pytest.mark.usefixtures("qapp")
def test_qts_own_words_follow_the_language_of_a_backup() -> None:
    spoken = []
    for language in ("zh_CN", "en"):
        i18n.use(language)
        make_application()
        spoken.append(QCoreApplication.translate("QPlatformTheme", "Cancel"))
    assert spoken == ["取消", "Cancel"]
