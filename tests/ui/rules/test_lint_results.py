"""What is doubtful about a rule is said when it is saved, and stays in its editor."""

from collections.abc import Callable
from datetime import time

from msgspec.structs import replace
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit
from wxdesk.ui.rules.editor.conditions.parts import PatternPart, WordsPart
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.labels import PlainLabel

type Stored = Callable[[], list[Rule]]

NEVER = "It never answers: “Refunds” above it matches whatever it matches."


def _words(page: RulesPage) -> WordsPart:
    part = page.editor.when_card.part("any")
    assert isinstance(part, WordsPart)
    return part


def _hide_hours(page: RulesPage, bridge: Bridge, qtbot: QtBot) -> None:
    page.list.view.setCurrentIndex(page.rules.index(1))
    _words(page).chips.set_words(("refund", "退款"))
    page.editor.when_card.part("none").removed.emit(page.editor.when_card.part("none"))
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and bool(page.editor.doubts.lines))


def test_a_rule_that_never_answers_says_so_when_it_is_saved(
    page: RulesPage, bridge: Bridge, host: QWidget, qtbot: QtBot
) -> None:
    host.activateWindow()
    qtbot.waitUntil(host.isActiveWindow)
    assert not page.editor.doubts.isVisible()
    _hide_hours(page, bridge, qtbot)
    toast = host.findChild(Toast)
    assert toast.findChild(PlainLabel).full_text() == f"“Hours” is saved, but: {NEVER}"
    assert [line.words.full_text() for line in page.editor.doubts.lines] == [NEVER]
    assert page.editor.doubts.isVisible()
    toast.action.click()
    qtbot.waitUntil(lambda: _words(page).chips.add.hasFocus())


def test_the_card_follows_the_rule_and_leads_to_the_other(page: RulesPage, bridge: Bridge, qtbot: QtBot) -> None:
    _hide_hours(page, bridge, qtbot)
    page.editor.doubts.lines[0].other.click()
    assert page.editor.head.title.text() == "Refunds"
    assert not page.editor.doubts.isVisible()
    page.list.view.setCurrentIndex(page.rules.index(1))
    assert page.editor.doubts.isVisible()
    _words(page).chips.set_words(("opening",))
    _words(page).changed.emit()
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.editor.doubts.isVisible())


def test_a_sound_rule_is_merely_saved(page: RulesPage, bridge: Bridge, host: QWidget, qtbot: QtBot) -> None:
    page.editor.head.title.setText("Money back")
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and page.editor.saved.name == "Money back")
    assert host.findChild(Toast).findChild(PlainLabel).full_text() == "“Money back” saved"


def test_what_becomes_doubtful_later_is_not_told_as_just_saved(
    page: RulesPage, world: World, host: QWidget, bridge: Bridge, qtbot: QtBot
) -> None:
    page.list.view.setCurrentIndex(page.rules.index(1))
    page.editor.head.title.setText("Opening")
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and page.editor.saved.name == "Opening")
    host.findChild(Toast).hide()
    first, second, *_ = world.call(world.desk.rules.rulebook.all())
    hiding = replace(second, id=0, name="Hiding", revision=0)
    world.call(world.desk.rules.rulebook.save(hiding))
    ids = [one.id for one in world.call(world.desk.rules.rulebook.all()) if one.name == "Hiding"]
    world.call(world.desk.rules.rulebook.reorder([*ids, first.id]))
    qtbot.waitUntil(lambda: bridge.is_idle and page.editor.doubts.isVisible())
    assert "is saved, but" not in host.findChild(Toast).findChild(PlainLabel).full_text()


def test_the_rules_are_looked_over_once_for_each_change(
    page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    found: list[object] = []
    page.reviews.found.connect(found.append)
    page.editor.head.title.setText("Money back")
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rows()[0].name == "Money back")
    assert len(found) == 1
    week = (WeeklySpan(frozenset({Weekday.MON}), OpenSpan(time(9), time(18))),)
    world.call(world.desk.rules.business_hours.save(BusinessHoursEdit([Calendar("Shop", weekly=week)])))
    qtbot.waitUntil(lambda: len(found) == 2)
    page.activate()
    qtbot.waitUntil(lambda: bridge.is_idle and len(found) == 3)


def test_a_pattern_that_matches_every_text_is_said_to_while_it_is_written(
    page: RulesPage, bridge: Bridge, stored: Stored, qtbot: QtBot
) -> None:
    page.list.view.setCurrentIndex(page.rules.index(2))
    part = page.editor.when_card.part("regex")
    assert isinstance(part, PatternPart)
    assert not part.note.isVisible()
    part.field.selectAll()
    qtbot.keyClicks(part.field, r"order (?P<no>\d+)")
    assert not part.note.isVisible()
    qtbot.keyClicks(part.field, "|")
    assert (part.note.full_text(), part.note.isVisible()) == ("This pattern matches every text.", True)
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and bool(page.editor.doubts.lines))
    assert stored()[2].when.regex == r"order (?P<no>\d+)|"
    assert "This pattern matches every text." in [line.words.full_text() for line in page.editor.doubts.lines]
    qtbot.keyClicks(part.field, "x")
    assert not part.note.isVisible()
