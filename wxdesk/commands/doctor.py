"""`wxdesk doctor`: one line a check as it ends, a list for scripts, or a report."""

import asyncio
import json
import sys
from pathlib import Path

from wxdesk import __version__
from wxdesk.core.setup.findings import Finding
from wxdesk.core.setup.verdicts import Gravity
from wxdesk.core.system_failures import unusable_file
from wxdesk.desk.settings.configuration import utc_now
from wxdesk.desk.setup import sentences
from wxdesk.doctor.case import Case
from wxdesk.doctor.examination import examine
from wxdesk.doctor.report import attempt_lines, report_text
from wxdesk.i18n import tr
from wxdesk.logs import on_one_line
from wxdesk.paths import write_private

MARKS = {Gravity.GOOD: "ok  ", Gravity.NOTE: "note", Gravity.WARNING: "warn", Gravity.FAILURE: "FAIL"}
"""First word of a line, the same in every language: scripts look for FAIL."""


def run_doctor(home: Path, *, as_json: bool = False, report: Path | None = None) -> int:
    """Print each finding when there is one; return 1 if one of them is a failure.

    Ctrl+C ends it with what was found until then.
    """
    found: list[Finding] = []
    case = Case(home, utc_now)
    try:
        asyncio.run(_run(case, found, quiet=as_json))
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
    said = f"{sentences.name(finding.check, finding.account)}: {sentences.told(finding)}"
    return f"{MARKS[finding.verdict.gravity]}  {on_one_line(' '.join(said.split()))}"


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
    try:
        lines = [line(finding) for finding in found]
        write_private(report, report_text(case.home, lines, attempt_lines(case.attempts), secrets))
    except OSError as error:
        raise unusable_file(report, error) from None
    # On stderr, so that it is no part of the list for scripts.
    print(tr("The report is in {file}; read it once before you send it.", file=report), file=sys.stderr)  # noqa: T201
