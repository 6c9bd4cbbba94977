"""Every command that a paper tells people to type is one: of wxdesk by its parser, of uv by a tool that is there."""

import argparse
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.test_papers import PAPERS, ROOT
from wxdesk import cli

STARTED = r"(?:.*/bin/|[\w./\\-]*uv run (?:--[\w-]+ )*)?"
TYPED = re.compile(rf"^(?: {{4,}}|   +)(?:.*(?:&&|;) )?{STARTED}wxdesk( .*)?$")
QUOTED = re.compile(rf"^{STARTED}wxdesk( .*)?$")
TOOLS = {"pytest", "ruff", "mypy", "lint-imports", "python", "wxdesk", "pyinstaller", "pre-commit"}
SYNOPSIS = re.compile(r"[\[|·…‹]")
"""What tells the form of a command, not one to type."""


def commands() -> Iterator[tuple[Path, str]]:
    for page in PAPERS:
        text = page.read_text("utf-8")
        for line in text.splitlines():
            typed = TYPED.match(re.sub(r"(?<=\S)(?:   | # ).*", "", line).rstrip())
            if typed:
                yield page, (typed[1] or "").strip()
        for quoted in re.findall(r"`([^`\n]+)`", text):
            found = QUOTED.match(quoted)
            if found:
                yield page, (found[1] or "").strip()


def test_each_command_of_wxdesk_is_understood(capsys: pytest.CaptureFixture[str]) -> None:
    wrong, seen = [], set()
    for page, command in commands():
        if SYNOPSIS.search(command):
            continue
        seen.add(command)
        try:
            cli._parser().parse_args(shlex.split(command.replace(" N", " 1")))
        except SystemExit as ended:
            said = capsys.readouterr().err
            if ended.code and not re.search("required|expected one argument", said):
                wrong.append(f"{page.name}: wxdesk {command}: {said.splitlines()[-1]}")
    assert wrong == []
    assert {"demo", "serve", "doctor", "demo --screenshots DIR"} <= seen
    assert len(seen) > 40


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_each_command_stands_in_the_list_of_the_readme(page: str) -> None:
    listed = set(re.findall(r"wxdesk ([\w-]+)", (ROOT / page).read_text("utf-8")))
    [known] = [one.choices for one in cli._parser()._actions if isinstance(one, argparse._SubParsersAction)]
    assert known.keys() - listed == set(), f"add it to the commands in {page}"


def test_every_uv_run_command_in_the_papers_exists() -> None:
    wrong = []
    for page in PAPERS:
        for tool, argument in re.findall(
            r"uv run (?:--[\w-]+(?: (?:3\.\d+|coverage|team))? )*([\w-]+)(?: ([\w./-]+))?", page.read_text("utf-8")
        ):
            if tool not in TOOLS or (argument.endswith(".py") and not (ROOT / argument).exists()):
                wrong.append(f"{page.name}: {tool} {argument}")
    assert wrong == []


def test_each_system_has_its_first_command_in_both_readmes() -> None:
    for name in ("README.md", "README.zh-CN.md"):
        text = (ROOT / name).read_text("utf-8")
        assert "\n    python3 -m pip install --target .uv uv && .uv/bin/uv run --no-dev wxdesk demo\n" in text
        assert "\n    py -m pip install --target .uv uv; .uv\\bin\\uv run --no-dev wxdesk demo\n" in text
        assert "`uv run --no-dev wxdesk demo`" in text
