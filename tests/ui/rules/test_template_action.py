"""A rule that answers with a template, written in the editor."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.rules import Action, ActionKind, Rule
from wxdesk.core.templates import Template
from wxdesk.ui.bridge import Bridge
from wxdesk.ui.rules.action_bodies import TemplateBody
from wxdesk.ui.rules.page import RulesPage

type Stored = Callable[[], list[Rule]]


def test_a_rule_names_a_template_and_a_missing_one_is_said_at_its_field(
    qtbot: QtBot, world: World, bridge: Bridge, page: RulesPage, stored: Stored
) -> None:
    world.call(world.desk.phrasebook.save(Template(0, "Sorry", "We are sorry.", "sorry")))
    qtbot.waitUntil(lambda: bridge.is_idle)
    page.editor.then_card.chips[ActionKind.TEMPLATE].click()
    body = page.editor.then_card.rows()[-1].body
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
    qtbot.waitUntil(lambda: stored()[0].then[-1] == Action(ActionKind.TEMPLATE, text="sorry"))
