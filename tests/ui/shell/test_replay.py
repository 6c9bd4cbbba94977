"""A push of the traffic page is tried in the rules of now, and nothing leaves."""

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.shell.main_window import MainWindow

WANG = "oW7hAbCdEfGhIjKlMnOpQrStUc31"


def test_a_push_is_tried_in_the_rules_of_now_without_any_call(
    qtbot: QtBot, world: World, window: MainWindow, bridge: Bridge
) -> None:
    world.say(WANG, "when do you open?")  # no rule yet
    rule = Rule("Hours", when=Condition(any=("open",)), then=(Action(ActionKind.REPLY, text="At nine."),))
    world.call(world.desk.rules.rulebook.save(rule))
    calls = world.call(world.desk.traffic.newest_first())
    traffic, rules = window.pages.traffic.widget, window.pages.rules.widget
    window.show_page(window.page_names.index("traffic"))
    traffic.header.search.setText("when do you open?")
    qtbot.waitUntil(lambda: traffic.shown.rowCount() == 1)
    traffic.view.selectRow(0)
    qtbot.waitUntil(traffic.detail.replay.isVisible)
    traffic.detail.replay.click()
    qtbot.waitUntil(rules.trial.isVisible)
    qtbot.waitUntil(lambda: bridge.is_idle and "At nine." in _said(rules))
    assert world.sandbox.sent == ()
    assert world.call(world.desk.traffic.newest_first()) == calls


def _said(rules: RulesPage) -> str:
    return " ".join(widget.accessibleName() for widget in rules.trial.findChildren(QWidget))
