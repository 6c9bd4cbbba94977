"""What is undone in the list comes back as it was, whatever else was done to rules and templates since."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, LastRule, Rule
from wxdesk.core.templates import Template
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit
from wxdesk.desk.rules.trial.scenario import TrialMessage
from wxdesk.i18n import tr
from wxdesk.ui.rules.editor.conditions.context_parts import LastRulePart
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.labels import PlainLabel

type Stored = Callable[[], list[Rule]]
type Press = Callable[..., None]

CTRL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
FILE = """
[[rules]]
name = "Refunds"
when = {{ any = ["{0}"] }}
then = [{{ reply = "{0}" }}]

[[rules]]
name = "Hours"
when = {{ any = ["{0}"] }}
then = [{{ silent = true }}]
"""


@pytest.fixture
def press(page: RulesPage, bridge: Bridge, qtbot: QtBot) -> Press:
    """Strikes a key in the list, on the first rule or one of another name, and waits until that is done."""

    def press(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE, on: str = "Refunds") -> None:
        row = next((row for row, rule in enumerate(page.rules.rows()) if rule.name == on), 0)
        page.list.view.setCurrentIndex(page.rules.index(row))
        qtbot.keyClick(page.list.view, key, modifiers)
        qtbot.waitUntil(lambda: bridge.is_idle)

    return press


def worded(rules: list[Rule]) -> list[tuple[object, ...]]:
    return [(rule.id, rule.name, rule.enabled, rule.when, rule.then) for rule in rules]


def take_in(page: RulesPage, world: World, word: str) -> None:
    page.changes.take_in(world.call(world.desk.rules.exchange.take_in(FILE.format(word), "f.toml")))


@pytest.mark.parametrize("between", [None, Qt.Key.Key_Space, Qt.Key.Key_Delete], ids=["nothing", "switch", "deletion"])
def test_two_imports_are_undone_and_redone_one_after_the_other(
    page: RulesPage,
    world: World,
    stored: Stored,
    press: Press,
    host: QWidget,
    bridge: Bridge,
    qtbot: QtBot,
    between: Qt.Key | None,
) -> None:
    steps = [worded(stored())]
    for word in ("a", "b"):
        take_in(page, world, word)
        qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 2)
        steps.append(worded(stored()))
        if word == "a" and between is not None:
            press(between)
            steps.append(worded(stored()))
    for step in reversed(steps[:-1]):
        press(Qt.Key.Key_Z, CTRL)
        assert worded(stored()) == step
        assert host.findChild(Toast).findChild(PlainLabel).full_text() == "Undone"
    for step in steps[1:]:
        press(Qt.Key.Key_Z, CTRL | SHIFT)
        assert worded(stored()) == step


@pytest.fixture
def opening(world: World) -> Template:
    """A template, and a rule that says it and asks for another rule."""
    made = world.call(world.desk.templates.save(Template(0, "Opening", "We open at nine.", "hours")))
    when = Condition(any=("open",), unless=Condition(last_rule_within=LastRule("Hours", 5)))
    then = (Action(ActionKind.TEMPLATE, template="hours"),)
    world.call(world.desk.rules.rulebook.save(Rule("Says", when=when, then=then)))
    return made


def give_names_away(world: World, opening: Template, stored: Stored) -> None:
    shelf, book = world.desk.templates, world.desk.rules.rulebook
    world.call(shelf.save(replace(opening, shortcut="open")))
    world.call(shelf.save(Template(0, "Money", "We refund.", "hours")))
    hours = next(rule for rule in stored() if rule.name == "Hours")
    world.call(book.save(replace(hours, name="Times")))
    world.call(book.save(replace(hours, id=0, when=Condition(exact=("hours",)))))


@pytest.mark.parametrize("removed", ["deletion", "import"])
def test_a_rule_that_comes_back_means_what_it_meant(
    page: RulesPage,
    world: World,
    stored: Stored,
    press: Press,
    opening: Template,
    bridge: Bridge,
    qtbot: QtBot,
    removed: str,
) -> None:
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 5)
    if removed == "import":
        take_in(page, world, "a")
        qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 2)
    else:
        press(Qt.Key.Key_Delete, on="Says")
    assert "Says" not in [rule.name for rule in stored()]
    give_names_away(world, opening, stored)
    qtbot.waitUntil(lambda: bridge.is_idle)
    press(Qt.Key.Key_Z, CTRL)
    [says] = [rule for rule in stored() if rule.name == "Says"]
    assert says.then[0].template == opening.id
    assert world.desk.rules.rulebook.named(says).when.unless == Condition(last_rule_within=LastRule("Times", 5))
    assert [content.text for content in world.desk.rules.trials.try_message(TrialMessage("open")).contents] == [
        "We open at nine."
    ]
    assert (says.revision, len(world.call(world.desk.rules.rulebook.revisions(says.id)))) == (1, 1)


@pytest.mark.expects_log("A stored rule cannot be used")
def test_a_rule_whose_template_is_gone_says_that_and_not_what_another_says(
    world: World, stored: Stored, press: Press, opening: Template, page: RulesPage, bridge: Bridge, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 5)
    press(Qt.Key.Key_Delete, on="Says")
    world.call(world.desk.templates.delete(opening.id))
    world.call(world.desk.templates.save(Template(0, "Money", "We refund.", "hours")))
    press(Qt.Key.Key_Z, CTRL)
    [says] = [rule for rule in stored() if rule.name == "Says"]
    [(left, why)] = world.desk.rules.rulebook.left_out.items()
    assert (left, tr(why)) == (says.id, "There is no template “Opening”.")


def test_a_default_comes_back_below_what_was_saved_since(
    page: RulesPage, world: World, stored: Stored, press: Press, bridge: Bridge, qtbot: QtBot
) -> None:
    press(Qt.Key.Key_Delete, on="Everything else")
    world.call(
        world.desk.rules.rulebook.save(Rule("New", when=Condition(any=("new",)), then=(Action(ActionKind.SILENT),)))
    )
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 4)
    press(Qt.Key.Key_Z, CTRL)
    assert [rule.name for rule in stored()] == ["Refunds", "Hours", "Parcels", "New", "Everything else"]
    assert world.call(world.desk.rules.review.findings()) == []


HOURS = """
[[calendars]]
name = "Shop"
weekly = [{ days = ["mon"], from = "09:00", to = "18:00" }]

