"""A stored rule that cannot be used says so in its row, with the reason, until it can be used again."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.templates import Template
from wxdesk.i18n import tr
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.row_list import RECORD


@pytest.mark.expects_log("stored rule")
def test_a_rule_that_is_left_out_says_why_in_its_row(
    page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    broken = Rule("Late", when=Condition(any=("late",)), then=(Action(ActionKind.TEMPLATE, template="sorry"),))
    late = world.call(world.store.rules.save(broken, world.desk.clock()))  # as a desk that knew the template did
    world.call(world.desk.rules.rulebook.changed())
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 5)
    row = page.rules.index(page.rules.row_of(late.id))
    why = "Left out: There is no template “sorry”."
    assert row.data(RECORD).left_out == why
    assert why in row.data(Qt.ItemDataRole.AccessibleTextRole)
    assert why in row.data(Qt.ItemDataRole.ToolTipRole)
    assert page.rules.index(0).data(RECORD).left_out == ""
    [trouble] = world.desk.health.state.troubles
    assert tr(trouble.text) == "Rule “Late” is left out: There is no template “sorry”."
    world.call(world.desk.templates.save(Template(0, "Apology", "We are sorry.", "sorry")))
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.index(page.rules.row_of(late.id)).data(RECORD).left_out == "")
