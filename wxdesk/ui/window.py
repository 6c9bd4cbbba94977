"""Opens the window on a running desk, or shows why there is none; takes pictures."""

import asyncio
import atexit
import contextlib
import ctypes
import gc
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QLibraryInfo, QObject, QTranslator, SignalInstance
from PySide6.QtWidgets import QApplication

from wxdesk import i18n
from wxdesk.core.errors import NoWindow
from wxdesk.core.system_failures import naming_file
from wxdesk.desk.desk import Desk
from wxdesk.ui.look import fonts
from wxdesk.ui.look.appearance import Appearance, Look
from wxdesk.ui.look.icons import program_icon
from wxdesk.ui.notifications.alerts import OperatorAlerts
from wxdesk.ui.presence.awake import KeepAwake
from wxdesk.ui.runtime.display import INSTALL, choose_file_dialogs, choose_input_method, missing_library
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.runtime.loop import GarbageCollector, run
from wxdesk.ui.runtime.memory import WindowMemory, fit_to_screen
from wxdesk.ui.shell.failure_window import FailureWindow
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.shell.tryout import Tryout, TryoutDesk
from wxdesk.ui.team.dialogs import SignInDialog
from wxdesk.ui.widgets.dialogs.notices import WindowBridge
from wxdesk.ui.widgets.dialogs.vault import ask_for_vault

PICTURE_SIZE = (1280, 800)
CALM_TURNS = 8
"""Turns of the loop without a question; fields are laid out a level a turn."""

LAST_SECONDS = 5.0
"""Longest wait for a picture still being read before a window closes."""


def run_window(
    desk: Desk,
    desk_loop: asyncio.AbstractEventLoop,
    facts: InstallationFacts,
    shown: Callable[[], None] | None = None,
    tryout: Tryout | None = None,
) -> int:
    """Show the window on a running desk until it is closed; return the exit code.

    SIGTERM and Ctrl+C close it too. Belongs on the main thread. The desk is left running for its owner to stop.
    `shown` is called once the window is visible. `tryout` can open another desk on a simulated WeChat, which the window
    shows until the operator comes back.
    """
    application = make_application()
    memory = WindowMemory(facts.home)
    appearance = Appearance(
        application, memory.word("look"), memory.number("message_size"), memory.number("compact"), memory.word("keys")
    )

    async def main() -> int:
        garbage = GarbageCollector(application)
        while await _signed_in(WindowBridge(desk, desk_loop)):
            await _until_closed(WindowBridge(desk, desk_loop), facts, appearance, shown, tryout)
            if appearance.differs:
                memory.keep(appearance.use_chosen())
                use_language(application, appearance.language)
            elif not desk.needs_sign_in:  # else somebody signed out, or was
                break
        garbage.stop()
        return 0

    return run(application, main)


async def _until_closed(
    bridge: WindowBridge,
    facts: InstallationFacts,
    appearance: Appearance,
    shown: Callable[[], None] | None,
    tryout: Tryout | None,
) -> None:
    """Show the window until it is closed, or left for sign-in or to open again."""
    bridge.connect_to_bus()
    window = MainWindow(bridge, facts, appearance)
    reopening = partial(reopen, window, appearance)
    appearance.reopening.connect(reopening)
    switch = TryoutSwitch(window, bridge, appearance, tryout)
    attention = OperatorAlerts(bridge, window, facts.home)
    awake = KeepAwake(bridge, window.leaving.receives, window)
    with contextlib.suppress(ImportError):  # QtNetwork's own libraries; without them a second start is only refused
        from wxdesk.ui.shell.second_start import SecondStarts

        SecondStarts(facts.home, window.bring_to_front, window)
    fit_to_screen(window)
    window.show()
    ask_for_vault(bridge, window)
    await _wait_until_left(window.closing, shown)
    if bridge.is_awaited:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(until_idle(bridge), LAST_SECONDS)
    appearance.reopening.disconnect(reopening)
    attention.stop()
    awake.stop()
    switch.leave()
    _shut_down(bridge, window)
    switch.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)  # another window may come right away


def reopen(window: MainWindow, appearance: Appearance) -> None:
    """Leave a window for the chosen language and keys, once nothing in it is unsaved."""
    chosen = appearance.language, appearance.keys
    appearance.take_back()

    def leave() -> None:
        appearance.language, appearance.keys = chosen
        window.closing.emit()

    window.leave(leave)


