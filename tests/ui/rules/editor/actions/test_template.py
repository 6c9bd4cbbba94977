"""A rule that answers with a template, written in the editor."""

from collections.abc import Callable

from msgspec.structs import replace
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.marks import contents_of
from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.templates import Template
from wxdesk.ui.rules.editor.actions.bodies import TemplateBody
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge

type Stored = Callable[[], list[Rule]]


def test_a_rule_names_a_template_and_a_missing_one_is_said_at_its_field(
    qtbot: QtBot, world: World, bridge: Bridge, page: RulesPage, stored: Stored
) -> None:
    sorry = world.call(world.desk.templates.save(Template(0, "Sorry", "We are sorry.", "sorry")))
    qtbot.waitUntil(lambda: bridge.is_idle)
    page.editor.then_card.chips[ActionKind.TEMPLATE].click()
    body = page.editor.then_card.rows[-1].body
    assert isinstance(body, TemplateBody)
    assert body.name.hasFocus() or not page.isActiveWindow()
    qtbot.keyClicks(body.name, "sory")
    page.editor.check_now()
    assert body._error.full_text() == "There is no template “sory”."
    assert not page.editor.head.save.isEnabled()
    qtbot.keyClick(body.name, Qt.Key.Key_Backspace)
    qtbot.keyClicks(body.name, "ry")
    page.editor.check_now()
    page.editor.save()
    qtbot.waitUntil(lambda: stored()[0].then[-1] == Action(ActionKind.TEMPLATE, template=sorry.id))


def test_a_template_is_chosen_from_the_list(
    qtbot: QtBot, world: World, bridge: Bridge, page: RulesPage, stored: Stored
) -> None:
    asking = Template(0, "Order", "Order {{ ask.no }}", "order")
    for template in (Template(0, "Sorry", "We are sorry.", "sorry"), asking, Template(0, "order", "Other.", "")):
        world.call(world.desk.templates.save(template))
    qtbot.waitUntil(lambda: bridge.is_idle)
    page.editor.then_card.chips[ActionKind.TEMPLATE].click()
    body = page.editor.then_card.rows[-1].body
    assert isinstance(body, TemplateBody)
    menu = body.choose.popup_menu
    menu.aboutToShow.emit()
    told = {action.text(): action for action in menu.actions()}
    assert set(told) == {"Sorry    /sorry", "Order    /order    only by hand", "order    only by hand"}
    by_hand = told["Order    /order    only by hand"]
    assert not by_hand.isEnabled()
    assert "asks for “no”, and a rule has nobody to ask." in by_hand.toolTip()
    assert menu.toolTipsVisible()
    told["Sorry    /sorry"].trigger()
    assert body.name.text() == "Sorry"
    page.editor.check_now()
    assert [content.text for content in contents_of(page.preview)] == ["A colleague will help you.", "We are sorry."]
    page.editor.save()
    qtbot.waitUntil(lambda: stored()[0].then[-1] == Action(ActionKind.TEMPLATE, template=1))


def test_a_template_that_is_renamed_has_its_new_name_in_the_rule_that_sends_it(
    qtbot: QtBot, world: World, bridge: Bridge, page: RulesPage, stored: Stored
) -> None:
    sorry = world.call(world.desk.templates.save(Template(0, "Sorry", "We are sorry.", "sorry")))
    rule = Rule("Apology", when=Condition(any=("late",)), then=(Action(ActionKind.TEMPLATE, template=sorry.id),))
    saved = world.call(world.desk.rules.rulebook.save(rule))
    qtbot.waitUntil(lambda: bridge.is_idle and len(page.rules.rows()) == len(stored()))
    page.list.view.chosen.emit(saved.id)
    body = page.editor.then_card.rows[0].body
    assert isinstance(body, TemplateBody)
    assert body.name.text() == "Sorry"
    world.call(world.desk.templates.save(replace(sorry, title="Apologies")))
    qtbot.waitUntil(lambda: body.name.text() == "Apologies")
    assert body.action().template == sorry.id
    assert not page.unsaved


def test_a_long_list_of_templates_says_how_many_more_and_is_searched(
    qtbot: QtBot, world: World, bridge: Bridge, page: RulesPage
) -> None:
    world.call(world.desk.templates.save_all([Template(0, f"Notice {n:03}", "Hello.") for n in range(70)]))
    qtbot.waitUntil(lambda: bridge.is_idle)
    page.editor.then_card.chips[ActionKind.TEMPLATE].click()
    body = page.editor.then_card.rows[-1].body
    assert isinstance(body, TemplateBody)

    def offered(written: str) -> list[str]:
        body.name.setText(written)
        body.choose.popup_menu.aboutToShow.emit()
        return [action.text() for action in body.choose.popup_menu.actions()]

    assert len(offered("")) == 61
    assert offered("")[-1] == "10 more: write a few letters to find them"
    assert not body.choose.popup_menu.actions()[-1].isEnabled()
    assert offered("e 069") == ["Notice 069"]
    body.choose.popup_menu.actions()[0].trigger()
    assert body.name.text() == "Notice 069"
    assert len(offered("Notice 069")) == 61, "a name that is one leads to all others"
    assert len(offered("nothing like it")) == 61
