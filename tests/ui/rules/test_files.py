"""Import and export: all or nothing, never unasked, and a mistake has its line."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from wxdesk.core.rules import Rule
from wxdesk.paths import resource
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.dialogs import ConfirmDialog
from wxdesk.ui.notices import Notices
from wxdesk.ui.rules.page import RulesPage

type Stored = Callable[[], list[Rule]]

GOOD = '[[rules]]\nname = "Only one"\nwhen = { any = ["hi"] }\nthen = [{ reply = "Hello." }]\n'


def _file(folder: Path, text: str) -> str:
    path = folder / "shop.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_wrong_file_names_its_line_and_changes_nothing(
    page: RulesPage, stored: Stored, notices: Notices, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    before = stored()
    wrong = GOOD + '\n[[rules]]\nname = "Two"\nwhen = { regex = "(" }\nthen = [{ reply = "x" }]\n'
    page.files.import_from(_file(tmp_path, wrong))
    told = notices.bars.texts()["rules-file"]
    assert told == "Nothing was imported. shop.toml, line 8: A “(” is not closed."
    assert host.findChild(ConfirmDialog) is None
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert stored() == before


def test_what_is_not_text_or_not_there_is_refused(page: RulesPage, notices: Notices, tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"# fine\n\xff\xfe")
    page.files.import_from(str(binary))
    assert notices.bars.texts()["rules-file"].endswith("binary.toml, line 2: This is not UTF-8 text.")
    page.files.import_from(str(tmp_path / "missing.toml"))
    assert "missing.toml" in notices.bars.texts()["rules-file"]


def test_an_import_says_what_it_destroys_and_waits(
    page: RulesPage, stored: Stored, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    page.files.import_from(_file(tmp_path, GOOD))
    question = host.findChild(ConfirmDialog)
    assert question is not None
    assert question.windowTitle() == "Replace 4 rules by 1 rule?"
    assert len(stored()) == 4
    question.action.click()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 1)
    assert [rule.name for rule in stored()] == ["Only one"]
    assert page.editor.head.name.text() == "Only one"


def test_an_export_is_a_rules_file(page: RulesPage, bridge: Bridge, tmp_path: Path, qtbot: QtBot) -> None:
    target = tmp_path / "out.toml"
    page.files.export_to(str(target))
    qtbot.waitUntil(lambda: bridge.is_idle and target.exists())
    written = tomllib.loads(target.read_text(encoding="utf-8"))
    assert [rule["name"] for rule in written["rules"]] == ["Refunds", "Hours", "Parcels", "Everything else"]


@pytest.mark.expects_log("could not be exported")
def test_an_export_that_fails_is_told(
    page: RulesPage, notices: Notices, bridge: Bridge, tmp_path: Path, qtbot: QtBot
) -> None:
    page.files.export_to(str(tmp_path / "no such folder" / "out.toml"))
    qtbot.waitUntil(lambda: bridge.is_idle and "rules-file" in notices.bars.texts())
    assert notices.bars.texts()["rules-file"].startswith("Not exported: ")


def test_without_rules_the_shops_own_are_offered(
    empty_page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    assert empty_page.empty.isVisible()
    assert not empty_page.editor.isVisible()
    empty_page.empty.starter.click()
    shipped = tomllib.loads(resource("rules", "starter.en.toml").read_text(encoding="utf-8"))["rules"]
    qtbot.waitUntil(lambda: bridge.is_idle and empty_page.rules.rowCount() == len(shipped))
    assert [rule.name for rule in stored()] == [rule["name"] for rule in shipped]
    assert empty_page.editor.isVisible()


def test_without_rules_one_can_be_begun(empty_page: RulesPage) -> None:
    empty_page.empty.new.click()
    assert empty_page.editor.isVisible()
    assert empty_page.editor.saved.id == 0
