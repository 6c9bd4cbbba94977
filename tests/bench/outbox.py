"""How fast the outbox sends: `wxdesk serve` finds 2,000 queued replies to 500 customers and a simulated WeChat.

Printed are replies/s from the first to the last that WeChat got, the desk's processor time for each, and whether each
customer got the replies in the order in which they were written.

    uv run python tests/bench/outbox.py [--customers 500] [--each 4]
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from tests.store.chats import add_reply
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.push import BodyFormat, Incoming, Push
from wxdesk.core.model.reply import Content, NewReply, ReplyState
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import open_store
from wxdesk.store.messages.deriving import UnderivedPush

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.flow.serving import environment, write_config


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=500)
    parser.add_argument("--each", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
        asyncio.run(measure(Path(folder), [f"oBENCH{n:022d}" for n in range(options.customers)], options.each))


async def measure(home: Path, customers: list[str], each: int) -> None:
    """Fill a home, start WeChat and the desk on it, and wait for the last reply."""
    sandbox = Sandbox()
    url = await sandbox.start()
    program = sandbox.platform.program("")
    for openid in customers:
        sandbox.platform.wrote(program, openid)
    write_config(home, url, PushMode.PLAIN)
    await fill(home, customers, each)
    clock = Arrivals(sandbox, len(customers) * each)
    command = [sys.executable, "-m", "wxdesk", "--home", str(home), "serve"]
    server = await asyncio.create_subprocess_exec(*command, env=environment(), stdout=subprocess.DEVNULL)
    try:
        await clock.done.wait()
        seconds, cpu = clock.last - clock.first, processor_seconds(server.pid)
    finally:
        server.terminate()
        await server.wait()
    told: dict[str, list[str]] = defaultdict(list)
    for sent in sandbox.sent:
        told[sent.openid].append(sent.text)
    in_order = all(texts == [str(n) for n in range(each)] for texts in told.values())
    count = len(sandbox.sent)
    print(f"{count} replies in {seconds:.1f} s: {(count - 1) / seconds:.0f}/s")
    print(f"processor, the start included: {cpu / count * 1000:.2f} ms each")
    print(f"in order for each customer: {in_order}")
    await sandbox.stop()


class Arrivals:
    """When the first and the last of `count` replies came."""

    def __init__(self, sandbox: Sandbox, count: int) -> None:
        self._sandbox = sandbox
        self._count = count
        self.first = self.last = 0.0
        self.done = asyncio.Event()
        sandbox.on_change = self._look

    def _look(self) -> None:
        arrived = len(self._sandbox.platform.sent)
        if arrived and not self.first:
            self.first = time.perf_counter()
        if arrived >= self._count and not self.last:
            self.last = time.perf_counter()
            self.done.set()


async def fill(home: Path, customers: Iterable[str], each: int) -> None:
    """Let each customer have written once, and `each` replies wait."""
    now = datetime.now(UTC)
    store = await open_store("sqlite:///desk.db", home)
    kept = []
    for openid in customers:
        said = Incoming("gh", openid, now.replace(microsecond=0), MessageType.TEXT, "text", text="在吗")
        push_id = await store.pushes.keep(Push("shop", f"m:{openid}", b"{}", BodyFormat.JSON, now, said))
        kept.append(UnderivedPush(push_id or 0, "shop", now, said))
    made = await store.pushes.derive(kept)
    for n in range(each):
        for item in made:
            new = NewReply(item.conversation.id, Author.OPERATOR, Content(text=str(n)), ReplyState.QUEUED)
            await add_reply(store, new, now)
    await store.close()


def processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
