"""Import and export: all or nothing, never unasked, and a mistake has its line."""

import tomllib
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit
from wxdesk.paths import resource
from wxdesk.ui.rules.import_preview import ImportDialog
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import Legend
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.dialogs.notices import Notices
from wxdesk.ui.widgets.labels import PlainLabel

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
    qtbot.waitUntil(lambda: bridge.is_idle)
    told = notices.bars.texts()["rules-file"]
    assert told == "Line 8 of shop.toml: A “(” is not closed. Nothing was imported."
    assert host.findChild(ImportDialog) is None
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert stored() == before


def test_all_mistakes_of_a_wrong_file_are_listed(
    page: RulesPage, bridge: Bridge, notices: Notices, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    rule = '[[rules]]\nname = "a"\nwhen = { any = ["x"] }\nthen = [{ reply = "{{ nmae }}" }]\n'
    page.files.import_from(_file(tmp_path, rule + rule.replace("when", "whne")))
    qtbot.waitUntil(lambda: bridge.is_idle and "rules-file" in notices.bars.texts())
    assert notices.bars.texts()["rules-file"].startswith("Line 4 of shop.toml: There is no variable “nmae”.")
    button = notices.bars.button("rules-file")
    assert button.text() == "All 2 mistakes"
    button.click()
    legend = page.window().findChild(Legend)
    assert legend is not None
    told = [label.full_text() for label in legend.findChildren(PlainLabel)]
    assert [told[at] for at in (0, 1, 3)] == ["Mistakes in shop.toml", "Line 4", "Line 7"]
    assert told[4].startswith("“whne” is not known here.")
    legend.close()


def test_a_file_without_rules_is_refused_before_any_question(
    page: RulesPage, stored: Stored, notices: Notices, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    before = stored()
    page.files.import_from(_file(tmp_path, "# all my rules\n"))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert "Line 1 of shop.toml: This file has no [[rules]]" in notices.bars.texts()["rules-file"]
    assert host.findChild(ImportDialog) is None
    assert stored() == before


def test_a_file_that_is_no_text_or_missing_is_refused(page: RulesPage, notices: Notices, tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"# fine\n\xff\xfe")
    page.files.import_from(str(binary))
    assert notices.bars.texts()["rules-file"].startswith("Line 2 of binary.toml: This is not UTF-8 text.")
    page.files.import_from(str(tmp_path / "missing.toml"))
    assert "missing.toml" in notices.bars.texts()["rules-file"]


def rows_of(question: ImportDialog) -> list[str]:
    """The texts of what it would change."""
    return [question.list.item(row).text() for row in range(question.list.count())]


def _asked(page: RulesPage, file: str, host: QWidget, bridge: Bridge, qtbot: QtBot) -> ImportDialog:
    page.files.import_from(file)
    qtbot.waitUntil(lambda: bridge.is_idle)
    question: ImportDialog | None = host.findChild(ImportDialog)
    assert question is not None
    return question


def test_a_template_that_is_not_there_is_told_before_any_question(
    page: RulesPage, notices: Notices, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    unknown = GOOD + '\n[[rules]]\nname = "Two"\nwhen = { any = ["x"] }\nthen = [{ template = "nobody" }]\n'
    page.files.import_from(_file(tmp_path, unknown))
    qtbot.waitUntil(lambda: bridge.is_idle)
    told = notices.bars.texts()["rules-file"]
    assert told == "Line 9 of shop.toml: There is no template “nobody”. Nothing was imported."
    assert host.findChild(ImportDialog) is None


OTHER = r"""
[[calendars]]
name = "Shop"
weekly = [{ days = ["mon"], from = "09:00", to = "18:00" }]

[[rules]]
name = "Parcels"
when = { regex = 'order (?P<no>\d{4,})' }
then = [{ reply = "Order {{ m.no }} is on its way." }]

[[rules]]
name = "Hours"
when = { any = ["opening hours", "几点"], none = ["refund"] }
then = [{ reply = "We open at 10." }]

[[rules]]
name = "Greeting"
enabled = false
when = { any = ["hello"] }
then = [{ reply = "Hello." }]

[[rules]]
name = "Everything else"
default = true
cooldown = { per_contact_s = 600 }
then = [{ reply = "Thank you, {{ contact.alias }}." }]
"""


def test_an_import_without_rules_here_shows_hours_that_it_changes(
    empty_page: RulesPage, world: World, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    kept = Calendar("Shop", weekly=(WeeklySpan(frozenset({Weekday.TUE}), OpenSpan(time(9), time(18))),))
    world.call(world.desk.rules.business_hours.save(BusinessHoursEdit([kept])))
    question = _asked(empty_page, _file(tmp_path, OTHER), host, bridge, qtbot)
    assert rows_of(question)[-1].startswith("Shop\n")
    question.reject()
    [there] = world.desk.rules.rulebook.calendars.all
    assert there.weekly == kept.weekly


def test_a_name_in_a_file_is_no_markup(
    page: RulesPage, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    name = "<img src='file:///picture.png' width=9000>"
    file = _file(tmp_path, OTHER.replace('"Greeting"', f'"{name}"'))
    question = _asked(page, file, host, bridge, qtbot)
    tips = [question.list.item(row).toolTip() for row in range(question.list.count())]
    assert any("&lt;img" in tip for tip in tips)
    assert not any("<img" in tip for tip in tips)
    question.reject()


def test_an_import_shows_what_it_changes_and_waits(
    page: RulesPage, stored: Stored, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    before = stored()
    question = _asked(page, _file(tmp_path, OTHER), host, bridge, qtbot)
    assert question.windowTitle() == "Import shop.toml?"
    assert question.summary.full_text() == (
        "4 rules instead of 4: 1 new, 1 changed, 1 removed, 1 moved, 1 the same, 1 calendar added."
    )
    assert rows_of(question) == [
        "Parcels\nplace 3 → 1",
        "Hours\nChanged",
        "Greeting\nAdded",
        "Refunds\nRemoved",
        "Shop\nBusiness hours, new",
    ]
    question.list.setCurrentRow(1)
    assert "− \tWe open at 9." in question.view.toPlainText().replace("−\t", "− \t")
    assert "+ \tWe open at 10." in question.view.toPlainText().replace("+\t", "+ \t")
    question.list.setCurrentRow(4)
    assert "09:00–18:00" in question.view.toPlainText()
    question.cancel.click()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert stored() == before


def test_an_import_tells_the_mini_program_that_is_not_there(
    page: RulesPage, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    elsewhere = '[[rules]]\nname = "x"\nwhen = { account = "tee" }\nthen = [{ silent = true }]\n'
    question = _asked(page, _file(tmp_path, elsewhere), host, bridge, qtbot)
    assert question.summary.full_text().endswith(" There is no mini program “tee”.")
    question.cancel.click()
    question = _asked(page, _file(tmp_path, elsewhere * 2), host, bridge, qtbot)
    assert question.summary.full_text().endswith(" 2 rules are called “x”. There is no mini program “tee”.")


def test_an_import_is_undone_and_redone(
    page: RulesPage, world: World, stored: Stored, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    before, view = stored(), page.list.view
    _asked(page, _file(tmp_path, OTHER), host, bridge, qtbot).action.click()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 4 and page.rules.index(0).data() == "Parcels")
    assert [calendar.name for calendar in world.desk.rules.rulebook.calendars.all] == ["Shop"]
    toast = host.findChild(Toast)
    assert toast.findChild(PlainLabel).full_text().startswith("4 rules now, 4 before: ")
    after = stored()
    toast.action.click()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.index(0).data() == "Refunds")
    back = stored()
    assert [(rule.id, rule.name, rule.then, rule.when) for rule in back] == [
        (rule.id, rule.name, rule.then, rule.when) for rule in before
    ]
    assert world.desk.rules.rulebook.calendars.all == ()
    assert [rule.revision for rule in back] == [1, 3, 1, 1]  # what was said in between stays a revision
    qtbot.keyClick(view, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.index(0).data() == "Parcels")
    assert [(rule.id, rule.name, rule.then) for rule in stored()] == [(rule.id, rule.name, rule.then) for rule in after]


def test_changes_saved_after_an_import_survive_its_undo_and_redo(
    page: RulesPage, stored: Stored, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    """The file's “Hours” is renamed and a rule is added; both stay in either list."""
    _asked(page, _file(tmp_path, OTHER), host, bridge, qtbot).action.click()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.index(0).data() == "Parcels")
    page.list.view.setCurrentIndex(page.rules.index(1))
    page.editor.head.title.setText("Opening")
    assert page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.unsaved)
    page.start_new()
    page.editor.write(Rule("Fresh", when=Condition(any=("fresh",)), then=(Action(ActionKind.SILENT),)))
    assert page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 5)
    renamed, fresh = stored()[1], stored()[3]
    assert (renamed.name, fresh.name) == ("Opening", "Fresh")
    page.past.undo()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.index(0).data() == "Refunds")
    assert [rule.name for rule in stored()] == ["Refunds", "Opening", "Parcels", "Fresh", "Everything else"]
    assert [stored()[place].then for place in (1, 3)] == [renamed.then, fresh.then]
    said = host.findChild(Toast).findChild(PlainLabel).full_text()
    assert said == "Undone · saved since and kept: “Opening” “Fresh”"
    page.past.redo()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.index(0).data() == "Parcels")
    assert [rule.name for rule in stored()] == ["Parcels", "Opening", "Greeting", "Fresh", "Everything else"]
    assert host.findChild(Toast).findChild(PlainLabel).full_text() == "Done again"


def test_a_deletion_is_not_done_again_over_what_was_saved_since(
    page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    before = [rule.name for rule in stored()]
    page.list.view.delete_asked.emit(page.editor.saved)
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 3)
    page.past.undo()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 4 and page.editor.saved.name == "Refunds")
    page.editor.head.title.setText("Money back")
    assert page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.unsaved)
    page.past.redo()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert [rule.name for rule in stored()] == ["Money back", *before[1:]]


