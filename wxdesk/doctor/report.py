"""Report for a colleague: findings, system, configuration and log, nothing secret."""

import locale
import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from wxdesk import __version__
from wxdesk.config import FILE
from wxdesk.core.setup.findings import Finding
from wxdesk.core.system_failures import why_unusable
from wxdesk.i18n import language
from wxdesk.logs import LOG_FILE, Mask, on_one_line

ATTEMPTS = 20
"""Last attempts of each account that a report lists."""

LOG_LINES = 200
"""Last lines of the log that a report shows."""

_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s,;#]+)"""
_MASKED = (
    (re.compile(rf"(?i)(\b(?!token_endpoint)\w*(?:secret|token|key|passw)\w*[\"']?\s*[=:＝：]\s*){_VALUE}"), r"\1***"),
    (re.compile(r"(://)[^/\s\"'@]+@"), r"\1***@"),
    (re.compile(r"(?<![A-Za-z0-9])(?:[0-9a-fA-F]{32}|[A-Za-z0-9]{43}=?)(?![A-Za-z0-9])"), "***"),
    (re.compile(r"\b(wx[A-Za-z0-9]{2})[A-Za-z0-9]{12}([A-Za-z0-9]{2})\b"), r"\1…\2"),
    (re.compile(r"\b(gh_[A-Za-z0-9]{2})[A-Za-z0-9]{8}([A-Za-z0-9]{2})\b"), r"\1…\2"),
)
"""Patterns of secrets, wherever they stand, and of the middle of ids."""

_STRING = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*')"""
_GAP = r"(?:\s|#[^\n]*+)*+"
_ARGUMENTS = re.compile(rf"""(\bcommand["']?\s*=\s*\[{_GAP}{_STRING})(?:{_GAP},{_GAP}{_STRING})+""")
"""A tunnel's program with its arguments, one of which may be its token."""


def report_text(home: Path, findings: Sequence[str], attempts: Sequence[str] = (), secrets: Iterable[str] = ()) -> str:
    """Compose the report.

    `secrets` are masked even where they look like ordinary words.
    """
    system = [
        f"wxdesk {__version__} · Python {platform.python_version()} · {platform.platform()}",
        f"frozen: {bool(getattr(sys, 'frozen', False))} · language: {language()} · locale: {locale.getlocale()[0]}"
        f" · LANG={os.environ.get('LANG', '')}",
        f"home: {home}",
    ]
    parts = [
        ("wxdesk doctor", [*system, "", *findings]),
        ("attempts", list(attempts)),
        (FILE, _lines(home / FILE)),
        (LOG_FILE, _lines(home / "logs" / LOG_FILE)[-LOG_LINES:]),
    ]
    text = "\n".join("\n".join((f"== {title} ==", *lines, "")) for title, lines in parts if lines)
    return masked(text, Mask(list(secrets)))


def attempt_lines(attempts: Mapping[str, Sequence[Finding]]) -> list[str]:
    """List the last attempts of each account, by their stable names."""
    return [
        on_one_line(
            f"{one.at:%Y-%m-%d %H:%M:%S%z}  {account or '-'}  {one.check}: {one.verdict}"
            + "".join(f" {name}={value}" for name, value in sorted(one.values.items()))
        )
        for account, found in attempts.items()
        for one in found[:ATTEMPTS]
    ]


def masked(text: str, mask: Mask) -> str:
    """Take secrets, openids, passwords and the middle of ids out of a text."""
    text = _ARGUMENTS.sub(r'\1, "***"', text)
    for pattern, replacement in _MASKED:
        text = pattern.sub(replacement, text)
    return mask(text).replace(str(Path.home()), "~")


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        return [why_unusable(error)]