[[calendars]]
name = "Other"
weekly = [{ days = ["tue"], from = "20:00", to = "23:00" }]

[[rules]]
name = "Asks"
when = { any = ["a"], hours = { inside = "Shop" } }
then = [{ reply = "a" }]
"""
HOURS_UNASKED = HOURS.replace('"Asks"', '"Does not"').replace(', hours = { inside = "Shop" }', "")


@pytest.mark.parametrize("removed", ["deletion", "import"])
@pytest.mark.parametrize(
    ("renamed", "asked"),
    [({"Shop": "Store"}, "Store"), ({"Shop": "Day", "Other": "Shop"}, "Day")],
    ids=["renamed", "name given away"],
)
def test_a_rule_that_comes_back_asks_for_the_business_hours_that_it_asked_for(
    page: RulesPage,
    world: World,
    stored: Stored,
    press: Press,
    bridge: Bridge,
    qtbot: QtBot,
    removed: str,
    renamed: dict[str, str],
    asked: str,
) -> None:
    world.call(world.desk.rules.exchange.take_in(HOURS, "f.toml"))
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 1)
    if removed == "import":
        page.changes.take_in(world.call(world.desk.rules.exchange.take_in(HOURS_UNASKED, "g.toml")))
        qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rows()[0].name == "Does not")
    else:
        press(Qt.Key.Key_Delete, on="Asks")
    there = world.desk.rules.rulebook.calendars.all
    hours = [replace(one, name=renamed.get(one.name, one.name)) for one in there]
    world.call(world.desk.rules.business_hours.save(BusinessHoursEdit(hours, there)))
    qtbot.waitUntil(lambda: bridge.is_idle)
    press(Qt.Key.Key_Z, CTRL)
    [asks] = stored()
    assert (asks.name, asks.revision) == ("Asks", 1)
    assert world.desk.rules.rulebook.named(asks).when.calendars == {asked}
    assert set(world.desk.rules.rulebook.calendars.all) == set(hours)
    assert world.desk.rules.rulebook.left_out == {}


@pytest.mark.expects_log("A stored rule cannot be used")
def test_a_restored_rule_without_its_business_hours_is_left_out(
    page: RulesPage, world: World, stored: Stored, press: Press, bridge: Bridge, qtbot: QtBot
) -> None:
    world.call(world.desk.rules.exchange.take_in(HOURS, "f.toml"))
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 1)
    press(Qt.Key.Key_Delete, on="Asks")
    there = world.desk.rules.rulebook.calendars.all
    edit = BusinessHoursEdit([replace(there[1], name="Shop")], there)
    world.call(world.desk.rules.business_hours.save(edit))
    press(Qt.Key.Key_Z, CTRL)
    assert world.desk.rules.rulebook.left_out == {stored()[0].id: "There is no calendar of this name."}


def test_a_rule_that_took_the_name_of_a_deleted_one_can_be_chosen_instead(
    page: RulesPage, stored: Stored, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    book = world.desk.rules.rulebook
    hours = next(rule for rule in stored() if rule.name == "Hours")
    asks = replace(hours, id=0, name="Asks", when=Condition(last_rule_within=LastRule("Hours", 5)))
    asks = world.call(book.save(asks))
    world.call(book.delete(hours.id))
    again = world.call(book.save(replace(hours, id=0)))
    qtbot.waitUntil(lambda: bridge.is_idle)
    page.editor.show_record(asks)
    part = page.editor.when_card.part("last_rule_within")
    assert isinstance(part, LastRulePart)
    assert (part.rule.value, page.editor.when_card.when().rules) == ("Hours", frozenset({hours.id}))
    part.rule.fill()
    next(action for action in part.rule.popup_menu.actions() if action.text() == "Hours").trigger()
    assert page.editor.when_card.when().rules == {again.id}


def test_a_rule_that_is_renamed_elsewhere_has_its_new_name_where_it_is_referred_to(
    page: RulesPage, stored: Stored, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    book = world.desk.rules.rulebook
    hours = next(rule for rule in stored() if rule.name == "Hours")
    when = Condition(last_rule_within=LastRule("Hours", 5))
    asks = world.call(book.save(replace(hours, id=0, name="Asks", when=when)))
    qtbot.waitUntil(lambda: bridge.is_idle)
    page.list.view.chosen.emit(asks.id)
    world.call(book.save(replace(hours, name="Opening hours")))
    qtbot.waitUntil(lambda: bridge.is_idle and "Opening hours" in page.rules.names(without=0))
    part = page.editor.when_card.part("last_rule_within")
    assert isinstance(part, LastRulePart)
    qtbot.waitUntil(lambda: part.rule.value == "Opening hours", timeout=3000)