async def _signed_in(bridge: WindowBridge) -> bool:
    """Ask who works here if somebody has to say so; False if nobody does."""
    operators = bridge.desk.operators
    if operators is not None and bridge.desk.needs_sign_in:
        dialog = SignInDialog(bridge, operators)
        dialog.show()
        await _wait_until_left(dialog.finished)
        dialog.close()
        dialog.deleteLater()
    bridge.close()
    bridge.deleteLater()
    return not bridge.desk.needs_sign_in


class TryoutSwitch(QObject):
    """Shows a window on a simulated WeChat in place of the operator's own, and back.

    The operator's desk goes on meanwhile: a message of a real customer is kept and answered.
    """

    def __init__(self, window: MainWindow, bridge: WindowBridge, appearance: Appearance, tryout: Tryout | None) -> None:
        super().__init__()
        self._own = window
        self._bridge = bridge
        self._appearance = appearance
        self._tryout = tryout
        self._running: AbstractContextManager[TryoutDesk] | None = None
        self.shown: tuple[WindowBridge, MainWindow] | None = None
        window.tryout_wanted.connect(self.begin)

    def begin(self) -> None:
        """Start the other desk, then show it; does nothing where there is one."""
        if self._tryout is not None and self._running is None:
            self._bridge.ask(asyncio.to_thread(self._open, self._tryout), self._show, once="tryout")

    def leave(self) -> None:
        """Show the operator's own window again, if another is shown."""
        if self.shown is not None:
            (bridge, window), self.shown = self.shown, None
            self._own.setGeometry(window.geometry())
            self._own.show()
            _shut_down(bridge, window)

    def close(self) -> None:
        """Stop the other desk and wait for its end."""
        running, self._running = self._running, None
        if running is not None:
            running.__exit__(None, None, None)

    def _open(self, tryout: Tryout) -> TryoutDesk:
        running = tryout()
        desk = running.__enter__()
        self._running = running
        return desk

    def _show(self, trial: TryoutDesk) -> None:
        bridge = WindowBridge(trial.desk, trial.loop)
        bridge.connect_to_bus()
        window = MainWindow(bridge, trial.facts, self._appearance, is_tryout=True)
        self.shown = bridge, window
        window.tryout_bar.back.clicked.connect(self._return)
        window.closing.connect(self._return)
        window.setGeometry(self._own.geometry())
        window.show()
        self._own.hide()

    def _return(self) -> None:
        self.leave()
        self._bridge.ask(asyncio.to_thread(self.close))


def show_failure(error: Exception, mend: str = "", *, by_backup: bool = False) -> tuple[bool, Path | None]:
    """Show the error that kept the desk from opening until the operator closes it.

    SIGTERM and Ctrl+C close it too. Belongs on the main thread. `mend` is the label of a button that lets it be
    mended; returns whether the operator chose that, and the backup, for which it asks with `by_backup`.
    """
    application = make_application()
    appearance = Appearance(application)

    async def main() -> int:
        window = FailureWindow(error, mend, by_backup=by_backup)
        window.show()
        await _wait_until_left(window.left)
        window.deleteLater()
        chosen.append((window.mended, window.backup))
        return 0

    chosen: list[tuple[bool, Path | None]] = []
    run(application, main)
    appearance.deleteLater()
    return chosen[0]


def grab_pages(
    desk: Desk,
    desk_loop: asyncio.AbstractEventLoop,
    facts: InstallationFacts,
    folder: Path,
    prepare: Callable[[MainWindow], None] | None = None,
) -> list[Path]:
    """Save a picture of each page in both looks and both languages.

    Returns the files, named like `inbox-light-en.png`. Waits for the pages' answers, never for time. `prepare`
    may select something in a new window before its pages are shown. The language is restored afterwards.
    """
    application = make_application()
    with naming_file(folder):
        folder.mkdir(parents=True, exist_ok=True)

    async def main() -> int:
        before = i18n.language()
        garbage = GarbageCollector(application)
        for language in i18n.LANGUAGES:
            use_language(application, language)
            appearance = Appearance(application, Look.LIGHT)
            bridge = WindowBridge(desk, desk_loop)
            window = MainWindow(bridge, facts, appearance)
            saved.extend(await _grab(window, bridge, appearance, folder, prepare))
        use_language(application, before)
        garbage.stop()
        return 0

    saved: list[Path] = []
    run(application, main)
    return saved


