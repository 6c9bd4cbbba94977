"""Lines that tests reach, by folder: a finding to read now and then, not a gate.

    uv run --group coverage python tests/bench/covered.py [tests/desk …]

Runs pytest in one process under Python's own monitoring, which costs little; what only child processes reach is not
counted. Without arguments everything is run, which takes about half an hour.
"""

import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import msgspec

ROOT = Path(__file__).parent.parent.parent


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        data, report = Path(folder) / "data", Path(folder) / "report.json"
        environment = os.environ | {"COVERAGE_CORE": "sysmon", "COVERAGE_FILE": str(data)}
        coverage = (sys.executable, "-m", "coverage")
        tests = (*coverage, "run", "--source=wxdesk", "-m", "pytest", "-n0", "-q", *sys.argv[1:])
        subprocess.run(tests, cwd=ROOT, env=environment, check=False)
        subprocess.run((*coverage, "json", "-q", "-o", report), cwd=ROOT, env=environment, check=True)
        print_by_folder(report.read_bytes())


def print_by_folder(report: bytes) -> None:
    lines, reached = Counter[str](), Counter[str]()
    for name, file in msgspec.json.decode(report)["files"].items():
        folder = str(Path(name).parent)
        lines[folder] += file["summary"]["num_statements"]
        reached[folder] += file["summary"]["covered_lines"]
    for folder in sorted(lines, key=lambda one: reached[one] / max(lines[one], 1)):
        if lines[folder]:
            print(f"{reached[folder] / lines[folder]:6.1%}  {lines[folder]:6} lines  {folder}")
    print(f"{reached.total() / lines.total():6.1%}  {lines.total():6} lines")


if __name__ == "__main__":
    main()
