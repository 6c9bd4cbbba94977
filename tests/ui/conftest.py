"""What the window's tests stand on: the application as it starts, a real desk, and nothing left behind."""

import gc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World, open_world
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.presence import PresenceSignals
from wxdesk.ui.look import fonts
from wxdesk.ui.look.appearance import Appearance, Look, apply
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.shell.pages import ReadsWhenShown
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge


@pytest.fixture(scope="session")
def qapp(qapp_args: list[str], qapp_cls: type[QApplication]) -> QApplication:
    """pytest-qt's application, dressed as `wxdesk.ui.window` does."""
    application = qapp_cls.instance() or qapp_cls(qapp_args)
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)
    fonts.install(application)
    return application


@pytest.fixture(scope="module", autouse=True)
def _settled_heap(qapp: QApplication) -> None:
    """What is there by now is no garbage; not looking at it again makes each collection ten times shorter.

    Again for each file: a worker that has run other tests in between has a much larger heap.
    """
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _collected_here() -> Iterator[None]:
    """Garbage is collected between tests on this thread, never on a desk's: see `wxdesk.ui.runtime.loop`."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def _light(qapp: QApplication) -> None:
    """Each test begins in the light look."""
    apply(qapp, Qt.ColorScheme.Light)


@pytest.fixture(autouse=True)
def _nothing_left(qapp: QApplication) -> Iterator[None]:
    """No top-level widget outlives its test."""
    yield
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    left = [f"{type(widget).__name__} {widget.windowTitle()!r}" for widget in QApplication.topLevelWidgets()]
    assert not left, f"left behind: {left}"


@pytest.fixture
def world(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[World]:
    """A real desk on a real store, with the simulated WeChat in front of it; with `--team` beside a server."""
    shared = request.getfixturevalue("postgres").emptied() if request.config.getoption("team") else ""
    with open_world(tmp_path, shared=shared) as opened:
        yield opened


@pytest.fixture
def answering(world: World) -> World:
    """The desk with one rule, that tells the opening hours."""
    told = Action(ActionKind.REPLY, text="我们九点开门。")
    world.call(world.desk.rules.rulebook.save(Rule("Hours", when=Condition(any=("几点",)), then=(told,))))
    return world


@pytest.fixture
def bridge(qapp: QApplication, world: World, notices: Notices) -> Iterator[WindowBridge]:
    """The crossing between this test's thread and the desk's, connected to the bus."""
    made = WindowBridge(world.desk, world.loop)
    made.notices = notices
    made.failed.connect(lambda error: made.notices.report(error))
    made.connect_to_bus()
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    """A window for notices, where a test needs no other."""
    widget = QWidget()
    widget.resize(1000, 700)
    qtbot.addWidget(widget)
    return widget


@pytest.fixture
def notices(host: QWidget) -> Notices:
    """The door to the operator, on `host`."""
    return Notices(host)


class ShowPage(Protocol):
    """How a test shows a page alone; see `show_page`."""

    def __call__[P: QWidget](self, make: Callable[[WindowBridge], P], width: int, height: int) -> P: ...


@pytest.fixture
def show_page(qtbot: QtBot, bridge: WindowBridge) -> ShowPage:
    """Shows a page in an active window of its own, and returns it with its first answers in."""

    def show[P: QWidget](make: Callable[[WindowBridge], P], width: int, height: int) -> P:
        bridge.ask(bridge.desk.presence.report(PresenceSignals()))  # as the whole window does
        window = QWidget()
        bridge.notices = Notices(window)
        page = make(bridge)
        row = QHBoxLayout(window)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(page)
        window.resize(width, height)
        qtbot.addWidget(window)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        reads: object = page
        assert isinstance(reads, ReadsWhenShown)
        reads.activate()
        qtbot.waitUntil(lambda: bridge.is_idle)
        return page

    return show


@pytest.fixture
def facts(world: World) -> InstallationFacts:
    """What the settings page is told."""
    return InstallationFacts(world.home)


@pytest.fixture
def appearance(qapp: QApplication) -> Iterator[Appearance]:
    """The light look, chosen."""
    made = Appearance(qapp, Look.LIGHT)
    yield made
    made.deleteLater()


@pytest.fixture
def window(qtbot: QtBot, bridge: WindowBridge, facts: InstallationFacts, appearance: Appearance) -> MainWindow:
    """The whole window on the desk, shown, with its first answers in."""
    made = MainWindow(bridge, facts, appearance)
    qtbot.addWidget(made, before_close_func=_allow)
    made.show()
    qtbot.waitUntil(lambda: bridge.is_idle)
    return made


def _allow(window: QWidget) -> None:
    if isinstance(window, MainWindow):
        window.finish()
