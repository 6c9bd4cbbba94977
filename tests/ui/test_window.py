"""The ways into the window: the program's and the demonstration's."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QTimer
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.events import ListenerChanged
from wxdesk.core.system_failures import UnusableFile
from wxdesk.desktop import chosen_language
from wxdesk.ui.look.theme import DARK, LIGHT
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.runtime.loop import GarbageCollector, run
from wxdesk.ui.window import grab_pages, use_language

ROOT = Path(__file__).parents[2]
PAGES = ("inbox", "rules", "templates", "traffic", "insights", "settings", "setup")


def test_one_picture_a_page_in_both_looks_and_languages(qapp: QApplication, world: World, tmp_path: Path) -> None:
    world.say("oW7hT5dQmZ0xKfLr2sVnB8yE4c31", "请问几点关门")
    i18n.use("en")
    saved = grab_pages(world.desk, world.loop, InstallationFacts(world.home), tmp_path / "pictures")
    assert {path.name for path in saved} == {
        f"{page}-{look}-{language}.png" for page in PAGES for look in ("light", "dark") for language in i18n.LANGUAGES
    }, "a new page belongs into PAGES"
    for path in saved:
        picture = QImage(str(path))
        assert (picture.width(), picture.height()) == (1280, 800)
        expected = DARK if "-dark-" in path.name else LIGHT
        assert picture.pixelColor(4, 400).name().upper() == expected.rail
    assert i18n.language() == "en"


def test_pictures_that_have_no_place_are_told(qapp: QApplication, world: World, tmp_path: Path) -> None:
    (tmp_path / "pictures").touch()
    with pytest.raises(UnusableFile, match="a file stands where a folder has to be"):
        grab_pages(world.desk, world.loop, InstallationFacts(world.home), tmp_path / "pictures")


PROGRAM = """
import atexit
import gc
import sys
import threading
from pathlib import Path
from PySide6.QtWidgets import QApplication
from wxdesk.app import open_desk
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread
from wxdesk.config.reading import Config, ListenerSettings
from wxdesk.ui.runtime.loop import GarbageCollector
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.window import run_window
home = Path(sys.argv[1])
atexit.register(lambda: print("nothing to look through", gc.get_freeze_count() > 1000, flush=True))
thread = DeskThread(open_desk(Setup(home, Config(ListenerSettings(port=0)))))
def shown():
    window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
    print("shown", window.screen().availableGeometry().contains(window.rect()), flush=True)
code = run_window(thread.desk, thread.loop, InstallationFacts(home), shown)
print("closed", code, thread.stop(), flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_sigterm_closes_the_window_and_leaves_the_desk_to_its_owner(tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(tmp_path)], env=environment, stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == "shown True\n", "on Qt's small screen, no part of it is out of sight"
        program.send_signal(signal.SIGTERM)
        rest, _ = program.communicate(timeout=30)
    assert rest == "closed 0 True\nnothing to look through True\n"
    assert (tmp_path / "window.ini").exists()


WHILE_IT_IS_MADE = """
import asyncio
import sys
from pathlib import Path
from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer
from wxdesk.app import open_desk
from wxdesk.config.reading import Config, ListenerSettings
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.setup.page import SetupPage
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.window import make_application, run_window
home = Path(sys.argv[1])
thread = DeskThread(open_desk(Setup(home, Config(ListenerSettings(port=0)))))
class Pausing(QObject):
    paused = False
    def eventFilter(self, watched, event):
        if event.type() is QEvent.Type.ShowToParent and isinstance(watched, SetupPage) and not self.paused:
            self.paused = True  # the status bar has been made by now, the window not yet
            thread.call(thread.desk.outbox.pause())
        return False
application = make_application()
pausing = Pausing(application)
application.installEventFilter(pausing)
def shown():
    window = next(one for one in application.topLevelWidgets() if isinstance(one, MainWindow))
    said, waited = window.status_bar.replies, QElapsedTimer()
    waited.start()
    def look():
        if "paused" in said.accessibleName() or waited.hasExpired(10_000):
            tick.stop()
            print(pausing.paused, said.accessibleName(), flush=True)
            window.quit()
    tick = QTimer(window)
    tick.timeout.connect(look)
    tick.start(20)
run_window(thread.desk, thread.loop, InstallationFacts(home), shown)
thread.stop()
"""


def test_what_happens_while_a_window_is_made_is_not_missed(tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-c", WHILE_IT_IS_MADE, str(tmp_path)]
    done = subprocess.run(program, env=environment, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    assert done.stdout == "True Automatic replies: paused\n"


IN_CHINESE = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
from wxdesk import i18n
from wxdesk.app import open_desk
from wxdesk.config.reading import Config, ListenerSettings
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread
from wxdesk.ui.settings.appearance_card import AppearanceCard
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.window import run_window
i18n.use("en")
home = Path(sys.argv[1])
thread = DeskThread(open_desk(Setup(home, Config(ListenerSettings(port=0)))))
def window():
    return next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow) and one.isVisible())
def chosen():
    first = window()
    first.show_settings()
    first.pages.settings.widget.findChild(AppearanceCard).languages.button(0).click()
    tick.timeout.connect(lambda: reopened(first))
    tick.start(20)
def reopened(first):
    windows = [one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow)]
    now = next((one for one in windows if one is not first), None)
    if now is not None and now.isVisible():
        tick.stop()
        print(i18n.language(), now.stack.currentIndex() == len(now.rail.items) - 1, flush=True)
        now.quit()
