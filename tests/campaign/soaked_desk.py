"""The desk with its window that `soak.py` watches: somebody walks through it, and it tells what it holds.

    python -m tests.campaign.soaked_desk HOME API_BASE EVERY ROUND PATIENCE

Prints where it listens, and then each EVERY seconds a line of JSON with its figures. In ROUND seconds every page and
dialog is opened and closed once. A push that takes longer than PATIENCE to be kept is refused.
"""

import asyncio
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle
from pathlib import Path
from time import monotonic
from typing import Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMenu

from tests.bench.live_desk import setup
from wxdesk.app import OpenDesk, open_desk
from wxdesk.commands.rules import import_rules
from wxdesk.core.content.text_links import TextLink
from wxdesk.desk.templates import starter_templates
from wxdesk.runner import DeskThread
from wxdesk.store.messages import push_batches
from wxdesk.threads import share_heap
from wxdesk.ui.inbox.timeline.dialogs import LinkDialog
from wxdesk.ui.look.appearance import Look
from wxdesk.ui.runtime.installation import InstallationFacts
from wxdesk.ui.settings.account_card import AccountCard
from wxdesk.ui.settings.appearance_card import AppearanceCard
from wxdesk.ui.shell.main_window import MainWindow
from wxdesk.ui.widgets.row_list import RECORD
from wxdesk.ui.window import run_window

DARK, LIGHT = tuple(Look).index(Look.DARK), tuple(Look).index(Look.LIGHT)

RULES = """
[[rules]]
name = "human"
when = { any = ["人工"] }
then = [{ reply = "马上就来。" }, { notify = true }]

[[rules]]
name = "held"
when = { any = ["发货"] }
delivery = { hold = 10 }
then = [{ reply = "已经发货：{{ message.text }}" }]

[[rules]]
name = "hello"
on = ["enter_session"]
then = [{ reply = "欢迎光临。" }]

[[rules]]
name = "answer"
on = ["text", "image"]
default = true
then = [{ reply = "收到：{{ message.text }}" }]
"""


class Walk:
    """What an operator opens and closes, one step after the other."""

    def __init__(self, window: MainWindow, thread: DeskThread[OpenDesk]) -> None:
        self._window = window
        self._thread = thread
        self._inbox = window.inbox
        self._page: dict[str, Any] = {page.name: page.widget for page in window.pages.all}
        self._looks = window.pages.settings.widget.findChildren(AppearanceCard)[0].looks
        self._serial = count(1)

    def steps(self) -> tuple[Callable[[], object], ...]:
        """One round."""
        return tuple(self._through_pages()) + tuple(self._through_settings()) + tuple(self._through_inbox())

    def _through_pages(self) -> Iterator[Callable[[], object]]:
        for index in range(len(self._window.page_names)):
            yield partial(self._window.show_page, index)
            yield from (self._window.show_keys, self._close)
        yield from (partial(self._show, "rules"), self._open_first, self._page["rules"].hours.open, self._close)
        yield from (partial(self._page["rules"].explain, 1, 1), self._close)
        yield from (self._page["rules"].reviews.check, self._page["rules"].reviews.close_review)
        yield from (
            partial(self._show, "templates"),
            self._open_first,
            self._page["templates"].editor.head.history.click,
        )
        yield self._close

    def _through_settings(self) -> Iterator[Callable[[], object]]:
        yield partial(self._show, "settings")
        for command in ("rename", "rotate", "remove"):
            yield from (partial(self._command, command), self._close)
        for look in (DARK, LIGHT):
            yield self._looks.button(look).click
        for _ in range(2):
            yield self._window.pausing.toggle
        yield from (self._release, self._close)

    def _through_inbox(self) -> Iterator[Callable[[], object]]:
        chat = self._inbox.chat
        yield partial(self._show, "inbox")
        for ask in (self._window.close, self._follow_a_link, chat.takeover.open_menu, chat.header.mode.click):
            yield from (self._open_another, ask, self._close)
        yield from (self._open_another, self._write, self._open_another, chat.resolving.toggle)
        yield from (self._open_another, chat.takeover.toggle, chat.takeover.toggle)
        yield from (self._inbox.regions.toggle_held, self._inbox.regions.toggle_held)

    def _show(self, name: str) -> None:
        self._window.show_page(self._window.page_names.index(name))

    def _open_first(self) -> None:
        shown: Any = self._window.stack.currentWidget()  # the page of rules or that of templates
        view = shown.list.view
        view.setCurrentIndex(view.model().index(0, 0))

    def _close(self) -> None:
        for top in QApplication.topLevelWidgets():
            if isinstance(top, QDialog) and top.isVisible():
                top.reject()
            elif isinstance(top, QMenu) and top.isVisible():
                top.hide()

    def _open_another(self) -> None:
        model = self._inbox.list.model
        if model.rowCount():
            at = model.index(next(self._serial) * 7 % model.rowCount(), 0)
            self._inbox.open_conversation(at.data(RECORD).conversation.id)

    def _write(self) -> None:
        self._inbox.chat.composer.edit.setPlainText(f"by hand {next(self._serial)}")
        self._inbox.chat.composer.send.click()

    def _follow_a_link(self) -> None:
        LinkDialog(TextLink("shop", "https://example.com/"), self._window).open()

    def _command(self, name: str) -> None:
        self._window.findChildren(AccountCard)[0].commands[name].trigger()

    def _release(self) -> None:
        """Decide on what waited for the end of the pause."""
        asyncio.run_coroutine_threadsafe(self._thread.desk.replies.release_held(), self._thread.loop)


