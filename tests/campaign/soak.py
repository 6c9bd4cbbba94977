"""A day of work in short: a desk with its window open, 20 messages a second, and somebody who opens and closes all.

    uv run python -m tests.campaign.soak [--seconds 28800] [--rate 20] [--every 10] [--round 60]

Prints what the desk's process holds each EVERY seconds: memory in MiB, threads, open files, tasks and timers of both
loops, windows. At the end memory's slope, after the first hour or, in a short run, after a third of it; and fails if
anything else than memory has grown.
"""

import argparse
import asyncio
import json
import math
import os
import statistics
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

from tests.flow.serving import environment
from wxdesk.sandbox.server import Sandbox
from wxdesk.store.messages.push_batches import PATIENCE_SECONDS

ROOT = Path(__file__).parents[2]
CUSTOMERS = 300
COUNTED = ("threads", "files", "tasks", "desk timers", "window timers", "windows")
OFFSCREEN = "This plugin does not support"
"""Qt's complaint about a screen in memory."""

STOPS = 60.0
"""Seconds after which a desk that was asked to stop hangs: its window may be in the middle of a step."""

MAY_DIFFER = 5
"""By how much two counts may differ without growth: what is under way when they are taken."""

type Figures = dict[str, float]


@dataclass
class Soak:
    """One run, and what it told; `patience` is how long a push may take to be kept."""

    seconds: float
    rate: float = 20.0
    every: float = 10.0
    round: float = 60.0
    patience: float = PATIENCE_SECONDS
    told: list[Figures] = field(default_factory=list)
    complaints: str = ""
    written: int = 0
    _under_way: set[asyncio.Task[object]] = field(default_factory=set)

    async def run(self, home: Path) -> None:
        """Let everybody write for so long."""
        sandbox = Sandbox()
        api_base = await sandbox.start()
        with (home / "stderr").open("wb") as stderr:
            desk = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.campaign.soaked_desk",
                str(home), api_base, str(self.every), str(self.round), str(self.patience),
                cwd=ROOT, env=environment(QT_QPA_PLATFORM="offscreen"), stdout=asyncio.subprocess.PIPE, stderr=stderr,
            )  # fmt: skip
        assert desk.stdout is not None
        try:
            first = await desk.stdout.readline()
            assert first, (home / "stderr").read_text(encoding="utf-8")  # it has ended
            sandbox.set_push_url(json.loads(first)["url"] + "/wx/shop")
            writing = asyncio.create_task(self._write(sandbox))
            with suppress(TimeoutError):
                async with asyncio.timeout(self.seconds):
                    await self._listen(desk.stdout)
            writing.cancel()
            await asyncio.gather(*self._under_way)
            desk.terminate()
            await asyncio.wait_for(desk.communicate(), STOPS)
        finally:
            with suppress(ProcessLookupError):
                desk.kill()
            await sandbox.stop()
        told = (home / "stderr").read_text(encoding="utf-8").splitlines()
        self.complaints = "\n".join(line for line in told if not line.startswith(OFFSCREEN))

    async def _listen(self, stdout: asyncio.StreamReader) -> None:
        while line := await stdout.readline():
            figures = json.loads(line)
            self.told.append(figures)
            print("  ".join(f"{name} {value:g}" for name, value in figures.items()), flush=True)
            if len(self.told) % 60 == 0:
                print(f"{self.memory()}; grown: {self.grown()}", flush=True)

    async def _write(self, sandbox: Sandbox) -> None:
        """Customers come, go and return; some open the chat, send a picture, or want a human."""
        loop, random = asyncio.get_running_loop(), Random(0)
        began = loop.time()
        for n in count():
            await asyncio.sleep(max(0.0, began + n / self.rate - loop.time()))
            who = f"oSOAK{random.randrange(CUSTOMERS):023d}"
            text = random.choice(("请问几点关门", "什么时候发货", "这件有货吗", "多少钱", "谢谢")) + f" {n}"
            if n % 101 == 0:
                act = sandbox.show(who)
            elif n % 37 == 0:
                act = sandbox.enter(who, "goods/1024")
            else:
                act = sandbox.say(who, "找人工" if n % 211 == 0 else text)
            task = asyncio.create_task(act)
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            self.written = n + 1

    # -- what to think of it

    def settled(self) -> list[Figures]:
        """What was told after the first hour, or the first third."""
        return [one for one in self.told if one["at"] >= min(3600.0, self.seconds / 3)]

    def slope(self) -> float:
        """How much memory has grown since then, in MiB an hour."""
        settled = self.settled()
        at, memory = [one["at"] / 3600 for one in settled], [one["rss"] for one in settled]
        return float(statistics.linear_regression(at, memory).slope) if len(at) > 1 else math.nan

    def memory(self) -> str:
        """One line about it."""
        rss = [one["rss"] for one in self.told]
        return f"{self.written} messages; memory {rss[0]:g} to {rss[-1]:g} MiB, slope {self.slope():.2f} MiB/h"

    def grown(self) -> dict[str, tuple[float, float]]:
        """What there was more of at the end than in the middle, at the quietest moments of both."""
        settled = self.settled()
        middle, end = settled[: len(settled) // 2], settled[len(settled) // 2 :]
        if not middle:
            return {}
        least = {name: (_least(middle, name), _least(end, name)) for name in COUNTED}
        return {name: (before, after) for name, (before, after) in least.items() if after > before + MAY_DIFFER}


def _least(told: Sequence[Figures], name: str) -> float:
    return min(one[name] for one in told)


def main() -> None:
    """Run, print, and fail if something grows."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=8 * 3600.0)
    parser.add_argument("--rate", type=float, default=20.0)
    parser.add_argument("--every", type=float, default=10.0)
    parser.add_argument("--round", type=float, default=60.0)
    soak = Soak(**vars(parser.parse_args()))
    with tempfile.TemporaryDirectory(prefix="wxdesk-soak-") as folder:
        asyncio.run(soak.run(Path(folder)))
    print(soak.memory())
    print(f"grown: {soak.grown() or 'nothing'}")
    if soak.complaints:
        print(soak.complaints)
    sys.exit(bool(soak.grown() or soak.complaints))


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main()
