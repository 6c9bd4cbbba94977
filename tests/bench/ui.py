"""The window on a store of 1,000,000 messages in 10,000 conversations, one of which has 100,000.

Printed are, as the median and the 95th or 99th percentile,

- one search of everything (Ctrl+K) and one within the long conversation (Ctrl+F), as the window waits for it,
- the start until the list of conversations is there and nothing is asked any more, beside that of a bare window of Qt:
  on the clock, and as time of the processor, which other programs do not lengthen; and the memory of both,
- opening a conversation until all about it is there and painted, and one step of scrolling through the long one.

    uv run python tests/bench/ui.py [--messages 1000000] [--conversations 10000] [--starts 5]
"""

import argparse
import asyncio
import gc
import itertools
import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

if "--show" in sys.argv:
    gc.disable()  # as the command that opens the window
sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.prepared import bring_up
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import AccountEntry, Config, ListenerSettings, WeChatSettings
from wxdesk.core.search_words import spaced
from wxdesk.desk.search import find
from wxdesk.desk.settings.configuration import Setup
from wxdesk.desktop import require_window
from wxdesk.runner import DeskThread
from wxdesk.sandbox.demo_customers import demo_account

if TYPE_CHECKING:
    from wxdesk.ui.shell.main_window import MainWindow

SURNAMES, NAMES = "张王李赵陈刘杨黄周吴", ["小姐", "先生", "女士", "老板", "同学", "阿姨", "医生", "老师"]
SAID = (
    "请问周末几点关门", "我要退款，已经三天了还没到账", "发票开好了吗", "订单 {n} 到哪里了", "有没有龙井礼盒",
    "谢谢", "地址改成人民路 {n} 号", "可以便宜一点吗", "hello, is order {n} on its way", "在吗",
)  # fmt: skip
PHRASES = (
    "张", "张小姐", "王老板", "老客户", "VIP", "退款", "三天了还没", "发票", "人民路", "人民路 7771", "订单 12",
    "order", "order 99", "礼盒", "便宜一点", "oC", "oC00042", "o", "谢", "在", "没有这样的话", "hel", "开票", "规则",
)  # fmt: skip
LONG = 10


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--show", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.show:
        show_window(options.show)
        return
    with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
        asyncio.run(bring_up("sqlite:///desk.db", Path(folder)))
        fill(Path(folder), options.messages, options.conversations)
        asyncio.run(measure(Path(folder)))
        compare_windows(Path(folder), options.starts)


