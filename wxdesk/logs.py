"""Log set-up that masks tokens, secrets and openids in every line.

One JSON object a line in HOME/logs/wxdesk.log (10 files of 2 MB), and short lines on stderr; or all of it on stdout,
where something else keeps logs. Masking works on the finished line, traceback included, because the text of a foreign
exception may hold a URL.
"""

import contextlib
import json
import logging
import os
import re
import sys
import threading
import unicodedata
from collections.abc import Collection
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from wxdesk.core.system_failures import naming_file

log = logging.getLogger(__name__)

LOG_FILE = "wxdesk.log"
"""Name of the file in HOME/logs."""

CHATTY = ("asyncssh", "httpx2", "httpcore2", "aiohttp.access", "asyncio", "liquid", "PIL", "qasync", "dbus_fast")
"""Libraries logged from WARNING up: INFO is noise, has whole URLs or commands."""

QUIET = ("desktop_notifier",)
"""Libraries logged from ERROR up: warnings are handled, DEBUG has messages."""

_IN_TEXT = (
    (re.compile(r"((?:access_token|secret|appsecret)[\"']?\s*[=:]\s*[\"']?)[^&\s\"',}]{6,}", re.IGNORECASE), r"\1***"),
    (re.compile(r"\bo[A-Za-z0-9_-]{4}[A-Za-z0-9_-]{19}([A-Za-z0-9_-]{4})(?![A-Za-z0-9_-])"), r"o***\1"),
)
"""Patterns of credentials (longer than an errcode) and openids (28, begin with o)."""


def on_one_line(text: str) -> str:
    """Write characters that break lines, steer or cannot be seen as JSON's escapes."""
    if text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or unicodedata.category(char) == "Zs" else json.dumps(char)[1:-1] for char in text
    )


class Mask:
    """Replaces the given secrets, and everything that looks like one, by ***."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        self._secrets: tuple[str, ...] = ()
        self.learn(secrets)

    def learn(self, secrets: Collection[str]) -> None:
        """Replace these as well from now on."""
        new = {secret for secret in secrets if len(secret) >= 4}
        self._secrets = tuple(sorted({*self._secrets, *new}, key=len, reverse=True))

    def __call__(self, line: str) -> str:
        for secret in self._secrets:
            line = line.replace(secret, "***")
        for pattern, replacement in _IN_TEXT:
            line = pattern.sub(replacement, line)
        return line


class _JsonLines(logging.Formatter):
    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self.mask = mask

    def format(self, record: logging.LogRecord) -> str:
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "room": record.name,
            "text": self.mask(record.getMessage()),
        }
        if record.exc_info:
            entry["trace"] = self.mask(self.formatException(record.exc_info))
        return on_one_line(json.dumps(entry, ensure_ascii=False))


class _ShortLines(logging.Formatter):
    def __init__(self, mask: Mask) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")
        self.mask = mask

    def format(self, record: logging.LogRecord) -> str:
        return self.mask(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """Keep the message on one line; a trace below it has its own."""
        return on_one_line(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: ANN401, N802 - logging's own
        """Indent a trace, so that no line of it looks like a record."""
        return "\n".join(f"  {on_one_line(line)}" for line in super().formatException(ei).split("\n"))


STORE_FAILURES = {"wxdesk.store.failures", "wxdesk.webhook.server"}
"""Loggers of what each part and push meets, again and again, in an outage."""

REPEAT_SECONDS = 60.0
"""Time in which the same failure of the store is written once."""


class _NoRepeats(logging.Filter):
    """Keeps an outage from pushing out of the files what led to it."""

    def __init__(self) -> None:
        super().__init__()
        self._passed: dict[str, float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name not in STORE_FAILURES:
            return True
        line, now = record.getMessage(), record.created
        self._passed = {one: at for one, at in self._passed.items() if abs(now - at) < REPEAT_SECONDS}
        if line in self._passed:
            return False
        self._passed[line] = now
        return True


class _NoLeakHandler(logging.Handler):
    """Reports a record that cannot be written once, without its unmasked text."""

    _reported = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        if self._reported or sys.stderr is None:
            return
        self._reported = True
        error = sys.exception()
        why = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
        with contextlib.suppress(OSError, ValueError):
            print(f"wxdesk: a line of {record.name} could not be logged: {why}", file=sys.stderr)  # noqa: T201


class _File(_NoLeakHandler, RotatingFileHandler):
    """Log file that only its owner may read; made again where somebody removes it."""

    def emit(self, record: logging.LogRecord) -> None:
        if self.stream and not Path(self.baseFilename).exists():
            with contextlib.suppress(OSError):  # as where the home has gone
                self.stream, former = self._open(), self.stream
                former.close()
        super().emit(record)

    def _open(self) -> TextIOWrapper:
        Path(self.baseFilename).parent.mkdir(mode=0o700, exist_ok=True)
        return open(self.baseFilename, "a", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600))


class _Console(_NoLeakHandler, logging.StreamHandler[TextIO]):
    """Lines on a stream of the program, for whoever started it."""


def set_up(home: Path, level: str, secrets: Collection[str] = (), *, to_stdout: bool = False) -> None:
    """Send records at `level` and above, masked, to file and stderr; called once.

    So are errors that nothing catches, in the window's slots and in threads, written as records.

    to_stdout: send the file's lines there instead, and nothing to file and stderr.

    Raises:
        UnusableFile: the file cannot be written.
    """
    mask = Mask(secrets)
    whole: logging.Handler = _Console(sys.stdout) if to_stdout else _file(home / "logs" / LOG_FILE)
    whole.setFormatter(_JsonLines(mask))
    console = _Console(sys.stderr)
    console.setFormatter(_ShortLines(mask))
    for handler in (whole, console):
        handler.addFilter(_NoRepeats())
    console.setLevel(max(logging.WARNING, logging.getLevelName(level)) if level != "DEBUG" else logging.DEBUG)
    logging.basicConfig(level=level, handlers=[whole] if to_stdout else [whole, console], force=True)
    for name in CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    if sys.excepthook is sys.__excepthook__:  # else a debugger or a test has its own
        sys.excepthook = _log_uncaught
        threading.excepthook = lambda args: _log_uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _log_uncaught(kind: type[BaseException], error: BaseException | None, trace: TracebackType | None) -> None:
    if issubclass(kind, Exception):
        log.critical("Nothing caught an error", exc_info=error or kind())
    elif kind is not SystemExit:
        sys.__excepthook__(kind, error or kind(), trace)


def mask_also(secrets: Collection[str]) -> None:
    """Mask these in every line from now on, too."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, _JsonLines | _ShortLines):
            handler.formatter.mask.learn(secrets)


def _file(path: Path) -> logging.Handler:
    with naming_file(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _File(path, maxBytes=2_000_000, backupCount=9, encoding="utf-8")
