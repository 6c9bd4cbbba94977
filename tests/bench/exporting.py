"""Export of 1,000,000 messages: seconds, peak of memory, and size of the file, for each format.

uv run python tests/bench/exporting.py [--stored 1000000]
"""

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from tests.bench.stored import multiply
from tests.store.moving.full_home import make_home
from wxdesk.desk.data.exporting import ExportKind, export

FILES = (("messages", "m.csv"), ("messages", "m.jsonl"), ("conversations", "t.html"), ("conversations", "t.json"))


def main() -> None:
    """Measure and print; each export is a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stored", type=int, default=1_000_000)
    parser.add_argument("--only", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only:
        run(*options.only)
        return
    with tempfile.TemporaryDirectory(prefix="wxdesk-bench-") as folder:
        asyncio.run(make_home(Path(folder)))
        multiply(Path(folder), options.stored)
        print(f"{'file':>8}{'seconds':>10}{'MB memory':>11}{'MB file':>10}")
        for kind, name in FILES:
            command = [sys.executable, __file__, "--only", folder, kind, name]
            print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")


def run(folder: str, kind: str, name: str) -> None:
    """Export once, and print one line."""
    file, began = Path(folder, name), time.perf_counter()
    asyncio.run(export("sqlite:///desk.db", Path(folder), file, lambda _: None, kind=ExportKind(kind)))
    seconds, memory = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(f"{name:>8}{seconds:10.1f}{memory:11.0f}{file.stat().st_size / 1e6:10.0f}")


if __name__ == "__main__":
    main()
