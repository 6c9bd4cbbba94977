"""Mutation testing: change the program a little, and see whether its tests notice.

    uv run python -m tests.campaign.mutation.run wxdesk/core/replies tests/core/replies

The tests are collected once. Each mutant lives in a forked process, where only the tests run that reach the changed
lines, the quickest first, until one fails. A mutant that no test notices is a missing test, needless code, or listed
in survivors.txt with the reason why nobody could notice it.
"""

import argparse
import contextlib
import functools
import gc
import json
import os
import pickle
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from tests.campaign.mutation.mutants import Mutant, mutants_of, parse
from tests.campaign.mutation.transplant import LoadedProgram

REASONS = Path(__file__).with_name("survivors.txt")
LONGEST = 0.5
"""Processor seconds that a test may take to be asked where a quicker one is: what survives costs all of them."""
PATIENCE = 5
"""Processor seconds that a mutant has beyond three times what its tests usually take; then it counts as noticed."""
STANDSTILL = 30
"""Seconds in which a test must end; the system ends a mutant that waits longer, and it counts as noticed."""
TOOL = sys.monitoring.PROFILER_ID


class Mutation:
    """The plugin that runs the tests against one mutant after the other, instead of running them once."""

    def __init__(self, files: list[str], one_in: int, only: str, results: Path | None) -> None:
        self.files, self._only, self._results, self._one_in = files, only, results, one_in
        self._imported = _watched(files)
        self.survivors: list[str] = []
        self.killed = 0

    def pytest_sessionstart(self) -> None:
        from hypothesis import settings  # not before pytest has seen its plugin

        settings.register_profile("mutation", derandomize=True, database=None)
        settings.load_profile("mutation")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = session.items
        first = next((item for item in items if item.get_closest_marker("postgres")), None)
        if first is not None:  # the server that it starts serves all
            runtestprotocol(first, log=False, nextitem=first)
        sys.monitoring.free_tool_id(TOOL)
        trees = {file: parse(file) for file in self.files}
        mutants = [one for file in self.files for one in mutants_of(file, trees[file])]
        mutants = [one for one in mutants if one.lot % self._one_in == 0 and self._only in one.name]
        usual = _forked(lambda: _measured(items, self.files), 600)
        if usual is None:
            raise pytest.UsageError("the tests fail without any mutant")
        program = LoadedProgram()
        gc.collect()
        gc.freeze()
        for mutant in mutants:
            at_import = not mutant.lines or not self._imported[mutant.file].isdisjoint(mutant.lines)
            chosen = _chosen(items, usual, mutant, at_import=at_import)
            limit = PATIENCE + round(3 * sum(usual[item.nodeid][0] for item in chosen))

            def attempt(mutant: Mutant = mutant, chosen: list[pytest.Item] = chosen) -> str:
                mutant.put()
                program.change(mutant.file.removesuffix(".py").replace("/", "."), trees[mutant.file].body[mutant.place])
                return _first_failure(chosen)

            began = time.monotonic()
            by = _forked(attempt, limit) if chosen else ""
            self._note(mutant, by, len(chosen), time.monotonic() - began)
        return True

    def _note(self, mutant: Mutant, by: str | None, tests: int, seconds: float) -> None:
        if by == "":
            self.survivors.append(mutant.name)
        else:
            self.killed += 1
        if self._results:
            line = {"mutant": mutant.name, "by": by, "tests": tests, "s": round(seconds, 2)}
            with self._results.open("a", encoding="utf-8") as out:
                out.write(json.dumps(line, ensure_ascii=False) + "\n")


def _forked(work: Callable[[], Any], seconds: int) -> Any:
    """Return what `work` returns in a process of its own; None if it raises or computes longer."""
    folder = Path(tempfile.mkdtemp(prefix="wxdesk-mutant-"))
    process = os.fork()
    if process == 0:
        _work(work, seconds, folder)
    os.waitpid(process, 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)  # what it has started
    result = folder / "result"
    try:
        return pickle.loads(result.read_bytes()) if result.exists() else None  # noqa: S301 - written below
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _work(work: Callable[[], Any], seconds: int, folder: Path) -> None:
    os.setsid()
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    silence = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(silence, stream)
    tempfile.tempdir = str(folder)
    os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder)
    try:
        (folder / "new").write_bytes(pickle.dumps(work()))
        (folder / "new").rename(folder / "result")
    finally:
        os._exit(0)


