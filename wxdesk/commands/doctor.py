"""`wxdesk doctor`: one line a check as it ends, a list for scripts, or a report."""

import asyncio
import json
import locale
import os
import platform
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from wxdesk import __version__
from wxdesk.config.reading import FILE
from wxdesk.core.setup.findings import Finding, Gravity
from wxdesk.core.system_failures import naming_file, why_unusable
from wxdesk.desk.ports import utc_now
from wxdesk.desk.setup import sentences
from wxdesk.doctor.case import Case
from wxdesk.doctor.examination import examine
from wxdesk.i18n import language, tr
from wxdesk.logs import LOG_FILE, Mask, on_one_line
from wxdesk.paths import without_home, write_private
from wxdesk.threads import network_loop

MARKS = {Gravity.GOOD: "ok  ", Gravity.NOTE: "note", Gravity.WARNING: "warn", Gravity.FAILURE: "FAIL"}
"""First word of a line, the same in every language: scripts look for FAIL."""


def run_doctor(home: Path, *, as_json: bool = False, report: Path | None = None) -> int:
    """Print each finding when there is one; return 1 if one of them is a failure.

    Ctrl+C ends it with what was found until then.
    """
    found: list[Finding] = []
    case = Case(home, utc_now)
    try:
        asyncio.run(_run(case, found, quiet=as_json), loop_factory=network_loop)
    finally:
        if as_json:
            print(json.dumps([as_object(finding) for finding in found], ensure_ascii=False, indent=1))  # noqa: T201
        if report is not None:
            _write(report, case, found)
    return 0 if all(finding.ok for finding in found) else 1


async def _run(case: Case, found: list[Finding], *, quiet: bool) -> None:
    if not quiet:
        print(f"wxdesk {__version__}", flush=True)  # noqa: T201 - as below
    async for finding in examine(case):
        found.append(finding)
        if not quiet:
            print(line(finding), flush=True)  # noqa: T201 - what the command is for


def line(finding: Finding) -> str:
    """Format a finding with its remedy as one line of output."""
    check = sentences.name(finding.check, finding.account)
    gravity = max(finding.verdict.gravity, Gravity.NOTE) if finding.outdated else finding.verdict.gravity
    said = tr("{check}: {said}", check=check, said=sentences.reported(finding))
    return f"{MARKS[gravity]}  {on_one_line(' '.join(said.split()))}"


def as_object(finding: Finding) -> dict[str, object]:
    """Return a finding as scripts read it; `check` and `verdict` are stable names."""
    return {
        "check": finding.check.value,
        "verdict": finding.verdict.value,
        "account": finding.account,
        "ok": finding.ok,
        "text": sentences.text(finding),
        "remedy": sentences.remedy(finding),
    }


def _write(report: Path, case: Case, found: list[Finding]) -> None:
    secrets = [secret for credentials in case.credentials.values() for secret in credentials.secrets]
    lines = [line(finding) for finding in found]
    with naming_file(report, new=True):
        write_private(report, report_text(case.home, lines, attempt_lines(case.attempts), secrets))
    # On stderr, so that it is no part of the list for scripts.
    print(tr("The report is in {file}; read it once before you send it.", file=report), file=sys.stderr)  # noqa: T201


ATTEMPTS = 20
"""Last attempts of each account that a report lists."""

LOG_LINES = 200
"""Last lines of the log that a report shows."""

_VALUE = r"""(?:"[^"]*"|'[^']*'|[^\s,;#]+)"""
_NAME = r"\b(?!token_endpoint|keychain)\w*(?:secret|token|key|passw)\w*"
_MASKED = (
    (re.compile(rf"(?i)({_NAME}[\"']?\s*[=:＝：]\s*){_VALUE}"), r"\1***"),
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
    """Compose the report; mask `secrets` even where they look like ordinary words."""
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
    return without_home(mask(text))


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    except OSError as error:
        return [why_unusable(error)]
