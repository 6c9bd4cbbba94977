"""A rule for one of several mini programs is written in the window."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from tests.ui.world import World, open_world
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.rules.editor.conditions.context_parts import ChoicePart
from wxdesk.ui.rules.page import RulesPage

WORDS = "which mini program it is"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A desk with two mini programs."""
    with open_world(tmp_path, others=["tea"]) as opened:
        yield opened


def _chooser(page: RulesPage) -> ChoicePart[str]:
    part = page.editor.when_card.part("account")
    assert isinstance(part, ChoicePart)
    return part


def _choose(menu: QMenu, words: str) -> None:
    menu.aboutToShow.emit()
    groups = [QMenu.menuInAction(one) for one in menu.actions() if one.menu() is not None]
    lines = [line for one in [menu, *groups] for line in one.actions() if line.text() == words and line.isVisible()]
    lines[0].trigger()


def test_a_rule_is_for_the_mini_program_that_is_chosen(page: RulesPage, world: World, qtbot: QtBot) -> None:
    page.start_new()
    page.editor.head.title.setText("Tea")
    page.editor.then_card.add_action(ActionKind.SILENT)
    _choose(page.editor.when_card.add.popup_menu, WORDS)
    chooser = _chooser(page).choice
    assert chooser.value == "shop"
    _choose(chooser.popup_menu, "tea")
    page.editor.check_now()
    page.editor.head.save.click()
    qtbot.waitUntil(lambda: not page.editor.unsaved)
    [kept] = [one for one in world.call(world.desk.rules.rulebook.all()) if one.name == "Tea"]
    assert kept.when == Condition(account="tea")


def test_a_mini_program_that_is_gone_stays_until_another_is_chosen(page: RulesPage, world: World) -> None:
    rule = Rule("Gone", when=Condition(account="gone"), then=(Action(ActionKind.SILENT),))
    page.editor.show_record(world.call(world.desk.rules.rulebook.save(rule)))
    chooser = _chooser(page).choice
    assert (chooser.text(), page.editor.unsaved) == ("gone", False)
    chooser.popup_menu.aboutToShow.emit()
    assert [line.text() for line in chooser.popup_menu.actions()] == ["shop", "tea", "gone"]


def test_a_mini_program_that_came_later_is_offered_in_an_open_rule(page: RulesPage, world: World) -> None:
    page.start_new()
    page.editor.when_card.add_condition("account")
    world.call(
        world.desk.accounts.use({**world.desk.accounts, "cup": replace(world.desk.accounts["tea"], name="cup")}, {})
    )
    chooser = _chooser(page).choice
    chooser.popup_menu.aboutToShow.emit()
    assert [line.text() for line in chooser.popup_menu.actions()] == ["shop", "tea", "cup"]
