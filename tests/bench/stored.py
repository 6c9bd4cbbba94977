"""Cost of one message with 1,000 and with 1,000,000 stored: from its push to the reply that WeChat got.

A desk answers 1,000 messages; then its rows are copied, with other ids and other customers, until there are as many as
asked for. A desk on each of the two folders answers 50 messages a second, in turns. Printed are the processor time of a
message, the time until its answer was back and its reply arrived, medians over the turns, and the ratio.

    uv run python tests/bench/stored.py [--stored 1000000] [--seconds 10] [--turns 3]
"""

import argparse
import asyncio
import json
import shutil
import sqlite3
import statistics
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import Integer, Table

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.bench.latency import HERE, RULES, Writers, quiet, sent_at
from tests.bench.outbox import processor_seconds
from tests.flow.serving import environment
from wxdesk.sandbox.platform.platform import Sent
from wxdesk.sandbox.server import Sandbox
from wxdesk.store.schema.columns import metadata

FIRST = 1000
RATE = 50.0
CONVERSATIONS = 200
COPIED = ["raw_pushes", "contacts", "conversations", "messages", "decisions", "rule_firings"]
COPIED += ["replies", "reply_steps", "search_texts"]
OTHER = {("raw_pushes", "key"), ("contacts", "openid")}
"""Texts of which there must not be two."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--turns", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
        few, many = Path(folder, "few"), Path(folder, "many")
        few.mkdir()
        (few / "rules.toml").write_text(RULES, encoding="utf-8")
        asyncio.run(answered(few, FIRST / RATE))
        shutil.copytree(few, many)
        counts = [multiply(few, FIRST), multiply(many, options.stored)]
        turns = [[asyncio.run(answered(home, options.seconds)) for home in (few, many)] for _ in range(options.turns)]
    print(f"{'messages':>10}{'processor ms':>14}{'answered ms':>13}{'replied ms':>12}")
    for count, costs in zip(counts, zip(*turns, strict=True), strict=True):
        print(f"{count:10}" + "".join(f"{statistics.median(figures):13.2f}" for figures in zip(*costs, strict=True)))
    ratio = statistics.median(many[0] / few[0] for few, many in turns)
    print(f"processor time, many / few: {ratio:.2f}  (wanted: at most 1.2)")


async def answered(home: Path, seconds: float) -> tuple[float, float, float]:
    """Let customers write; in ms a message: processor time, until answered, until replied."""
    sandbox, replied, arrived = Sandbox(), dict[str, float](), asyncio.Event()

    def note(sent: Sent) -> None:
        replied.setdefault(sent.text, sent.at.timestamp())
        arrived.set()

    sandbox.platform.on_sent = note
    url = await sandbox.start()
    desk = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE / "live_desk.py"), "headless", str(home), url,
        stdout=asyncio.subprocess.PIPE, env=environment(),
    )  # fmt: skip
    assert desk.stdout is not None
    sandbox.set_push_url(json.loads(await desk.stdout.readline())["url"] + "/wx/shop")
    writers = Writers(sandbox, CONVERSATIONS)
    try:
        await writers.keep(RATE, 1.0)
        writers.answered.clear()
        before = processor_seconds(desk.pid)
        texts = await writers.keep(RATE, seconds)
        await quiet(arrived)
        used = processor_seconds(desk.pid) - before
    finally:
        desk.terminate()
        await desk.wait()
        await sandbox.stop()
    came = [replied[text] - sent_at(text) for text in texts if text in replied]
    return 1000 * used / len(texts), 1000 * statistics.median(writers.answered), 1000 * statistics.median(came)


def multiply(home: Path, stored: int) -> int:
    """Copy all rows until there are at least so many messages; return how many there are."""
    with closing(sqlite3.connect(home / "desk.db")) as db:
        db.execute("pragma foreign_keys = off")
        while (count := db.execute("select count(*) from messages").fetchone()[0]) < stored:
            tables = [metadata.tables[name] for name in COPIED]
            newest = (db.execute(f"select max(id) from {table.name}").fetchone()[0] for table in tables)  # noqa: S608
            beyond = max(number or 0 for number in newest)
            for table in tables:
                shown = ", ".join(_shifted(table, beyond))
                names = ", ".join(column.name for column in table.columns)
                db.execute(f"insert into {table.name} ({names}) select {shown} from {table.name}")  # noqa: S608
            db.commit()
        return int(count)


def _shifted(table: Table, beyond: int) -> list[str]:
    """Columns of a copy: ids beyond all others, texts that nobody else has."""
    shown = []
    for column in table.columns:
        of_copied = any(key.column.table.name in COPIED for key in column.foreign_keys)
        if of_copied or (column.primary_key and isinstance(column.type, Integer)):
            shown.append(f"{column.name} + {beyond}")
        elif (table.name, column.name) in OTHER:
            shown.append(f"{column.name} || '~{beyond}'")
        else:
            shown.append(column.name)
    return shown


if __name__ == "__main__":
    main()
