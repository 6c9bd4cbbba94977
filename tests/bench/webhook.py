"""How fast pushes are answered, side by side in one run:

    bare      aiohttp answering `success` after the signature check, keeping nothing
    headless  `wxdesk serve`: every message on disk before its answer
    window    the same desk with its window open, which stalls for 100 ms each second

Each is a process of its own; one client, also its own process, holds 16 or 64 connections and waits for each answer
before it writes the next message. The three take turns, so that a machine that changes its speed changes it for all.
Printed are requests/s and the 50th and 99th percentile of the answer, medians over the turns, and the ratios that
matter; then the same on a folder in which 100,000 pushes wait to be decided.

    uv run python tests/bench/webhook.py [--seconds 5] [--turns 3] [--waiting 100000]
"""

import argparse
import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.desk.intake_room import written
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.store import open_store

HERE = Path(__file__).parent
SERVERS = ("bare", "headless", "window")
CONNECTIONS = (16, 64)


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn measured."""

    rate: float
    p50: float
    p99: float
    worst: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--waiting", type=int, default=100_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
        for waiting in (0, options.waiting):
            asyncio.run(fill(Path(folder), waiting))
            for connections in CONNECTIONS:
                turns: dict[str, list[Turn]] = {name: [] for name in SERVERS}
                for number in range(options.turns):
                    for name in SERVERS:
                        turns[name].append(measure(name, Path(folder), options.seconds, connections, number + 1))
                report(f"{connections} connections, {waiting} waiting", turns)


async def fill(home: Path, waiting: int) -> None:
    """Let so many pushes wait in a home."""
    store = await open_store("sqlite:///desk.db", home)
    for begin in range(0, waiting, 1000):
        await asyncio.gather(*(store.pushes.keep(written(n)) for n in range(begin, begin + 1000)))
    await store.close()


def measure(name: str, home: Path, seconds: float, connections: int, number: int) -> Turn:
    """Start one server on a copy of a folder, load it, stop it."""
    with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
        shutil.copytree(home, folder, dirs_exist_ok=True)
        server = subprocess.Popen(
            [sys.executable, str(HERE / "servers.py"), name, folder],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | secrets(),
        )
        try:
            assert server.stdout is not None
            url = json.loads(server.stdout.readline())["url"]
            client = [sys.executable, str(HERE / "load.py"), url, str(seconds), str(connections), str(number)]
            measured = subprocess.run(client, capture_output=True, text=True, check=True)
        finally:
            server.terminate()
            server.communicate(timeout=30)
    return Turn(**json.loads(measured.stdout))


def secrets() -> dict[str, str]:
    """The account's secrets, as the environment carries them."""
    _, credentials = demo_account()
    return {
        "WXDESK_SHOP_APP_SECRET": credentials.app_secret,
        "WXDESK_SHOP_PUSH_TOKEN": credentials.push_token,
        "WXDESK_SHOP_ENCODING_AES_KEY": credentials.encoding_aes_key,
    }


def report(title: str, turns: dict[str, list[Turn]]) -> None:
    """A row a server, then the ratios."""
    print(f"\n{title}\n{'':10}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}")
    for name, rows in turns.items():
        print(
            f"{name:10}{middle(rows, 'rate'):12.0f}{middle(rows, 'p50'):10.2f}"
            f"{middle(rows, 'p99'):10.2f}{max(row.worst for row in rows):10.1f}"
        )
    rate = [h.rate / b.rate for h, b in zip(turns["headless"], turns["bare"], strict=True)]
    late = [w.p99 / h.p99 for w, h in zip(turns["window"], turns["headless"], strict=True)]
    print(f"headless / bare, requests/s: {statistics.median(rate):.2f}  (wanted: at least 0.60)")
    print(f"headless, p99:               {middle(turns['headless'], 'p99'):.0f} ms  (wanted: at most 25)")
    print(f"window / headless, p99:      {statistics.median(late):.2f}  (wanted: at most 3)")


def middle(rows: list[Turn], figure: str) -> float:
    """The median of one figure."""
    values: list[float] = [getattr(row, figure) for row in rows]
    return statistics.median(values)


if __name__ == "__main__":
    main()