def _first_failure(items: list[pytest.Item]) -> str:
    """Run tests until one fails, and return its name; "" if none does."""
    for item, following in zip(items, [*items[1:], None], strict=True):
        signal.alarm(STANDSTILL)
        for report in runtestprotocol(item, log=False, nextitem=following):
            if report.failed:
                return item.nodeid
    return ""


type Usual = dict[str, tuple[float, dict[str, set[int]]]]
"""For each test the processor seconds that it takes, and the lines that it reaches in each file."""


def _watched(files: list[str]) -> defaultdict[str, set[int]]:
    """Return the lines of these files that are reached from now on, each once until events are restarted."""
    reached: defaultdict[str, set[int]] = defaultdict(set)
    known = {str(Path(file).resolve()): file for file in files}

    def line(code: Any, number: int) -> object:
        if code.co_filename in known and code.co_name != "<module>":
            reached[known[code.co_filename]].add(number)
        return sys.monitoring.DISABLE

    sys.monitoring.use_tool_id(TOOL, "mutation")
    sys.monitoring.register_callback(TOOL, sys.monitoring.events.LINE, line)
    sys.monitoring.set_events(TOOL, sys.monitoring.events.LINE)
    return reached


def _measured(items: list[pytest.Item], files: list[str]) -> Usual | None:
    reached = _watched(files)
    usual: Usual = {}
    for item, following in zip(items, [*items[1:], None], strict=True):
        sys.monitoring.restart_events()
        reached.clear()
        _forget()
        began = time.process_time()
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=following)):
            return None
        usual[item.nodeid] = (time.process_time() - began, dict(reached))
    return usual


def _forget() -> None:
    """Empty the program's caches, or only the first test would be seen to reach what fills them."""
    for name, module in list(sys.modules.items()):
        for value in vars(module).values() if name.startswith("wxdesk.") else ():
            if isinstance(value, functools._lru_cache_wrapper):
                value.cache_clear()


def _chosen(items: list[pytest.Item], usual: Usual, mutant: Mutant, *, at_import: bool) -> list[pytest.Item]:
    """Return the tests that reach the mutant, the quickest first; all of them for what an import runs."""

    def is_stranger(item: pytest.Item) -> bool:
        return mutant.file not in usual[item.nodeid][1]

    reached = [usual[item.nodeid][1].get(mutant.file, set()) for item in items]
    chosen = [one for one, lines in zip(items, reached, strict=True) if at_import or not lines.isdisjoint(mutant.lines)]
    quick = [item for item in chosen if usual[item.nodeid][0] <= LONGEST]
    return sorted(quick or chosen, key=lambda item: (is_stranger(item), usual[item.nodeid][0]))


def known_survivors() -> dict[str, str]:
    """Return the listed survivors, each with its reason."""
    lines = REASONS.read_text("utf-8").splitlines()
    entries = [line for line in lines if line and not line.startswith("#")]
    return dict(zip(entries[::2], (line.strip() for line in entries[1::2]), strict=True))


def main() -> int:
    """Run the mutants of a folder of the program against folders of tests; 1 if too many survive without a reason."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--one-in", type=int, default=1, help="draw a sample, which stays the same while code changes")
    parser.add_argument("--only", default="", help="mutants whose name has this in it")
    parser.add_argument("--least", type=float, default=1.0, help="share that must be noticed or have a reason")
    parser.add_argument("--results", type=Path, help="a file for a JSON line a mutant")
    given, rest = parser.parse_known_args()
    folder = Path(given.folder)
    files = [str(folder)] if folder.suffix else sorted(map(str, folder.rglob("*.py")))
    mutation = Mutation(files, given.one_in, given.only, given.results)
    quiet = ["-n0", "-q", "-s", "-p", "no:cacheprovider"]
    if code := pytest.main([*given.tests, *quiet, *rest], plugins=[mutation]):
        return int(code)
    known = known_survivors()
    new = [name for name in mutation.survivors if name not in known]
    made = mutation.killed + len(mutation.survivors)
    survive = f"{len(mutation.survivors)} survive, {len(new)} of them without a reason"
    print("\n".join([f"{folder}: {made} mutants, {mutation.killed} noticed, {survive}", *new]))
    gone = [name for name in known if name.split(" ")[0].rstrip(":") in files and name not in mutation.survivors]
    if given.one_in == 1 and not given.only and gone:
        print("\n".join(["These have a reason, and do not survive any more:", *gone]))
        return 1
    return int(len(new) > (1 - given.least) * made)


if __name__ == "__main__":
    sys.exit(main())
