"""What no rule answered leads from the insights to a new rule."""

from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow


def test_rules_are_written_for_what_the_insights_show_as_unmatched(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    for name in ("Hours", "Price"):
        rule = Rule(name, when=Condition(any=(name,)), then=(Action(ActionKind.REPLY, text="…"),))
        world.call(world.desk.rules.rulebook.save(rule))
    world.say("oCustomer0000000000000001", "do you deliver to Tibet?")
    window.show_page(window.page_names.index("insights"))
    sections = window.pages.insights.widget.sections
    qtbot.waitUntil(sections.write_rules.isVisible)
    assert window.pages.rules.built is None, (
        "so that its first load comes after the click and must not close the review"
    )
    sections.write_rules.click()
    rules = window.pages.rules.widget
    assert window.stack.currentWidget() is rules
    qtbot.waitUntil(lambda: bridge.is_idle and rules.reviews.panel.rows.rowCount() == 1)
    assert rules.reviews.currentWidget() is rules.reviews.panel
    rules.reviews.panel.view.activated.emit(rules.reviews.panel.rows.index(0))
    new = rules.editor.record()
    assert new.id == 0
    assert new.when.any == ("do you deliver",)
    assert rules.reviews.currentWidget() is not rules.reviews.panel


def test_without_unmatched_messages_there_is_nothing_to_write(qtbot: QtBot, window: MainWindow, bridge: Bridge) -> None:
    window.show_page(window.page_names.index("insights"))
    page = window.pages.insights.widget
    qtbot.waitUntil(lambda: bridge.is_idle and page.figures is not None)
    assert page.sections.write_rules.isHidden()