tick = None
def shown():
    global tick
    if tick is None:
        tick = QTimer()
        QTimer.singleShot(0, chosen)
code = run_window(thread.desk, thread.loop, InstallationFacts(home), shown)
print("closed", code, thread.stop(), flush=True)
"""


def test_another_language_opens_the_window_again_and_is_remembered(tmp_path: Path) -> None:
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT)}
    program = [sys.executable, "-c", IN_CHINESE, str(tmp_path)]
    done = subprocess.run(program, env=environment, stdout=subprocess.PIPE, text=True, timeout=60, check=True)
    first, last = done.stdout.splitlines()
    assert first == "zh_CN True", "on the page where it was chosen"
    assert last == "closed 0 True"
    assert chosen_language(tmp_path) == "zh_CN"


def test_what_qt_stops_by_itself_comes_to_its_end(qapp: QApplication) -> None:
    async def main() -> int:
        stopped = asyncio.get_running_loop().create_future()
        qapp.aboutToQuit.connect(lambda: None if stopped.done() else stopped.set_result(None))
        QTimer.singleShot(0, qapp.exit)  # as Qt does itself once its display is gone
        await stopped
        for _ in range(20):
            await asyncio.sleep(0)
        return 7

    assert run(qapp, main) == 7


def test_qts_own_words_follow_the_language(qapp: QApplication) -> None:
    use_language(qapp, "zh_CN")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "取消"
    use_language(qapp, "en")
    assert QCoreApplication.translate("QPlatformTheme", "Cancel") == "Cancel"


def test_the_bridge_tells_when_nothing_is_open(qtbot: QtBot, bridge: Bridge, world: World) -> None:
    answers: list[int] = []

    async def answer(number: int) -> int:
        await asyncio.sleep(0)
        return number

    def ask_again(number: int) -> None:
        answers.append(number)
        if number < 3:
            bridge.ask(answer(number + 1), ask_again)

    with qtbot.waitSignal(bridge.idle):
        bridge.ask(answer(1), ask_again)
        assert not bridge.is_idle
    assert answers == [1, 2, 3]
    with qtbot.waitSignals([bridge.events, bridge.idle]):
        world.publish(ListenerChanged("http://127.0.0.1:1"))


def test_closing_the_bridge_lets_the_last_command_finish(qapp: QApplication, world: World) -> None:
    done: list[str] = []

    async def command() -> None:
        await asyncio.sleep(0.05)
        done.append("stored")

    bridge = Bridge(world.desk, world.loop)
    bridge.ask(command(), lambda _: done.append("heard"))
    bridge.close()
    assert done == ["stored"]
    bridge.deleteLater()


@pytest.mark.parametrize("awaited", [False, True])
def test_a_window_waits_only_for_what_would_be_lost(qtbot: QtBot, bridge: Bridge, awaited: bool) -> None:
    async def answer() -> None:
        await asyncio.sleep(0)

    with qtbot.waitSignal(bridge.idle):
        bridge.ask(answer(), awaited=awaited)
        assert bridge.is_awaited is awaited
    assert not bridge.is_awaited


def test_a_deleted_widget_gets_no_answer(qtbot: QtBot, bridge: Bridge) -> None:
    class Asker(QObject):
        def hear(self, answer: int) -> None:
            heard.append(answer)

    async def answer() -> int:
        return 1

    heard: list[int] = []
    gone, there = Asker(), Asker()
    bridge.ask(answer(), gone.hear)
    bridge.ask(answer(), there.hear)
    delete(gone)
    qtbot.waitSignal(bridge.idle).wait()
    assert heard == [1]


def test_garbage_is_collected_on_the_windows_thread_only(qapp: QApplication) -> None:
    class Knot:
        def __init__(self) -> None:
            self.self = self

        def __del__(self) -> None:
            threads.append(threading.current_thread())

    threads: list[threading.Thread] = []
    gc.enable()
    collector = GarbageCollector(qapp)
    elsewhere = threading.Thread(target=lambda: [Knot() for _ in range(5000)])
    elsewhere.start()
    elsewhere.join()
    assert threads == []
    collector.collect_if_due()
    assert set(threads) == {threading.main_thread()}
    collector.stop()
    assert gc.isenabled()
    collector.deleteLater()


def test_what_is_there_when_the_window_opens_is_never_looked_through(qapp: QApplication) -> None:
    imported: object = object.__new__(type("Imported", (), {}))
    collector = GarbageCollector(qapp)
    frozen = gc.get_freeze_count()
    assert all(one is not imported for one in gc.get_objects())
    collector.stop()
    assert frozen > 1000
    assert gc.get_freeze_count() < 1000, "Python 3.12 keeps some of its own there"
    collector.deleteLater()
