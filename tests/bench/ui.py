"""Finding in a store of 1,000,000 messages in 10,000 conversations, one of which has 100,000.

Printed is the time of one search of everything (Ctrl+K) and of a search within the long conversation (Ctrl+F), as the
window waits for it: the median and the 95th percentile of many phrases, common ones and rare ones.

    uv run python tests/bench/ui.py [--messages 1000000] [--conversations 10000]
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.prepared import bring_up
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import Config, ListenerSettings
from wxdesk.core.search_words import spaced
from wxdesk.desk.finding import find
from wxdesk.desk.settings.configuration import Setup

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
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
        asyncio.run(bring_up("sqlite:///desk.db", Path(folder)))
        fill(Path(folder), options.messages, options.conversations)
        asyncio.run(measure(Path(folder)))


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


if __name__ == "__main__":
    main()
