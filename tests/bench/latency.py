"""How long a customer waits, and how soon the operator sees it: 50 messages a second, 200 conversations live.

Each message carries the moment at which it left the simulated WeChat. Printed are, without a window and with one,

    answered   until the listener's answer was back
    replied    until the reply to it arrived at WeChat's API (mode auto, one rule that answers everything)
    shown      until the frame that draws its bubble begins; every fifth message is to the open conversation

    uv run python tests/bench/latency.py [--rate 50] [--seconds 20] [--conversations 200]
"""

import argparse
import asyncio
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.flow.serving import environment
from wxdesk.sandbox.platform.platform import Sent
from wxdesk.sandbox.server import Sandbox

HERE = Path(__file__).parent
WARM_UP_SECONDS = 3.0
QUIET_SECONDS = 3.0
OPEN_ONE_IN = 5
WANTED = {"headless": 10, "window": 20}

RULES = '[[rules]]\nname = "answer"\non = ["text"]\ndefault = true\nthen = [{ reply = "{{ message.text }}" }]\n'


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=50.0)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--conversations", type=int, default=200)
    options = parser.parse_args()
    print(f"{'':10}{'':10}{'n':>7}{'p50 ms':>10}{'p99 ms':>10}{'max ms':>10}")
    for kind in ("headless", "window"):
        with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
            asyncio.run(measure(kind, Path(folder), options.rate, options.seconds, options.conversations))


async def measure(kind: str, home: Path, rate: float, seconds: float, conversations: int) -> None:
    """Start WeChat and a desk, let everybody write, and report."""
    sandbox = Sandbox()
    replied: dict[str, float] = {}
    arrived = asyncio.Event()

    def note(sent: Sent) -> None:
        replied.setdefault(sent.text, time.time())
        arrived.set()

    sandbox.platform.on_sent = note
    url = await sandbox.start()
    (home / "rules.toml").write_text(RULES, encoding="utf-8")
    desk = await asyncio.create_subprocess_exec(
        sys.executable, str(HERE / "live_desk.py"), kind, str(home), url,
        stdout=asyncio.subprocess.PIPE, env=environment() | {"QT_QPA_PLATFORM": "offscreen"},
    )  # fmt: skip
    assert desk.stdout is not None
    sandbox.set_push_url(json.loads(await desk.stdout.readline())["url"] + "/wx/shop")
    writers = Writers(sandbox, conversations)
    try:
        for n in range(conversations):  # so that all are live
            await writers.write(n)
        await writers.keep(rate, WARM_UP_SECONDS)
        writers.answered.clear()
        texts = await writers.keep(rate, seconds)
        await quiet(arrived)
    finally:
        desk.terminate()
        rest = await desk.stdout.read()
        await desk.wait()
        await sandbox.stop()
    report(kind, "answered", writers.answered)
    report(kind, "replied", [replied[text] - sent_at(text) for text in texts if text in replied])
    if kind == "window":
        shown = dict(json.loads(rest))
        report(kind, "shown", [shown[text] - sent_at(text) for text in texts if text in shown])


async def quiet(arrived: asyncio.Event) -> None:
    """Wait until no reply has come for a while; what has not come by then never will."""
    while True:
        arrived.clear()
        try:
            async with asyncio.timeout(QUIET_SECONDS):
                await arrived.wait()
        except TimeoutError:
            return


class Writers:
    """The customers; number 0 is the one whose conversation is open."""

    def __init__(self, sandbox: Sandbox, conversations: int) -> None:
        self._sandbox = sandbox
        self._conversations = conversations
        self.answered: list[float] = []

    async def keep(self, rate: float, seconds: float) -> list[str]:
        """Write at this rate for so long, never waiting for an answer; the texts."""
        begin, texts, writing = time.perf_counter(), [], []
        for n in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begin + n / rate - time.perf_counter()))
            who = 0 if n % OPEN_ONE_IN == 0 else 1 + n % (self._conversations - 1)
            text = f"{time.time():.6f} 请问几点关门"
            texts.append(text)
            writing.append(asyncio.create_task(self._say(who, text)))
        await asyncio.gather(*writing)
        return texts

    async def write(self, who: int) -> None:
        """One message."""
        await self._say(who, f"{time.time():.6f} 在吗")

    async def _say(self, who: int, text: str) -> None:
        began = time.perf_counter()
        await self._sandbox.say(f"oLIVE{who:023d}", text)
        self.answered.append(time.perf_counter() - began)


def sent_at(text: str) -> float:
    """When a message left."""
    return float(text.partition(" ")[0])


def report(kind: str, what: str, seconds: Sequence[float]) -> None:
    """One line."""
    in_ms = sorted(1000 * value for value in seconds)
    p99 = in_ms[min(len(in_ms) - 1, int(len(in_ms) * 0.99))]
    p50, wanted = statistics.median(in_ms), f"  (wanted: p50 at most {WANTED[kind]})" if what == "replied" else ""
    print(f"{kind:10}{what:10}{len(in_ms):7}{p50:10.1f}{p99:10.1f}{in_ms[-1]:10.1f}{wanted}")


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    main()
