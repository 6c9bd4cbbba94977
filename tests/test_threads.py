"""Threads of a desk take memory from one heap, which gives back what is free."""

import platform
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from tests.flow.serving import Serving, write_config

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc gives each thread its own heap")

HEAP = 64 * 2**20
"""Addresses that glibc sets aside for a thread's heap, from a multiple of so many."""

BESIDE_A_WINDOW = """
import sys
from pathlib import Path
from wxdesk.app import open_desk
from wxdesk.config.reading import Config, ListenerSettings
from wxdesk.desk.settings.configuration import Setup
from wxdesk.runner import DeskThread

thread = DeskThread(open_desk(Setup(Path(sys.argv[1]), Config(ListenerSettings(port=0)))))
print(Path("/proc/self/maps").read_text())
thread.stop()
"""


FULL_OF_HOLES = """
import os
from pathlib import Path
from wxdesk.threads import trim_heap

def megabytes():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 2**20

pieces = [b"x" * 10_000 for _ in range(10_000)]
kept = pieces[::100]
del pieces
before = megabytes()
trim_heap()
print(before, megabytes())
"""


def heaps_of_threads(maps: str) -> int:
    """Count the heaps besides the main one: each ends with what nobody has used yet."""
    found = re.findall(r"^(\w+)-(\w+) (\S+)", maps, re.MULTILINE)
    spans = [(int(begin, 16), int(end, 16), may) for begin, end, may in found]
    return sum(
        may == "rw-p" and unused == "---p" and begin % HEAP == 0 and last == begin + HEAP
        for (begin, _, may), (_, last, unused) in pairwise(spans)
    )


def test_the_threads_of_a_window_have_no_heaps_of_their_own(tmp_path: Path) -> None:
    program = [sys.executable, "-c", BESIDE_A_WINDOW, str(tmp_path)]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    assert heaps_of_threads(done.stdout) == 0


def test_the_threads_of_a_server_have_no_heaps_of_their_own(tmp_path: Path) -> None:
    write_config(tmp_path, "http://127.0.0.1:9")
    serving = Serving(tmp_path)
    serving.wait_until_listening()
    maps = Path(f"/proc/{serving.process.pid}/maps").read_text(encoding="utf-8")
    assert serving.terminate() == 0
    assert heaps_of_threads(maps) == 0


def test_free_memory_between_blocks_in_use_goes_back_to_the_system() -> None:
    done = subprocess.run([sys.executable, "-c", FULL_OF_HOLES], capture_output=True, text=True, check=True)
    before, after = map(int, done.stdout.split())
    assert before > 95  # else this heap has no holes
    assert after < before - 80
