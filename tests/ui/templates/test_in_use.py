"""Templates that rules say: a new shortcut is followed, and what would silence a rule is refused with its name."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.templates import Template
from wxdesk.desk.rules.trial.scenario import TrialMessage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.templates.page import TemplatesPage
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.labels import PlainLabel

type Stored = Callable[[], list[Template]]


@pytest.fixture
def rule(three: list[Template], world: World) -> Rule:
    """A rule that says the first template of the list."""
    asked = Condition(any=("open",))
    return world.call(
        world.desk.rules.rulebook.save(
            Rule("Opening", when=asked, then=(Action(ActionKind.TEMPLATE, template="hours"),))
        )
    )


def test_a_rule_follows_a_templates_new_shortcut(
    qtbot: QtBot, bridge: Bridge, world: World, rule: Rule, page: TemplatesPage
) -> None:
    page.editor.finding.shortcut.edit.setText("hrs")
    assert page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.unsaved)
    [followed] = [one for one in world.call(world.desk.rules.rulebook.all()) if one.id == rule.id]
    assert world.desk.rules.rulebook.named(followed).then == (Action(ActionKind.TEMPLATE, template="hrs"),)
    assert world.desk.health.state.troubles == ()
    assert world.desk.rules.trials.try_message(TrialMessage("open?")).answer.contents[0].text == "We open at 9."


def test_a_template_in_use_is_not_deleted_and_its_rule_is_named(
    qtbot: QtBot, bridge: Bridge, rule: Rule, page: TemplatesPage, stored: Stored
) -> None:
    before = stored()
    page.list.view.delete_asked.emit(before[0])
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert stored() == before
    told = page.window().findChild(Toast).findChild(PlainLabel).full_text()
    assert told == "“Hours” cannot be deleted; used by: Opening"
    assert page.editor.saved == before[0]


def test_a_question_that_a_rule_cannot_ask_is_refused_and_stays_written(
    qtbot: QtBot, bridge: Bridge, rule: Rule, page: TemplatesPage, stored: Stored
) -> None:
    before = stored()
    page.editor.write(replace(page.editor.record(), body="We open at 9, {{ ask.name }}."))
    assert page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert stored() == before
    assert "nobody to ask for “name”: Opening." in page.editor.head.state.full_text()
    assert page.unsaved
