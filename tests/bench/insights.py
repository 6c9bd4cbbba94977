"""Figures of the insights page over 1,000,000 messages: milliseconds for a day, a week, a month and a year.

Of everybody, of one mini program, of one rule, and of everybody where clocks differ by half an hour from others.

Each customer of a small store is copied until there are as many messages as asked for, and the copies are spread over a
year. Wanted: at most 300 ms for any range.

    uv run python tests/bench/insights.py [--stored 1000000]
"""

import argparse
import asyncio
import sqlite3
import statistics
import sys
import tempfile
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.bench.stored import multiply
from tests.prepared import SQLITE, prepare
from tests.store.chats import T0, Talk, second
from wxdesk.core.model.statistics import ALL, FigureFilter, TimeSpan
from wxdesk.core.replies.lifecycle import Move
from wxdesk.store import open_store

RULE = 7
YEAR, HOUR = 365 * 86_400_000_000, 3_600_000_000
MOVED = {
    "raw_pushes": ("received_at",), "messages": ("created_at", "received_at", "at"), "decisions": ("decided_at",),
    "replies": ("created_at", "updated_at", "sent_at"), "rule_firings": ("at",),
}  # fmt: skip


async def fill(home: Path) -> None:
    """Let a hundred customers write ten times, and a rule answer each."""
    prepare(home)
    store = await open_store(SQLITE, home)
    talk = Talk(store)
    for n in range(1000):
        said = await talk.says(f"o{n % 100}", f"问 {n}", second(n))
        [reply] = await talk.decides(said.message, "答", at=second(n), rule_id=RULE)
        await talk.moves(reply, Move.CLAIM, Move.ACCEPT, at=second(n + 5))
    await store.close()


def forget(home: Path) -> None:
    """Take away what notes changed hours: all of them are noted in the end, as by the migration."""
    with closing(sqlite3.connect(home / "desk.db")) as db, db:
        for (name,) in db.execute(
            "select name from sqlite_master where type = 'trigger' and name like 'hours_%'"
        ).fetchall():
            db.execute(f"drop trigger {name}")


def spread(home: Path) -> None:
    """Give each thousand of messages a time of its own within the year before the first ones."""
    with closing(sqlite3.connect(home / "desk.db")) as db, db:
        for table, columns in MOVED.items():
            shift = f"(id / 1000) * 7919000000 % {YEAR}"
            for column in columns:
                db.execute(f"update {table} set {column} = {column} - {shift}")  # noqa: S608
        first, last = db.execute(f"select min(at) / {HOUR}, max(at) / {HOUR} from messages").fetchone()  # noqa: S608
        db.executemany("replace into changed_hours values (?, 0, 1)", [(hour,) for hour in range(first, last + 2)])
        db.execute("analyze")


async def measure(home: Path) -> None:
    """Count what was never counted, then ask for each range three times, and print the medians."""
    store = await open_store(SQLITE, home)
    until = T0 + timedelta(hours=1)
    began, turns = time.perf_counter(), [0.0]
    while await store.hourly_sums.recount(until + timedelta(days=1)):
        turns.append(time.perf_counter() - began - sum(turns))
    print(f"counted for the first time in {sum(turns):.0f} s, at most {max(turns) * 1000:.0f} ms a turn")
    ways = (ALL, UTC), (FigureFilter("shop"), UTC), (FigureFilter(rule_id=RULE), UTC), (ALL, ZoneInfo("Asia/Kolkata"))
    print(f"{'':16}{'everybody':>14}{'mini program':>14}{'rule':>14}{'half hours':>14}")
    for name, days in (("day", 1), ("week", 7), ("month", 30), ("year", 365)):
        span, line = TimeSpan(until - timedelta(days=days), until), ""
        for of, zone in ways:
            times = []
            for _ in range(3):
                began = time.perf_counter()
                found = await store.statistics.over(span, zone, of=of)
                times.append(time.perf_counter() - began)
            line = line or f"{name:>6}{found.messages.total:10}"
            line += f"{statistics.median(times) * 1000:11.0f} ms"
        print(line)
    await store.close()


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
        home = Path(folder)
        asyncio.run(fill(home))
        forget(home)
        multiply(home, options.stored)
        spread(home)
        print(f"{datetime.now(UTC):%Y-%m-%d}, {options.stored} messages")
        asyncio.run(measure(home))


if __name__ == "__main__":
    main()