class Figures(QObject):
    """What this program holds, told again and again."""

    def __init__(self, thread: DeskThread[OpenDesk], window_loop: asyncio.AbstractEventLoop, every: float) -> None:
        super().__init__()
        self._thread = thread
        self._window_loop: Any = window_loop
        self._began = monotonic()
        self._timer = QTimer(self, interval=int(1000 * every))
        self._timer.timeout.connect(self._tell)
        self._timer.start()

    def _tell(self) -> None:
        connections, tasks, timers = self._thread.call(self._on_desk())
        told = {
            "at": round(monotonic() - self._began, 1),
            "rss": resident_mib(),
            "threads": sum(1 for _ in Path("/proc/self/task").iterdir()),
            "files": sum(1 for _ in Path("/proc/self/fd").iterdir()) - connections,
            "tasks": tasks + len(asyncio.all_tasks(self._window_loop)),
            "desk timers": timers,
            "window timers": len(self._window_loop._timer._SimpleTimer__callbacks),
            "connections": connections,
            "windows": len(QApplication.topLevelWidgets()),
            "objects": sys.getallocatedblocks(),
        }
        print(json.dumps(told), flush=True)

    async def _on_desk(self) -> tuple[int, int, int]:
        """The listener's connections, the tasks, and the timers that still wait.

        WeChat decides how many connections it keeps; each has a file and a task, and while it rests a timer.
        """
        loop: Any = asyncio.get_running_loop()
        listener: Any = self._thread.opened.listener
        connections, resting = listener._server._open, len(listener._server.waiting)
        timers = sum(not timer.cancelled() for timer in loop._scheduled)
        return connections, len(asyncio.all_tasks()) - connections, timers - resting


def resident_mib() -> float:
    """Memory in use, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 2)


def run(home: Path, api_base: str, every: float, round_seconds: float) -> None:
    """Open the desk and its window until a signal."""
    share_heap()  # before there are threads, as in the program: the import of rules starts some
    made = setup(home, api_base)
    asyncio.run(import_rules(made, RULES, "rules.toml"))
    thread = DeskThread(open_desk(made))
    thread.call(thread.desk.templates.save_all(starter_templates("zh_CN")))
    parts: list[object] = []

    def walk() -> None:
        window = next(top for top in QApplication.topLevelWidgets() if isinstance(top, MainWindow))
        steps = Walk(window, thread).steps()
        round_ = cycle(steps)
        pace = QTimer(window, interval=int(1000 * round_seconds / len(steps)))
        pace.timeout.connect(lambda: next(round_)())
        pace.start()
        parts.append(Figures(thread, asyncio.get_running_loop(), every))
        print(json.dumps({"event": "listening", "url": thread.url}), flush=True)

    run_window(thread.desk, thread.loop, InstallationFacts(made.home), walk)
    thread.stop()


if __name__ == "__main__":
    push_batches.PATIENCE_SECONDS = float(sys.argv[5])
    run(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), float(sys.argv[4]))
