"""The editor: sentences become rules, mistakes are shown where they are, and nothing is lost unasked."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.marks import lines_marked_in, words_marked_in
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Action, ActionKind, Condition, Delivery, HoursTest, LastRule, Rule, SessionFromTest
from wxdesk.ui.rules.editor.actions.bodies import ReplyBody, TagBody
from wxdesk.ui.rules.editor.actions.card import empty_action
from wxdesk.ui.rules.editor.actions.fields import ContentFieldsBody
from wxdesk.ui.rules.editor.conditions.parts import PatternPart, SourcePart, WordsPart
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import LeaveDialog
from wxdesk.ui.widgets.fields.words_dialog import split_words

type Stored = Callable[[], list[Rule]]

TOLD = Action(ActionKind.REPLY, text="We open at 9.")


def _words(page: RulesPage, condition: str = "any") -> WordsPart:
    part = page.editor.when_card.part(condition)
    assert isinstance(part, WordsPart)
    return part


def _reply(page: RulesPage, at: int = 0) -> ReplyBody:
    body = page.editor.then_card.rows[at].body
    assert isinstance(body, ReplyBody)
    return body


def _errors(page: RulesPage) -> list[str]:
    return [
        label.full_text()
        for card in (page.editor.when_card, page.editor.then_card)
        for label in card.findChildren(type(page.editor.head.state))
        if label.property("flow_new_line") and label.isVisible()
    ]


def _said_of_the_text(page: RulesPage) -> str:
    return _reply(page).wordings.fields[0].error.full_text()


def _settled(page: RulesPage, bridge: Bridge, qtbot: QtBot) -> None:
    page.editor.check_now()
    qtbot.waitUntil(lambda: bridge.is_idle)


def test_a_rule_written_from_nothing_is_stored_before_the_default(
    page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    page.list.new.click()
    qtbot.keyClicks(page.editor.head.title, "Invoices")
    part = _words(page)
    part.chips.add.click()
    qtbot.keyClicks(part.chips.field, "invoice")
    qtbot.keyClick(part.chips.field, Qt.Key.Key_Return)
    part.chips.field.insert("发票，")  # as an input method commits it
    page.editor.check_now()
    assert not page.editor.head.save.isEnabled()
    page.editor.then_card.chips[ActionKind.REPLY].click()
    qtbot.keyClicks(_reply(page).wordings.edit, "Coming, {{ contact.alias }}.")
    page.editor.check_now()
    assert page.editor.faults == ()
    qtbot.keyClick(_reply(page).wordings.edit, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bridge.is_idle and not page.editor.unsaved)
    rule = stored()[3]
    assert (rule.name, rule.revision, rule.when) == ("Invoices", 1, Condition(any=("invoice", "发票")))
    assert rule.then == (Action(ActionKind.REPLY, text="Coming, {{ contact.alias }}."),)
    assert page.list.view.currentIndex().data() == "Invoices"
    assert not page.editor.head.save.isEnabled()


def test_saving_while_writing_does_not_take_the_keyboard_away(page: RulesPage, bridge: Bridge, qtbot: QtBot) -> None:
    page.window().activateWindow()
    page.editor.show_record(page.rules.rows()[1])
    edit = _reply(page).wordings.edit
    edit.setFocus()
    qtbot.waitUntil(edit.hasFocus)
    qtbot.keyClicks(edit, "Really. ")
    page.editor.check_now()
    qtbot.keyClick(edit, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bridge.is_idle and page.editor.saved.revision == 2)
    assert _reply(page).wordings.edit is edit
    assert edit.hasFocus()
    assert edit.textCursor().position() == len("Really. ")


def test_words_are_added_pasted_and_removed(page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot) -> None:
    part = _words(page)
    part.chips.add.click()
    QApplication.clipboard().setText("return policy，send back、退货\ncomplain; refund")
    part.chips.field.paste()
    qtbot.keyClick(part.chips.field, Qt.Key.Key_Return)
    assert part.chips.words() == ("refund", "退款", "return policy", "send back", "退货", "complain")
    qtbot.keyClick(part.chips.field, Qt.Key.Key_Backspace)
    chip = part.chips.widgets()[0]
    qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert part.chips.words() == ("退款", "return policy", "send back", "退货")
    page.editor.check_now()
    page.editor.head.save.click()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.editor.unsaved)
    assert stored()[0].when.any == ("退款", "return policy", "send back", "退货")
    assert stored()[0].revision == 2


@pytest.mark.parametrize(
    ("pasted", "words"),
    [
        ("a b", ["a b"]),
        (" a ,, b，c、d；e;f\r\ng\u2028h ", ["a", "b", "c", "d", "e", "f", "g", "h"]),
        (" \n ", []),
    ],
)
def test_a_pasted_list_is_parted_but_not_at_spaces(pasted: str, words: list[str]) -> None:
    assert split_words(pasted) == words


def test_every_condition_and_action_can_be_written(page: RulesPage) -> None:
    card = page.editor.when_card
    for condition in ("all", "exact", "prefix"):
        card.add_condition(condition)
        _words(page, condition).chips.field.words.emit([condition])
    card.add_condition("none")
    _words(page, "none").chips.field.words.emit(["no"])
    card.add_condition("regex")
    pattern = card.part("regex")
    assert isinstance(pattern, PatternPart)
    pattern.field.setText("x+")
    card.add_condition("session_from")
    source = card.part("session_from")
    assert isinstance(source, SourcePart)
    source.field.setText("goods")
    card.types.set_values({MessageType.TEXT, MessageType.ENTER_SESSION})
    then = page.editor.then_card
    for kind in (ActionKind.TAG, ActionKind.CARD, ActionKind.TRANSFER):
        then.add_action(kind)
    tags, fields = then.rows[2].body, then.rows[3].body
    assert isinstance(tags, TagBody)
    assert isinstance(fields, ContentFieldsBody)
    tags.chips.field.words.emit(["vip"])
    for name in ("title", "page_path", "thumb_media_id"):
        fields.field(name).setText(name)
    rule = page.editor.record()
    assert rule.when == Condition(
        any=("refund", "退款"), all=("all",), none=("no",), exact=("exact",), prefix=("prefix",),
        regex="x+", session_from=SessionFromTest(prefix="goods"),
    )  # fmt: skip
    assert rule.on == {MessageType.TEXT, MessageType.ENTER_SESSION}
    written = Content(ReplyKind.CARD, title="title", page_path="page_path", thumb_media_id="thumb_media_id")
    assert rule.then[2:] == (
        Action(ActionKind.TAG, tags=("vip",)),
        Action(ActionKind.CARD, content=written),
        Action(ActionKind.TRANSFER),
    )
    page.editor.check_now()
    assert page.editor.faults == ()


def test_every_action_is_offered_and_comes_back_from_its_fields(page: RulesPage) -> None:
    then = page.editor.then_card
    assert set(ActionKind) - then.chips.keys() == set(), "name it in WORDINGS of ui/wording/actions.py"
    for kind in ActionKind:
        then.show_rule(Rule("x", then=(empty_action(kind),)))
        assert then.steps() == (empty_action(kind),), f"give {kind} fields in actions/card.py"


def test_actions_move_and_go(page: RulesPage, qtbot: QtBot) -> None:
    rows = page.editor.then_card.rows
    rows[1].up.click()
    assert [row.kind for row in rows] == [ActionKind.TAKE_OVER, ActionKind.REPLY]
    rows[0].remove.click()
    assert page.editor.record().then == (Action(ActionKind.REPLY, text="A colleague will help you."),)


def test_a_wrong_pattern_is_explained_below_it_and_not_saved(
    page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    page.list.view.setCurrentIndex(page.rules.index(2))
    part = page.editor.when_card.part("regex")
    assert isinstance(part, PatternPart)
    part.field.selectAll()
    qtbot.keyClicks(part.field, "order (")
    page.editor.save()
    _settled(page, bridge, qtbot)
    qtbot.waitUntil(lambda: _errors(page) == ["A “(” is not closed."])
    assert part.field.property("wrong") is True
    assert page.editor.head.state.full_text() == "Cannot be saved yet: A “(” is not closed."
    assert not page.editor.head.save.isEnabled()
    assert stored()[2].when.regex == r"order (?P<no>\d{4,})"


def test_a_wrong_template_is_marked_in_its_line_and_not_saved(
    page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    page.list.view.setCurrentIndex(page.rules.index(2))
    edit = _reply(page).wordings.edit
    edit.setPlainText("Order {{ m.no }}\nis {{ m.where }}\n")
    page.editor.save()
    _settled(page, bridge, qtbot)
    said = "Line 2: “m.where” is not a named group of the rule's pattern."
    qtbot.waitUntil(lambda: _said_of_the_text(page) == said)
    marked = [selection.cursor.blockNumber() for selection in edit.extraSelections()]
    assert marked == [1]
    assert stored()[2].then[0].text == "Order {{ m.no }} is on its way."
    edit.setPlainText("Order {{ m.no }}")
    page.editor.check_now()
    assert _said_of_the_text(page) == ""
    assert edit.extraSelections() == []
    assert page.editor.head.save.isEnabled()


def test_every_mistake_of_a_text_is_marked_and_led_to(page: RulesPage, qtbot: QtBot) -> None:
    page.window().activateWindow()
    qtbot.waitUntil(page.window().isActiveWindow)
    edit = _reply(page).wordings.edit
    edit.setPlainText("{{ one }}\nfine\n{{ account | two }}{{ three }}")
    page.editor.check_now()
    assert lines_marked_in(edit) == [1, 3]
    assert _said_of_the_text(page) == (
        "Line 1: There is no variable “one”.\nLine 3: There is no filter “two”.\nLine 3: There is no variable “three”."
    )
    assert page.editor.head.mistakes.text() == "3 mistakes: show the next one"
    lines = []
    for _ in range(3):
        page.editor.head.mistakes.click()
        qtbot.waitUntil(edit.hasFocus)
        lines.append(edit.textCursor().blockNumber() + 1)
    assert lines == [1, 3, 3]
    edit.setPlainText("fine\n{{ three }}")
    page.editor.check_now()
    assert lines_marked_in(edit) == [2]


def test_every_faulty_word_is_marked(page: RulesPage) -> None:
    part = page.editor.when_card.part("any")
    assert isinstance(part, WordsPart)
    long = ("长" * 201, "x" * 300)
    part.chips.set_words(("refund", long[0], "退款", long[1]))
    page.editor.check_now()
    assert words_marked_in(part.chips) == [*long]
    assert _errors(page) == ["This word is longer than 200 characters."]
    part.chips.set_words(("refund", long[0]))
    page.editor.check_now()
    assert words_marked_in(part.chips) == [long[0]]
    part.chips.set_words(("refund",))
    page.editor.check_now()
    assert (words_marked_in(part.chips), _errors(page)) == ([], [])


def test_an_unfinished_rule_is_told_without_alarm(page: RulesPage, qtbot: QtBot) -> None:
    page.start_new()
    page.editor.check_now()
    assert page.editor.head.state.full_text() == "New, not saved yet"
    at = page.editor.when_card.mapTo(page, QPoint(0, 0))
    for lack, fill in (
        ("a condition, or “Default”", lambda: qtbot.keyClicks(page.editor.head.title, "x")),
        ("an answer", page.editor.when_card.default.click),
        ("a name", page.editor.head.title.clear),
    ):
        fill()
        page.editor.check_now()
        assert page.editor.head.state.full_text() == f"Still missing: {lack}"
        assert page.editor.when_card.mapTo(page, QPoint(0, 0)) == at, "nothing moves away under the mouse"
    assert _errors(page) == []


@pytest.mark.parametrize(
    ("rule", "lack"),
    [
        (Rule("x", when=Condition(hours=HoursTest("")), then=(TOLD,)), "which business hours"),
        (Rule("x", when=Condition(unless=Condition(hours=HoursTest(""))), then=(TOLD,)), "which business hours"),
        (Rule("x", when=Condition(last_rule_within=LastRule("", 5)), then=(TOLD,)), "which other rule"),
        (Rule("x", when=Condition(regex=""), then=(TOLD,)), "a pattern"),
        (Rule("x", default=True, then=(Action(ActionKind.TAG),)), "a tag"),
        (Rule("x", default=True, then=(Action(ActionKind.TEMPLATE),)), "a template"),
        (Rule("x", default=True, then=(empty_action(ActionKind.CARD),)), "title, page and cover of the card"),
    ],
)
def test_missing_parts_are_named_in_the_words_of_the_editor(page: RulesPage, rule: Rule, lack: str) -> None:
    page.start_new()
    page.editor.write(rule)
    page.editor.check_now()
    assert page.editor.head.state.full_text() == f"Still missing: {lack}"


def test_a_mistake_out_of_sight_is_told_at_the_top(page: RulesPage) -> None:
    page.start_new()
    page.editor.write(Rule("x", default=True, then=(TOLD,), delivery=Delivery.HOLD, hold_seconds=9999))
    page.editor.check_now()
    assert page.editor.faults
    assert page.editor.head.state.full_text() == f"Cannot be saved yet: {page.editor.faults[0].reason}"
    page.editor.revert()
    page.editor.check_now()
    assert page.editor.head.state.full_text() == "New, not saved yet"


def test_the_default_rule_hides_its_conditions_and_keeps_them(page: RulesPage) -> None:
    card = page.editor.when_card
    card.default.click()
    assert page.editor.record().when == Condition()
    assert page.editor.record().default
    assert not _words(page).chips.add.isVisible()
    card.default.click()
    assert page.editor.record() == page.editor.saved
    assert _words(page).chips.add.isVisible()


def test_revert_goes_back_to_what_is_stored(page: RulesPage, qtbot: QtBot) -> None:
    page.editor.head.title.setText("Another name")
    _words(page).chips.field.words.emit(["more"])
    assert page.unsaved
    page.editor.head.revert.click()
    assert page.editor.record() == page.editor.saved
    assert not page.editor.head.revert.isEnabled()


class TestLeaving:
    """Unsaved changes when another rule is chosen."""

    @pytest.fixture
    def question(self, page: RulesPage, host: QWidget) -> LeaveDialog:
        page.editor.head.title.setText("Renamed")
        page.list.view.setCurrentIndex(page.rules.index(2))
        found = host.findChild(LeaveDialog)
        assert found is not None
        assert page.editor.head.title.text() == "Renamed"
        return found

    def test_stay(self, page: RulesPage, question: LeaveDialog, qtbot: QtBot) -> None:
        assert question.stay.isDefault()
        question.stay.click()
        assert page.editor.head.title.text() == "Renamed"
        assert page.list.view.currentIndex().row() == 0

    def test_discard(self, page: RulesPage, question: LeaveDialog, stored: Stored) -> None:
        question.discard.click()
        assert page.editor.head.title.text() == "Parcels"
        assert stored()[0].name == "Refunds"

    def test_save(self, page: RulesPage, question: LeaveDialog, stored: Stored, bridge: Bridge, qtbot: QtBot) -> None:
        question.save.click()
        qtbot.waitUntil(lambda: bridge.is_idle and page.editor.head.title.text() == "Parcels")
        assert stored()[0].name == "Renamed"
        assert page.list.view.currentIndex().row() == 2

    def test_a_rule_that_cannot_be_saved_says_why(self, page: RulesPage, host: QWidget) -> None:
        page.editor.head.title.setText("")
        page.start_new()
        question = host.findChild(LeaveDialog)
        assert question is not None
        assert not question.save.isEnabled()
        question.reject()
        assert page.editor.saved.name == "Refunds"


def test_unsaved_text_stays_when_the_rules_change_elsewhere(
    page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    page.editor.head.title.setText("Being renamed")
    rulebook = bridge.desk.rules.rulebook
    first = stored()[0]
    bridge.ask(rulebook.set_enabled(first.id, False))
    qtbot.waitUntil(lambda: bridge.is_idle and not page.editor.saved.enabled)
    assert page.editor.head.title.text() == "Being renamed"
    bridge.ask(rulebook.delete(first.id))
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 3)
    assert page.editor.head.title.text() == "Being renamed"
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.rowCount() == 4)
    assert [rule.name for rule in stored()] == ["Hours", "Parcels", "Being renamed", "Everything else"]
