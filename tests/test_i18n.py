"""The language follows the system, wherever that says it."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from wxdesk import i18n


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({"LANG": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LC_MESSAGES": "en_GB.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LANGUAGE": "zh_CN:en"}, "zh_CN"),
        ({"LANG": "zh_CN.UTF-8", "LANGUAGE": "en_US:zh_CN"}, "en"),
        ({"LANGUAGE": "zh_CN"}, "zh_CN"),
        ({"LANGUAGE": "", "LANG": "zh_TW"}, "zh_CN"),
        ({"LANGUAGE": "zh_CN", "LC_ALL": "C"}, "en"),
        ({"LANGUAGE": "zh_CN", "LANG": "C.UTF-8"}, "zh_CN"),
    ],
)
def test_the_environment_names_the_language(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], language: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert i18n.system_language() == language


@pytest.mark.skipif(sys.platform == "win32", reason="a script stands in for the system's program")
@pytest.mark.parametrize(
    ("listed", "language"),
    [('(\n    "zh-Hans-CN",\n    "en-CN"\n)', "zh_CN"), ('(\n    "en-CN",\n    "zh-Hans-CN"\n)', "en"), ("", "en")],
)
def test_what_macos_starts_asks_for_the_persons_list(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, listed: str, language: str
) -> None:
    program = tmp_path / "defaults"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{listed}\nEND\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    run = subprocess.run

    def of_the_system(command: list[str], **how: Any) -> Any:
        assert command[1:] == ["read", "-g", "AppleLanguages"]
        return run([str(program)], **how)

    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(subprocess, "run", of_the_system)
    monkeypatch.setattr("locale.getlocale", lambda: ("en_US", "UTF-8"))
    assert i18n.system_language() == language
