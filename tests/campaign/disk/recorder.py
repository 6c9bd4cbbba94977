"""The layer between a desk and its disk (recorder.c): built, told what to do, and its records made into disks again.

A record has every write, cut, sync and change of a name in order, so the state in which a power cut would leave the
folder can be made for each moment: what was synced, and of the rest nothing, all, or any torn part in any order.
"""

import ctypes
import os
import shutil
import struct
import subprocess
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from random import Random

SOURCE = Path(__file__).with_suffix(".c")
CONFIRMED = "confirmed"
"""The file in which a desk at work writes down what it has told the world; the judge's, not the disk's."""

UNKEPT = ("-shm", ".lock", ".socket")
"""Ends of the names of files that mean nothing after a restart."""

SECTOR = 512
HEAD = struct.Struct("=cqqI")

WRITE, SYNC, CUT, OPEN, NAME = 1, 2, 4, 8, 16
BEFORE, AFTER = 1, 2


def build(folder: Path) -> Path | None:
    """Compile the layer; None without a compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    made = folder / "recorder.so"
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", made, SOURCE, "-ldl", "-lpthread"], check=True)
    return made


@dataclass(frozen=True)
class Fault:
    """Which of the calls on the database fails, or is the last of its process (`dies`)."""

    calls: int
    first: int
    times: int = 1
    error: int = 0
    dies: int = 0


@dataclass(frozen=True)
class Layer:
    """The layer in this process, where it was loaded."""

    library: ctypes.CDLL

    @classmethod
    def here(cls) -> "Layer | None":
        """What this process was started with, if anything."""
        library = ctypes.CDLL(None)
        return cls(library) if hasattr(library, "disk_watch") else None

    def watch(self, folder: Path, record: Path | None, *, syncs: bool = False) -> None:
        """Write down what is done to the files of `folder`; the disk itself need not be synced then."""
        output = -1 if record is None else os.open(record, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self.library.disk_watch(str(folder).encode(), output, int(syncs))

    def plan(self, fault: Fault) -> None:
        self.library.disk_fault(
            fault.calls, ctypes.c_long(fault.first), ctypes.c_long(fault.times), fault.error, fault.dies
        )

    @property
    def hits(self) -> int:
        """How many calls the fault has hit."""
        return int(self.library.disk_hits())

    @property
    def calls(self) -> int:
        """How many calls it could have hit."""
        return int(self.library.disk_calls())


class Kept(Enum):
    """What of the writes that were not synced a power cut leaves."""

    NOTHING = "nothing"
    ALL = "all"
    SOME = "some"


@dataclass(eq=False)
class _File:
    synced: bytearray = field(default_factory=bytearray)
    cached: bytearray = field(default_factory=bytearray)
    pending: list[tuple[int, bytes | None]] = field(default_factory=list)

    def does(self, offset: int, written: bytes | None) -> None:
        """Write, or cut where nothing is written; the disk has it after a sync."""
        _apply(self.cached, offset, written)
        self.pending.append((offset, written))

    def sync(self) -> None:
        for offset, written in self.pending:
            _apply(self.synced, offset, written)
        self.pending.clear()

    def left(self, kept: Kept, chance: Random) -> bytes:
        """What a power cut leaves: of each sector one of its states since the last sync, and one of the lengths."""
        if kept is Kept.ALL:
            return bytes(self.cached)
        left = bytearray(self.synced)
        if kept is Kept.NOTHING or not self.pending:
            return bytes(left)
        lengths, states = [len(left)], defaultdict[int, list[tuple[int, bytes]]](list)
        for offset, written in self.pending:
            lengths.append(offset if written is None else max(lengths[-1], offset + len(written)))
            for at, part in _sectors(offset, written or b""):
                states[at // SECTOR].append((at, part))
        for parts in states.values():
            for at, part in parts[: chance.randint(0, len(parts))]:
                _apply(left, at, part)
        _apply(left, chance.choice(lengths), None)
        return bytes(left)


def _apply(content: bytearray, offset: int, written: bytes | None) -> None:
    if written is None:
        del content[offset:]
        content.extend(bytes(offset - len(content)))
        return
    content.extend(bytes(max(0, offset - len(content))))
    content[offset : offset + len(written)] = written


def _sectors(offset: int, written: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(written):
        end = min(len(written), at + SECTOR - (offset + at) % SECTOR)
        yield offset + at, written[at:end]
        at = end


class Disk:
    """A folder as the record tells it, event by event; all that is there at the beginning is synced."""

    def __init__(self, folder: Path, begun: Path, record: Path) -> None:
        self._folder = str(folder)
        self._record = record.read_bytes()
        self._at = 0
        self._handles: dict[int, _File | None] = {}
        self._names: dict[str, _File] = {}
        for path in begun.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                name = f"{self._folder}/{path.relative_to(begun)}"
                self._names[name] = _File(bytearray(content), bytearray(content))
        self._durable = dict(self._names)
        self._renamed: list[dict[str, _File]] = []
        self.syncs = self.failed = 0

    def events(self) -> Iterator[tuple[str, bool]]:
        """Go through the record; the kind of each event, and whether something was confirmed by it."""
        while self._at < len(self._record):
            kind, handle, offset, size = HEAD.unpack_from(self._record, self._at)
            self._at += HEAD.size
            content = self._record[self._at : self._at + size]
            self._at += size
            yield kind.decode(), self._step(kind.decode(), handle, offset, content)

    def _step(self, kind: str, handle: int, offset: int, content: bytes) -> bool:
        if kind in "ONCRU":
            self._name(kind, handle, content.decode())
            return False
        file = self._handles[handle]
        if kind == "F":
            assert file is not None
            file.pending.clear()  # Linux calls them clean now, and never writes them again
            self.failed += 1
        elif kind == "S":
            self.syncs += 1
            if file is None:
                self._durable, self._renamed = dict(self._names), []
            else:
                file.sync()
        else:
            assert file is not None
            file.does(offset, content if kind == "W" else None)
            return file is self._names.get(f"{self._folder}/{CONFIRMED}")
        return False

    def _name(self, kind: str, handle: int, path: str) -> None:
        if kind == "R":
            old, _, new = path.partition("\0")
            self._names[new] = self._names.pop(old)
        elif kind == "U":
            self._names.pop(path, None)
        else:
            if path == self._folder or (path not in self._names and kind == "O"):
                self._handles[handle] = None  # a folder
                return
            if path not in self._names:
                self._names[path] = _File()
            self._handles[handle] = self._names[path]
            if kind == "C":
                self._names[path].does(0, None)
            if kind == "O":
                return
        self._renamed.append(dict(self._names))

    def cut(self, target: Path, kept: Kept, chance: Random) -> None:
        """Make the folder that a power cut leaves at this moment."""
        names = self._durable
        if self._renamed and kept is not Kept.NOTHING:
            names = self._renamed[-1] if kept is Kept.ALL else chance.choice([names, *self._renamed])
        for path, file in names.items():
            if not path.endswith(UNKEPT) and not path.endswith(CONFIRMED):
                made = target / path[len(self._folder) + 1 :]
                made.parent.mkdir(parents=True, exist_ok=True)
                made.write_bytes(file.left(kept, chance))
        confirmed = self._names.get(f"{self._folder}/{CONFIRMED}")
        (target / CONFIRMED).write_bytes(b"" if confirmed is None else bytes(confirmed.cached))
