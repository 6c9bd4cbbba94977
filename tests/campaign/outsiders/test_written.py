"""What the desk writes for others holds every text as one value on its own line: logs, reports, rules files."""

import json
import logging
import logging.handlers
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.campaign.outsiders.hostile import as_kept, hostile_texts
from tests.conftest import Sized
from tests.test_logs import set_up
from wxdesk.commands.doctor import attempt_lines, line, report_text
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.desk.rules.file.reading import read_rules, write_rules
from wxdesk.ui.notifications.service import _plain

RECORDS = (218, 1000, 10_000)
"""How many records are written in each size of the campaign: each text of the corpus in turn."""


def test_every_text_leaves_a_file_of_rules_as_it_came() -> None:
    texts = [as_kept(one.text)[:2000] for one in hostile_texts() if one.text.strip()]
    rules = tuple(
        Rule(
            text,
            when=Condition(any=(text,)),
            then=(Action(ActionKind.REPLY, text=text), Action(ActionKind.TAG, tags=(text,))),
        )
        for text in texts
    )
    file = write_rules(rules)
    assert read_rules(file, "rules.toml", lambda *_: ()).rules == rules
    assert [one for one in file if not one.isprintable() and one not in "\n\t\u3000\u200d"] == []


def test_every_text_is_one_line_of_doctors_report(tmp_path: Path) -> None:
    at = datetime(2026, 11, 24, tzinfo=UTC)
    found = [
        Finding(Check.TUNNEL, CheckVerdict.TUNNEL_DOWN, "shop", {"reason": one.text[:5000]}, at)
        for one in hostile_texts()
    ]
    for lines in ([line(one) for one in found], [one for each in found for one in attempt_lines({"shop": [each]})]):
        assert len(lines) == len(found)
        assert all(is_plain(one) for one in lines)
        report = report_text(tmp_path, lines)
        assert len(report.splitlines()) == len(report_text(tmp_path, ["-"] * len(found)).splitlines())
        assert "\n== forged" not in report


def is_plain(line: str) -> bool:
    return all(one.isprintable() or unicodedata.category(one) == "Zs" for one in line)


@pytest.mark.campaign
@pytest.mark.expects_log("")
def test_every_record_is_one_line_of_the_log(sized: Sized, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    texts = [one.text for one in hostile_texts()]
    said = [texts[number % len(texts)][:100_000] for number in range(sized(*RECORDS))]
    log = logging.getLogger("wxdesk.outside")
    written: list[str] = []
    with set_up(tmp_path, "INFO"):
        root = logging.getLogger()
        for handler in root.handlers:
            if isinstance(handler, logging.handlers.RotatingFileHandler):
                handler.maxBytes = 0  # the whole of it in one file
        for text in said:
            log.warning("%s", text)
    file = (tmp_path / "logs" / "wxdesk.log").read_text("utf-8")
    written = file.splitlines()
    assert len(written) == len(said)
    assert all(is_plain(one) for one in written)
    assert [json.loads(one)["text"] for one in written] == said
    assert len(capsys.readouterr().err.splitlines()) == len(said)


def test_every_text_is_words_in_a_notice() -> None:
    for one in hostile_texts():
        told = _plain(as_kept(one.text), "linux")
        assert "<" not in told
        assert told.count("&") == one.text.count("&") + one.text.count("<") + one.text.count(">")