def fill(home: Path, messages: int, conversations: int) -> None:
    """Write the rows as the store would have: every tenth message belongs to the first conversation."""
    with closing(sqlite3.connect(home / "desk.db")) as db:
        db.execute("pragma foreign_keys = off")
        people = (
            (n, f"oC{n:05}{'x' * 21}", SURNAMES[n % 10] + NAMES[n // 10 % 8], '["老客户"]' if n % 7 == 0 else "[]")
            for n in range(1, conversations + 1)
        )
        db.executemany(
            "insert into contacts (id, account, openid, first_seen_at, alias, note, tags, blocked, words)"
            " values (?1, 'shop', ?2, 1, ?3, '', ?4, 0, ?5)",
            ((*one, spaced(f"{one[2]} {one[3]} {one[1]} {one[1][-3:]}")) for one in people),
        )
        db.executemany(
            "insert into conversations (id, account, contact_id, taken_over, unread, preview, preview_kind,"
            " preview_author, last_at, window_left) values (?1, 'shop', ?1, 0, 0, '在吗', 'text', 'contact', ?2, 0)",
            ((n, 10**15 + n) for n in range(1, conversations + 1)),
        )
        said = [(n, SAID[n % 7 + n % 4].format(n=n)) for n in range(1, messages + 1)]
        owner = (1 if n % LONG == 0 else n % conversations + 1 for n, _ in said)
        db.executemany(
            "insert into messages (id, conversation_id, push_id, type, created_at, received_at, at, text, msg_type,"
            " fields, decided) values (?1, ?3, ?1, 'text', ?1, ?1, 1000000 * ?1, ?2, 'text', '{}', 1)",
            ((n, text, thread) for (n, text), thread in zip(said, owner, strict=True)),
        )
        db.executemany(
            "insert into search_texts (message_id, words) values (?, ?)", ((n, spaced(text)) for n, text in said)
        )
        db.commit()


async def measure(home: Path) -> None:
    """Search, and print how long it took."""
    opened: OpenDesk = await open_desk(Setup(home, Config(ListenerSettings(port=0))))
    desk = opened.desk
    try:
        print(f"{'':24}{'median ms':>12}{'p95 ms':>10}")
        await timed("Ctrl+K, everything", lambda phrase: find(desk, phrase))
        await timed("Ctrl+F, of 100,000", lambda phrase: desk.timeline.find(1, phrase))
    finally:
        await opened.stop()


async def timed(name: str, search: Callable[[str], Awaitable[object]]) -> None:
    """Search for each phrase several times."""
    took = []
    for phrase in itertools.chain.from_iterable(itertools.repeat(PHRASES, 5)):
        begun = time.perf_counter()
        await search(phrase)
        took.append(1000 * (time.perf_counter() - begun))
    print(f"{name:24}{statistics.median(took):12.1f}{statistics.quantiles(took, n=20)[-1]:10.1f}")


def compare_windows(home: Path, starts: int) -> None:
    """Start both windows in turn, and print medians; the first start only compiles."""
    told: dict[str, list[dict[str, list[float]]]] = {"bare": [], "window": []}
    for kind in ("window", *("bare", "window") * starts):
        told[kind].append(started(kind, home))
    del told["window"][0]
    for name in ("usable ms", "processor ms", "memory MB"):
        bare, window = (statistics.median(one[name][0] for one in told[kind]) for kind in ("bare", "window"))
        print(f"{name:24}{window:12.0f}{bare:10.0f} bare{window / bare:8.1f} times")
    for name, quantile in (("opening", 95), ("scrolling", 99)):
        took = [one for run in told["window"] for one in run[name]]
        most = statistics.quantiles(took, n=100)[quantile - 1]
        print(f"{name:24}{statistics.median(took):12.1f}{most:10.1f} p{quantile}")


def started(kind: str, home: Path) -> dict[str, list[float]]:
    """Start a window in a process of its own, and return what it measured."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "PYTHONPYCACHEPREFIX": str(home / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    program = ["-c", MEASURED + BARE] if kind == "bare" else [__file__, "--show", str(home)]
    with subprocess.Popen([sys.executable, *program], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found: dict[str, list[float]] = json.loads(process.stdout.readline())
    return found


MEASURED = """
import json, os, time
from pathlib import Path

def usable():
    ticks = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")
    return {"usable ms": [1000 * age], "processor ms": [1000 * time.process_time()]}

def memory():
    status = Path("/proc/self/status").read_text()  # resource's figure begins with that of the parent process
    return int(status.split("VmHWM:")[1].split()[0]) / 1024
"""
"""How both windows measure the time since their process was begun, and the most memory that it has had, in MB."""

BARE = """
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QWidget

application, window = QApplication([]), QWidget()
window.show()
QTimer.singleShot(0, application.quit)
application.exec()
print(json.dumps(usable() | {"memory MB": [memory()]}), flush=True)
"""
"""A window with nothing in it."""

measuring: dict[str, Callable[[], Any]] = {}
exec(MEASURED, measuring)  # noqa: S102 - so that nothing else is imported beside the bare window


def show_window(home: Path) -> None:
    """Show the whole window, use it, and print what was measured."""
    require_window()
    from PySide6.QtWidgets import QApplication

    from wxdesk.ui.runtime.installation import InstallationFacts
    from wxdesk.ui.shell.main_window import MainWindow
    from wxdesk.ui.window import run_window

    async def use(window: "MainWindow") -> None:
        try:
            print(json.dumps(await used(window)), flush=True)
        finally:
            window.quit()

    def begin() -> None:
        window = next(one for one in QApplication.topLevelWidgets() if isinstance(one, MainWindow))
        tasks.append(asyncio.ensure_future(use(window)))

    account, credentials = demo_account()
    entry = AccountEntry(account.name, account.app_id, account.original_id)
    config = Config(ListenerSettings(port=0), wechat=WeChatSettings("http://127.0.0.1:9"), accounts=(entry,))
    thread = DeskThread(open_desk(Setup(home, config, {account.name: credentials})))
    tasks: list[asyncio.Task[None]] = []
    run_window(thread.desk, thread.loop, InstallationFacts(home), begin)
    thread.stop()
    tasks[0].result()


async def used(window: "MainWindow") -> dict[str, list[float]]:
    """Open conversations and scroll through the long one."""
    from wxdesk.ui.window import until_idle

    page, bridge = window.inbox, window._bridge
    await until_idle(bridge)
    assert page.list.view.model().rowCount()
    found: dict[str, list[float]] = measuring["usable"]()
    view = page.chat.timeline
    opening, scrolling = found["opening"], found["scrolling"] = list[float](), list[float]()
    for number in (1, *range(10_000, 9_900, -1)):
        begun = time.perf_counter()
        page.open_conversation(number)
        await until_idle(bridge)
        view.viewport().repaint()
        opening.append(1000 * (time.perf_counter() - begun))
    page.open_conversation(1)
    await until_idle(bridge)
    for _ in range(500):
        begun = time.perf_counter()
        view.verticalScrollBar().setValue(view.verticalScrollBar().value() - 120)
        view.viewport().repaint()
        await asyncio.sleep(0)
        scrolling.append(1000 * (time.perf_counter() - begun))
    return found | {"memory MB": [measuring["memory"]()]}


if __name__ == "__main__":
    main()
