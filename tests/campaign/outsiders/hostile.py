"""Two hundred texts that look like something else: markup, commands, formulas, other lines and directions."""

import ctypes
import json
import os
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices

FILE = Path(__file__).parents[2] / "data" / "hostile_texts.json"

BAIT_FILE, BAIT_PLACE = "/etc/passwd", "127.0.0.1:9"
"""What the texts want to have opened; a test that watches puts a file and a port of its own there."""


@dataclass(frozen=True)
class Hostile:
    """A text, and which kind of trick it is."""

    kind: str
    text: str

    def aimed(self, bait: "Bait") -> str:
        """Return the text with the bait in it."""
        return self.text.replace(BAIT_FILE, str(bait.file)).replace(BAIT_PLACE, f"127.0.0.1:{bait.port}")


def hostile_texts(most: int = 10**6) -> list[Hostile]:
    """Return the corpus, or `most` of it with something of every kind; long texts are written out."""
    kinds = json.loads(FILE.read_text("ascii"))
    long = [text * times for text, times in kinds.pop("long")]
    by_kind = {**kinds, "long": long}
    turns = max(len(texts) for texts in by_kind.values())
    every = [
        Hostile(kind, texts[turn]) for turn in range(turns) for kind, texts in by_kind.items() if turn < len(texts)
    ]
    return every[:most]


def as_kept(text: str) -> str:
    """Return a customer's text as the desk keeps it: what no text can hold is replaced."""
    return "".join("\ufffd" if _is_no_text(one) else one for one in text)


def _is_no_text(one: str) -> bool:
    return "\ud800" <= one <= "\udfff" or (one < " " and one not in "\t\n\r")


@dataclass
class Bait:
    """A file and a port that nobody may touch."""

    file: Path
    port: int
    opened: list[str] = field(default_factory=list)


@contextmanager
def watched(folder: Path) -> Iterator[Bait]:
    """Hold out the bait, and fail if anything opened the file, connected to the port, or asked for an address."""
    file = folder / "bait.png"
    file.write_bytes(b"\x89PNG\r\n\x1a\n")
    with socket.create_server(("127.0.0.1", 0)) as server, _openings(file) as openings, _asked_for() as addresses:
        server.setblocking(False)
        bait = Bait(file, server.getsockname()[1])
        yield bait
        bait.opened += [*openings(), *addresses]
        try:
            server.accept()[0].close()
            bait.opened.append("a connection")
        except BlockingIOError:
            pass
    assert not bait.opened, f"opened: {bait.opened}"


@contextmanager
def _openings(file: Path) -> Iterator[Callable[[], list[str]]]:
    """Notice each opening of a file by any code in any process, as Linux tells it; elsewhere notice nothing."""
    if sys.platform != "linux":
        yield list
        return
    system = ctypes.CDLL(None, use_errno=True)
    watch = system.inotify_init1(os.O_NONBLOCK)
    assert system.inotify_add_watch(watch, os.fsencode(file), 0x20) > 0  # IN_OPEN

    def opened() -> list[str]:
        try:
            return [f"the file ({len(os.read(watch, 4096))} bytes of events)"]
        except BlockingIOError:
            return []

    try:
        yield opened
    finally:
        os.close(watch)


class _Handler(QObject):
    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.asked.append(url.toString())


@contextmanager
def _asked_for() -> Iterator[list[str]]:
    """Catch every address that is to be opened outside of the window."""
    handler = _Handler()
    for scheme in ("http", "https", "file", "mailto", "tel", "smb", "javascript", "weixin", "ms-settings"):
        QDesktopServices.setUrlHandler(scheme, handler, "open")  # type: ignore[arg-type]  # the stub says bytes, Qt wants str
    try:
        yield handler.asked
    finally:
        for scheme in ("http", "https", "file", "mailto", "tel", "smb", "javascript", "weixin", "ms-settings"):
            QDesktopServices.unsetUrlHandler(scheme)
