"""Processes that end as the campaign wants: one that has imported everything, and its children, which do the work.

Each child is made by a fork, so that a life costs a few hundredths of a second instead of two seconds.
"""

import asyncio
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from types import TracebackType
from typing import Any

from tests import prepared
from tests.campaign.disk.recorder import Fault, Layer
from wxdesk.store.engine import sqlite

LOG_BYTES = 300_000
"""Length of the log from which it is copied into the file: often, since much can go wrong there."""

PASSPHRASE = "eight letters"
"""What opens the vault of a home that has one."""

ROOT = Path(__file__).parents[3]


class Nursery:
    """The parent of all; `layer` is loaded into it, and so into each child."""

    def __init__(self, layer: Path | None = None) -> None:
        preloaded = {} if layer is None else {"LD_PRELOAD": str(layer)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.campaign.disk.children"],
            cwd=ROOT,
            env={**os.environ, **preloaded, "WXDESK_VAULT_PASSPHRASE": PASSPHRASE},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def __enter__(self) -> "Nursery":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(20)

    def live(
        self,
        work: str,
        *arguments: Any,
        folder: Path,
        record: Path | None = None,
        fault: Fault | None = None,
        seconds: float | None = None,
    ) -> int:
        """Let a child do `work` (`module.function`) on `folder`; it is killed after so many seconds.

        Its exit code; negative for the signal that ended it.
        """
        asked = {
            "work": work,
            "arguments": [str(folder), *arguments],
            "folder": str(folder),
            "record": record and str(record),
            "fault": fault and list(vars(fault).values()),
        }
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asked).encode() + b"\n")
        self._process.stdin.flush()
        child = self._hear()
        limit = 120 if seconds is None else seconds
        is_late = not select.select([self._process.stdout], [], [], limit)[0]
        if is_late:
            os.kill(child, signal.SIGKILL)
        ended = os.waitstatus_to_exitcode(self._hear())  # else the next child would get this one's
        assert not is_late or seconds is not None, f"{work} does not end"
        return ended

    def _hear(self) -> int:
        """A line, byte by byte, so that nothing of the next is taken from the pipe."""
        assert self._process.stdout is not None
        line = b""
        while not line.endswith(b"\n"):
            got = os.read(self._process.stdout.fileno(), 1)
            assert got, "the parent has ended"
            line += got
        return int(line)


def _do(asked: dict[str, Any]) -> None:
    layer = Layer.here()
    if layer is not None:
        record = None if asked["record"] is None else Path(asked["record"])
        layer.watch(Path(asked["folder"]), record)
        if asked["fault"] is not None:
            layer.plan(Fault(*asked["fault"]))
    module, _, name = asked["work"].rpartition(".")
    folder, *arguments = asked["arguments"]
    asyncio.run(getattr(importlib.import_module(module), name)(Path(folder), *arguments))


def _child(asked: dict[str, Any]) -> None:
    os.dup2(2, 1)
    code = 1
    try:
        _do(asked)
        code = 0
    except BaseException:  # noqa: BLE001 - whatever it is, the campaign reads it
        traceback.print_exc()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Answer each order by a child's number and, when it has ended, by how."""
    prepared._empty_database()
    sqlite.LOG_BYTES = LOG_BYTES
    for module in ("at_work", "one_act"):
        importlib.import_module(f"tests.campaign.disk.{module}")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            _child(json.loads(line))
        os.write(1, f"{child}\n".encode())
        os.write(1, f"{os.waitpid(child, 0)[1]}\n".encode())


if __name__ == "__main__":
    main()