def test_a_file_that_changes_nothing_says_so(
    page: RulesPage, world: World, bridge: Bridge, tmp_path: Path, host: QWidget, qtbot: QtBot
) -> None:
    same = world.call(world.desk.rules.exchange.export()).text
    question = _asked(page, _file(tmp_path, same), host, bridge, qtbot)
    assert rows_of(question) == []
    assert not question.action.isEnabled()
    question.cancel.click()


def test_an_export_is_a_rules_file(page: RulesPage, bridge: Bridge, tmp_path: Path, qtbot: QtBot) -> None:
    target = tmp_path / "out.toml"
    page.files.export_to(str(target))
    qtbot.waitUntil(lambda: bridge.is_idle and target.exists())
    written = tomllib.loads(target.read_text(encoding="utf-8"))
    assert [rule["name"] for rule in written["rules"]] == ["Refunds", "Hours", "Parcels", "Everything else"]


@pytest.mark.expects_log("could not be saved")
def test_an_export_that_fails_is_told(
    page: RulesPage, notices: Notices, bridge: Bridge, tmp_path: Path, qtbot: QtBot
) -> None:
    page.files.export_to(str(tmp_path / "no such folder" / "out.toml"))
    qtbot.waitUntil(lambda: bridge.is_idle and "not saved" in notices.bars.texts())
    assert notices.bars.texts()["not saved"] == "Not saved: there is no such file or folder"


@pytest.mark.parametrize(
    ("told", "chinese"), [("shop: that is a folder", False), ("shop：这是一个文件夹", True)], ids=["en", "zh_CN"]
)
def test_a_file_that_cannot_be_read_is_told_in_the_operators_language(
    page: RulesPage, notices: Notices, tmp_path: Path, told: str, chinese: bool
) -> None:
    (tmp_path / "shop").mkdir()
    if chinese:
        i18n.use("zh_CN")
    page.files.import_from(str(tmp_path / "shop"))
    assert notices.bars.texts()["rules-file"].endswith(told)


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
