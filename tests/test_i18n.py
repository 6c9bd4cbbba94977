"""The language follows the system, wherever that says it."""

import stat
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest

from wxdesk import i18n
from wxdesk.core.errors import BadRule, NotFound, Phrase, ShortcutTaken


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
def test_a_program_started_by_macos_reads_the_preferred_languages(
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


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_own_keys_stand_in_sentences_and_never_in_what_fills_them(language: str) -> None:
    i18n.use(language)
    i18n.name_keys({"F4": "Ctrl+B", "F5": "F4"})
    try:
        assert "Ctrl+B" in i18n.tr("Take over (F4)")
        assert "F4" in i18n.tr("Resolve (F5)")
        said = i18n.tr("Saved as {file}", file="F4 {file} F5")
        assert "F4 {file} F5" in said
        assert i18n.tr(said) == said  # as troubles are, which the desk has made
        assert "F4" in i18n.explain(BadRule(name="F4", reason=Phrase("Rule “{name}”: {reason}", name="F5", reason="-")))
    finally:
        i18n.name_keys({})
        i18n.use("en")
    assert i18n.tr("Resolve (F5)") == "Resolve (F5)"


def test_what_people_wrote_is_no_sentence_to_translate() -> None:
    i18n.use("zh_CN")
    try:
        assert i18n.tr("Save") == "保存"
        assert i18n.explain(ShortcutTaken(title="Save", shortcut="Stop")) == "快捷词「Stop」已经属于模板「Save」。"
        assert i18n.explain(NotFound("customer")) == "此客户已不存在。"
        assert i18n.explain(BadRule(name="Save", reason="Save")) == i18n.explain(
            BadRule(name="Save", reason=Phrase("Save"))
        )
    finally:
        i18n.use("en")


def test_a_counted_number_is_grouped_and_decides_the_form() -> None:
    i18n.use("en")
    assert [i18n.ntr("{n} row", "{n} rows", n) for n in (0, 1, 2, 12345)] == [
        "0 rows",
        "1 row",
        "2 rows",
        "12,345 rows",
    ]
    assert i18n.tr("{n} newer", n=1_234_567) == "1,234,567 newer"
    assert i18n.tr("{n} ms", n="1234") == "1234 ms"  # a text is not counted
    assert [i18n.size_text(size) for size in (1, 300_000, 5_500_000_000)] == ["1 KB", "293 KB", "5,245.2 MB"]


def test_a_time_is_told_by_the_clock_of_whoever_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    at = datetime(2026, 11, 30, 1, 2, 3, tzinfo=UTC).timestamp()
    text = msgspec.json.decode(msgspec.json.encode(Phrase("Resumes at {time}", time=at)), type=Phrase)
    try:
        for zone, clock in (("Asia/Shanghai", "09:02:03"), ("UTC", "01:02:03")):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert i18n.tr(text) == f"Resumes at {clock}"
    finally:
        monkeypatch.undo()
        time.tzset()
