"""The window's libraries, tried in a child process that they may take down."""

import asyncio
import json
import sys
from collections.abc import Iterable
from contextlib import suppress

from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict

OPTION = "--check-window"
"""Hidden option of `wxdesk` for the child: it prints one finding a line."""

_AT_ONCE = (Check.LIBRARIES, Check.DISPLAY)


class WindowCheck:
    """One child process, and its findings.

    `first` gives what keeps a window from opening, `rest` is for the end.
    """

    deadline = 60.0

    def __init__(self) -> None:
        self.rest: list[Finding] = []
        self._child: asyncio.subprocess.Process | None = None

    async def first(self) -> Iterable[Finding]:
        """Run the child to its end."""
        program = [sys.executable] if getattr(sys, "frozen", False) else [sys.executable, "-m", "wxdesk"]
        pipe = asyncio.subprocess.PIPE
        self._child = await asyncio.create_subprocess_exec(*program, OPTION, stdout=pipe, stderr=pipe)
        out, err = await self._child.communicate()
        found = [_read(line) for line in out.decode(errors="replace").splitlines() if line.startswith("{")]
        if self._child.returncode:
            last = (err.decode(errors="replace").strip().splitlines() or [f"exit {self._child.returncode}"])[-1]
            found.append(Finding(Check.LIBRARIES, CheckVerdict.LIBRARY_MISSING, values={"name": last}))
        self.rest = [finding for finding in found if finding.check not in _AT_ONCE]
        return [finding for finding in found if finding.check in _AT_ONCE]

    def stop(self) -> None:
        """End the child if it still runs."""
        if self._child is not None and self._child.returncode is None:
            with suppress(ProcessLookupError):
                self._child.kill()


def finding_line(finding: Finding) -> str:
    """Write a finding as the child prints it."""
    return json.dumps({"check": finding.check, "verdict": finding.verdict, "values": dict(finding.values)})


def _read(line: str) -> Finding:
    told = json.loads(line)
    return Finding(Check(told["check"]), CheckVerdict(told["verdict"]), values=told["values"])
