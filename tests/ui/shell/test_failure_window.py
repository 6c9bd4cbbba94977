"""A desk that cannot open says so where an operator looks: in a window, if there is a display."""

import asyncio
import signal
import socket
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt, QTimer, QTimerEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QProgressBar
from pytestqt.qtbot import QtBot

from tests.prepared import SQLITE
from tests.store.moving.full_home import make_home
from wxdesk import i18n
from wxdesk.app import open_window_desk
from wxdesk.config.reading import load
from wxdesk.core.errors import HomeInUse, PortInUse, StoreDamaged
from wxdesk.desk.data.backups import back_up
from wxdesk.desk.settings.configuration import read_setup
from wxdesk.desktop import with_failures_shown
from wxdesk.secrets.sources import SecretSources
from wxdesk.store import open_store
from wxdesk.store.engine import inspection
from wxdesk.ui.shell.failure_window import FailureWindow
from wxdesk.ui.shell.waiting_window import WaitingWindow
from wxdesk.ui.window import show_failure


def test_the_failure_window_says_what_is_wrong_in_the_operators_language(qtbot: QtBot) -> None:
    i18n.use("zh_CN")
    window = FailureWindow(PortInUse("127.0.0.1", 8420))
    i18n.use("en")
    qtbot.addWidget(window)
    said = window.sentence.full_text()
    assert "127.0.0.1" in said
    assert "8420" in said
    assert "端口" in said
    assert window.title.full_text() == "wxdesk 无法启动"
    window.show()
    assert window.height() == window.heightForWidth(window.width()), "room is left between its lines"


def test_a_long_path_without_a_space_stays_in_the_window(qtbot: QtBot) -> None:
    window = FailureWindow(HomeInUse(home="/" + "very-long-folder/" * 20))
    qtbot.addWidget(window)
    window.show()
    label = window.sentence
    assert window.width() == window.maximumWidth()
    assert label.geometry().right() <= window.width()
    assert label.height() >= label.heightForWidth(label.width())


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Space])
def test_keys_quit_it(qtbot: QtBot, key: Qt.Key) -> None:
    window = FailureWindow(PortInUse("127.0.0.1", 8420))
    qtbot.addWidget(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(lambda: window.isActiveWindow() and window.quit.hasFocus())
    with qtbot.waitSignal(window.left):
        qtbot.keyClick(window.quit, key)
    assert not window.isVisible()


class Reader(QObject):
    """Reads the window as soon as it is on the screen, and closes it."""

    def __init__(self, *, mends: bool = False) -> None:
        super().__init__()
        self.read: list[str] = []
        self._mends = mends
        self._timer = self.startTimer(0)

    def timerEvent(self, _event: QTimerEvent) -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, FailureWindow) and window.isVisible():
                self.killTimer(self._timer)
                self.read.append(window.sentence.full_text())
                (window.mend if self._mends else window.quit).click()


def taken() -> int:
    raise PortInUse("127.0.0.1", 8420)


def test_without_a_display_it_is_only_raised(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with pytest.raises(PortInUse):
        with_failures_shown(tmp_path, taken)
    assert QApplication.topLevelWidgets() == []


@pytest.fixture
def with_display(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setenv("DISPLAY", ":0")


@pytest.mark.usefixtures("with_display")
def test_with_a_display_it_is_shown_until_it_is_read_and_raised(tmp_path: Path) -> None:
    reader = Reader()
    with pytest.raises(PortInUse):
        with_failures_shown(tmp_path, taken)
    [sentence] = reader.read
    assert "8420" in sentence


@pytest.mark.usefixtures("with_display")
def test_a_taken_port_is_changed_by_one_click_and_the_desk_opens(tmp_path: Path) -> None:
    reader = Reader(mends=True)
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]

        def start() -> int:
            configured = load(tmp_path).listener.port
            if configured == 8765:
                raise PortInUse("127.0.0.1", port)
            return configured

        chosen = with_failures_shown(tmp_path, start)
    assert port < chosen <= port + 20
    assert str(port) in reader.read[0]


class Restorer(QTimer):
    """Restores a backup from the window of the failure: first no file, then a damaged one, then the sound one."""

    def __init__(self, *files: Path | None) -> None:
        super().__init__(interval=10)
        self._files = list(files)
        self.read: list[str] = []
        self.told = ""
        self.timeout.connect(self._look)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(watched, WaitingWindow) and event.type() is QEvent.Type.Show:
            self.told = watched.findChild(QProgressBar).accessibleName()
        return False

    def _look(self) -> None:
        for window in QApplication.topLevelWidgets():
            if isinstance(window, FailureWindow) and window.isVisible():
                dialogs = [one for one in window.findChildren(QFileDialog) if one.isVisible()]
                if not dialogs:
                    self.read.append(window.sentence.full_text())
                    window.mend.click()
                elif (file := self._files.pop(0)) is None:
                    dialogs[0].reject()
                else:
                    dialogs[0].findChild(QLineEdit).setText(str(file))
                    dialogs[0].accept()


@pytest.mark.usefixtures("with_display")
def test_a_backup_takes_the_place_of_a_damaged_database(qapp: QApplication, tmp_path: Path) -> None:
    home, backup, cut = tmp_path / "home", tmp_path / "shop.zip", tmp_path / "cut.zip"
    asyncio.run(make_home(home))
    asyncio.run(back_up(SQLITE, home, backup, lambda _: None))
    cut.write_bytes(backup.read_bytes()[:-3000])
    (home / "desk.db").write_bytes(b"damaged " * 1000)

    async def opened() -> int:
        store = await open_store(SQLITE, home)
        await store.close()
        return 0

    restorer = Restorer(None, cut, backup)
    restorer.start()
    qapp.installEventFilter(restorer)
    assert with_failures_shown(home, lambda: asyncio.run(opened())) == 0
    restorer.stop()
    assert restorer.told == "Reading the backup…"
    damaged = "The database desk.db cannot be used"
    assert [text.partition(":")[0] for text in restorer.read] == [damaged, damaged, str(cut)]
    [aside] = home.glob("before-restore-*")
    assert (aside / "desk.db").read_bytes() == b"damaged " * 1000


@pytest.mark.expects_log("database error")
def test_damage_that_is_not_seen_before_the_desk_begins_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inspection, "CHECKED_UP_TO", 0)  # as if it were a large one
    asyncio.run(make_home(tmp_path))
    with closing(sqlite3.connect(tmp_path / "desk.db")) as db:
        [(page,)] = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'replies'")
        [(size,)] = db.execute("PRAGMA page_size")
    with (tmp_path / "desk.db").open("rb+") as file:
        file.seek((page - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(StoreDamaged, match=r"desk\.db"):
        asyncio.run(open_window_desk(read_setup(tmp_path, SecretSources(tmp_path))))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_afterwards_a_signal_does_what_it_did_before(qapp: QApplication) -> None:
    def former(*_: object) -> None: ...

    before = signal.signal(signal.SIGTERM, former)
    reader = Reader()
    try:
        show_failure(PortInUse("127.0.0.1", 8420))
        assert reader.read
        assert signal.getsignal(signal.SIGTERM) is former
    finally:
        signal.signal(signal.SIGTERM, before)
