"""Showing a rule in the editor changes nothing of it, whatever it holds and its fields can show."""

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.desk.rules.file.test_round_trip import any_rules
from tests.ui.world import World
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Action, ActionKind, Condition, Delivery, FieldTest, Rule, SessionFromTest
from wxdesk.ui.editing.record_editor import preserve_untouched
from wxdesk.ui.editing.template_text import TemplateEdit
from wxdesk.ui.rules.editor.conditions.parts import PatternField
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge

type Stored = Callable[[], list[Rule]]

SAID = (Action(ActionKind.REPLY, text="hello"),)
ODD = Rule(
    " 长" * 80,
    on=frozenset({MessageType.TEXT, MessageType.ENTER_SESSION}),
    when=Condition(
        any=(" a ", "b,c"), regex="x\ny\u00a0z", session_from=SessionFromTest(fields=(FieldTest(" f", ("v",)),))
    ),
    then=(
        Action(ActionKind.REPLY, text="one\u00a0two\r\nthree\u2028four"),
        Action(ActionKind.LINK, content=Content(ReplyKind.LINK, title=" t ", description="d\ne", url="https://x.example")),
    ),
    delivery=Delivery.SEND,
    hold_seconds=7,
)  # fmt: skip


@pytest.fixture
def odd(world: World, page: RulesPage, bridge: Bridge, qtbot: QtBot) -> Rule:
    """The odd rule, stored and shown."""
    saved = world.call(world.desk.rules.rulebook.save(ODD))
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 5)
    page.list.view.setCurrentIndex(page.rules.index(page.rules.row_of(saved.id)))
    assert page.editor.saved == saved
    return saved


def test_a_rule_that_is_only_looked_at_is_not_changed(page: RulesPage, odd: Rule) -> None:
    assert page.editor.record() == odd
    assert not page.unsaved
    page.list.view.setCurrentIndex(page.rules.index(0))  # nothing is asked
    assert page.editor.saved.name == "Refunds"


def test_untouched_fields_are_saved_as_they_were(
    page: RulesPage, odd: Rule, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    page.editor.head.title.setText("Short")
    page.editor.then_card.rows[1].down.click()
    page.editor.then_card.rows[0].down.click()
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle)
    saved = next(rule for rule in stored() if rule.id == odd.id)
    assert (saved.name, saved.then) == ("Short", odd.then[::-1])
    assert (saved.when, saved.hold_seconds) == (odd.when, odd.hold_seconds)


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_rules())
def test_whatever_is_shown_is_read_again_but_for_what_is_changed(page: RulesPage, rule: Rule) -> None:
    editor = page.editor
    shown = replace(rule, id=77, revision=1)
    editor.show_record(shown)
    assert editor.record() == shown
    editor.head.title.setText("another name")
    assert editor.record() == replace(shown, name="another name")
    editor.show_record(Rule(""))


def test_a_part_is_what_was_shown_as_long_as_it_reads_so() -> None:
    shown, reads = replace(ODD, then=SAID), replace(ODD, name="x", when=Condition(any=("a",)), then=SAID)
    assert preserve_untouched(reads, reads, shown) == shown
    changed = replace(reads, when=replace(reads.when, none=("n",)))
    assert preserve_untouched(changed, reads, shown) == replace(shown, when=replace(shown.when, none=("n",)))
    assert preserve_untouched(("b", "a"), ("a", "b"), (" a", " b")) == (" b", " a")
    assert preserve_untouched(("a", "c"), ("a", "b"), (" a", " b")) == (" a", "c")
    assert preserve_untouched(("b",), ("a", "b"), (" a", " b")) == (" b",)


@pytest.mark.parametrize("text", ["a\u00a0b", "a\u2028b", "a\n\nb ", "👍🏽 好\u00a0"])
def test_a_field_tells_its_text_to_the_letter(qtbot: QtBot, text: str) -> None:
    edit, field = TemplateEdit(), PatternField("Pattern")
    for widget in (edit, field):
        qtbot.addWidget(widget)
    with qtbot.assertNotEmitted(edit.edited):
        edit.set_text(text)
    field.setText(text)
    assert (edit.text(), field.text()) == (text, text)