def make_application() -> QApplication:
    """Return the running application, or make one with fonts, language and icon.

    Raises:
        NoWindow: a library is missing. Qt would abort the program.
    """
    running = QApplication.instance()
    if isinstance(running, QApplication):
        use_language(running, i18n.language())  # a backup may have another
        return running
    if missing := missing_library():
        raise NoWindow(reason=missing, command=INSTALL)
    choose_input_method()
    choose_file_dialogs()
    atexit.register(gc.freeze)  # else Python looks once more through all of Qt's wrappers, which takes a second
    if sys.platform == "win32":  # else the taskbar takes it for Python
        ctypes.windll.shell32.SetCurrentProcessExplicitAppUserModelID("wxdesk.wxdesk")
    application = QApplication(sys.argv[:1])
    application.setApplicationName("wxdesk")
    application.setDesktopFileName("wxdesk")
    fonts.install(application)
    use_language(application, i18n.language())
    application.setWindowIcon(program_icon())
    return application


def use_language(application: QApplication, language: str) -> None:
    """Use a language for windows made from now on, and for Qt's own sentences."""
    i18n.use(language)
    for old in application.findChildren(QTranslator):
        application.removeTranslator(old)
        old.deleteLater()
    translator = QTranslator(application)
    if translator.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(translator)


async def _grab(
    window: MainWindow,
    bridge: WindowBridge,
    appearance: Appearance,
    folder: Path,
    prepare: Callable[[MainWindow], None] | None,
) -> list[Path]:
    window.resize(*PICTURE_SIZE)
    bridge.connect_to_bus()
    window.show()
    await until_idle(bridge)
    if prepare is not None:
        prepare(window)
        await until_idle(bridge)
    saved = []
    for look in (Look.LIGHT, Look.DARK):
        appearance.choose(look)
        for index, name in enumerate(window.page_names):
            window.show_page(index)
            await until_idle(bridge)
            path = folder / f"{name}-{look.value}-{i18n.language()}.png"
            if not window.grab().save(str(path)):
                raise OSError(path)
            saved.append(path)
    _shut_down(bridge, window)
    appearance.deleteLater()
    return saved


async def until_idle(bridge: WindowBridge) -> None:
    """Wait until no question is open and Qt has laid out the last answers.

    Answers lead to new questions, so it asks again after some turns of the loop in which nothing was asked.
    """
    calm = 0
    while calm < CALM_TURNS:
        await asyncio.sleep(0)
        calm = calm + 1 if bridge.is_idle else 0
        if not calm:
            idle = asyncio.get_running_loop().create_future()
            bridge.idle.connect(end := partial(_end, idle))
            await idle
            bridge.idle.disconnect(end)


def _end(future: asyncio.Future[None], _: object = None) -> None:
    if not future.done():
        future.set_result(None)


def _shut_down(bridge: WindowBridge, window: MainWindow) -> None:
    window.presence.watch.end()
    window.save_unfinished()
    bridge.close()
    window.finish()
    window.deleteLater()
    bridge.deleteLater()


async def _wait_until_left(leaving: SignalInstance, shown: Callable[[], None] | None = None) -> None:
    """Wait for the signal `leaving` or a signal of the system."""
    closing = asyncio.get_running_loop().create_future()
    close = partial(_end, closing)
    leaving.connect(close)
    if (application := QCoreApplication.instance()) is not None:
        application.aboutToQuit.connect(close)  # its display is gone, as at a logout
    with _closing_on_signals(close):
        if shown is not None:
            shown()
        await closing


@contextlib.contextmanager
def _closing_on_signals(close: Callable[[], None]) -> Iterator[None]:
    """Call `close` at SIGTERM and Ctrl+C; restore their former handlers afterwards."""
    loop = asyncio.get_running_loop()
    former = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    heard = []
    for number in former:
        with contextlib.suppress(NotImplementedError, ValueError):  # Windows has neither; Ctrl+C still ends it
            loop.add_signal_handler(number, close)
            heard.append(number)
    try:
        yield
    finally:
        for number in heard:
            loop.remove_signal_handler(number)
            signal.signal(number, former[number])
