"""A rule with thousands of words: shown at once, searched and changed as a text."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.marks import words_marked_in
from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.rules.editor.conditions.parts import WordsPart
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog
from wxdesk.ui.widgets.fields.word_chips import WordChip, WordChips
from wxdesk.ui.widgets.fields.words_dialog import WordsDialog

SAID = (Action(ActionKind.REPLY, text="Hello."),)
MANY = tuple(f"word {n}" for n in range(2000))


def _part(page: RulesPage) -> WordsPart:
    part = page.editor.when_card.part("any")
    assert isinstance(part, WordsPart)
    return part


def _chips(chips: WordChips) -> list[str]:
    return [one.text() for one in chips.widgets() if isinstance(one, WordChip)]


def _dialog(page: RulesPage) -> WordsDialog:
    [found] = [one for one in page.window().findChildren(WordsDialog) if one.isVisible()]
    return found


@pytest.fixture
def rule(page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot) -> Rule:
    """Stored, and open in the editor."""
    saved = world.call(world.desk.rules.rulebook.save(Rule("Many", when=Condition(any=MANY), then=SAID)))
    qtbot.waitUntil(lambda: bridge.is_idle and saved in page.rules.rows())
    page.list.view.setCurrentIndex(page.rules.index(page.rules.rows().index(saved)))
    qtbot.waitUntil(lambda: page.editor.saved.id == saved.id)
    return saved


def test_of_many_words_the_first_and_the_last_have_chips(page: RulesPage, rule: Rule) -> None:
    chips = _part(page).chips
    assert chips.words() == MANY
    assert _chips(chips) == [*MANY[:30], *MANY[-10:]]
    assert chips.more.isVisible()
    assert chips.more.text() == "and 1,960 more …"
    assert page.editor.record() == rule


def test_undoing_the_name_makes_no_word_anew(page: RulesPage, rule: Rule) -> None:
    before = _part(page).chips.widgets()
    page.editor.head.title.setText("Others")
    page.editor.check_now()
    page.editor.undo()
    assert page.editor.record() == rule
    assert _part(page).chips.widgets() == before


def test_a_changed_word_leaves_the_other_chips(page: RulesPage, rule: Rule, qtbot: QtBot) -> None:
    chips = _part(page).chips
    before = chips.widgets()
    chips.field.words.emit(["the last", "word 3"])
    assert chips.words() == (*MANY, "the last")
    assert _chips(chips)[-2:] == ["word 1999", "the last"]  # in sight, although so many are not
    qtbot.keyClick(chips.widgets()[0], Qt.Key.Key_Delete)
    assert chips.words() == (*MANY[1:], "the last")
    assert _chips(chips)[:30] == list(MANY[1:31])
    assert set(before[1:30]) <= set(chips.widgets())


def test_all_words_are_searched_and_changed_as_a_text(page: RulesPage, rule: Rule, qtbot: QtBot) -> None:
    chips = _part(page).chips
    page.window().resize(960, 560)
    chips.more.click()
    dialog = _dialog(page)
    assert dialog.height() < page.window().height(), "else its buttons lie below the screen"
    qtbot.keyClicks(dialog.search, "WORD 150")
    cursor = dialog.text.textCursor()
    assert (cursor.block().text(), cursor.selectedText()) == ("word 150", "word 150")
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.text.textCursor().block().text() == "word 1500"
    QApplication.clipboard().setText("return policy，退货\nword 7\n")
    dialog.text.selectAll()
    dialog.text.paste()
    dialog.take.click()
    assert chips.words() == ("return policy", "退货", "word 7")
    assert _chips(chips) == ["return policy", "退货", "word 7"]
    assert chips.more.isHidden()
    page.editor.check_now()
    page.editor.undo()
    assert _part(page).chips.words() == MANY


def test_a_line_that_nobody_touched_stays_the_word_it_was(page: RulesPage, qtbot: QtBot, rule: Rule) -> None:
    odd = ("a, b", "c\nd", *MANY)
    page.editor.write(replace(rule, when=Condition(any=odd)))
    chips = _part(page).chips
    chips.more.click()
    dialog = _dialog(page)
    dialog.text.appendPlainText("e, f")
    dialog.take.click()
    assert chips.words() == (*odd, "e", "f")


@pytest.mark.parametrize("way", ["escape", "cancel"])
def test_closing_a_changed_list_of_words_asks(page: RulesPage, rule: Rule, qtbot: QtBot, way: str) -> None:
    chips = _part(page).chips
    chips.more.click()
    dialog = _dialog(page)

    def leave() -> ConfirmDialog | None:
        qtbot.keyClick(dialog.text, Qt.Key.Key_Escape) if way == "escape" else dialog.cancel.click()
        return next((one for one in dialog.findChildren(ConfirmDialog) if one.isVisible()), None)

    dialog.text.appendPlainText("return policy")
    question = leave()
    assert question is not None
    question.cancel.click()
    assert dialog.isVisible()
    assert dialog.text.toPlainText().endswith("return policy")
    question = leave()
    assert question is not None
    question.action.click()
    assert not dialog.isVisible()
    assert chips.words() == MANY
    assert not page.editor.unsaved


def test_an_unchanged_list_of_words_closes_at_once(page: RulesPage, rule: Rule, qtbot: QtBot) -> None:
    _part(page).chips.more.click()
    dialog = _dialog(page)
    dialog.text.appendPlainText("x")
    dialog.text.undo()
    qtbot.keyClick(dialog.text, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


ODD = ("c d", "c\nd", "c d", " pad ", "a\u00a0b", "x\u2028y", "tab\tt", "\ufdd0q", "退\x1c款", *MANY)


def test_untouched_it_changes_nothing_and_touched_only_what_was_touched(page: RulesPage, rule: Rule) -> None:
    page.editor.write(replace(rule, when=Condition(any=ODD)))
    chips = _part(page).chips
    chips.more.click()
    _dialog(page).take.click()
    assert chips.words() == ODD
    chips.more.click()
    dialog = _dialog(page)
    dialog.text.appendPlainText("new, word 7, new")
    dialog.take.click()
    assert chips.words() == (*ODD, "new")


def test_a_search_marks_the_words_found_or_says_none(page: RulesPage, rule: Rule, qtbot: QtBot) -> None:
    page.editor.write(replace(rule, when=Condition(any=("İ😀 return", *MANY))))
    _part(page).chips.more.click()
    dialog = _dialog(page)
    qtbot.keyClicks(dialog.search, "returns")
    assert dialog.said.full_text() == "Not found"
    qtbot.keyClick(dialog.search, Qt.Key.Key_Backspace)
    assert dialog.said.full_text() == "One word a line; 2,001 lines"
    assert dialog.text.textCursor().selectedText() == "return"
    qtbot.keyClick(dialog.search, Qt.Key.Key_Return)
    assert dialog.text.textCursor().selectedText() == "return"  # the only one, found again


def test_while_it_is_open_the_rule_may_change_and_nothing_written_is_lost(
    page: RulesPage, world: World, rule: Rule, bridge: Bridge, qtbot: QtBot
) -> None:
    _part(page).chips.more.click()
    dialog = _dialog(page)
    dialog.text.selectAll()
    dialog.text.insertPlainText("mine")
    world.call(world.desk.rules.rulebook.save(replace(rule, name="Another", when=Condition(any=("other",)))))
    qtbot.waitUntil(lambda: page.editor.saved.name == "Another" and bridge.is_idle)
    assert (dialog.isVisible(), dialog.take.isEnabled()) == (True, False)
    assert dialog.said.full_text() == "The rule has changed meanwhile: copy what you need."
    assert dialog.text.toPlainText() == "mine"
    assert _part(page).chips.words() == ("other",)


def test_a_word_that_is_being_written_is_among_those_that_open(page: RulesPage, rule: Rule, qtbot: QtBot) -> None:
    chips = _part(page).chips
    chips.open_field()
    qtbot.keyClicks(chips.field, "return policy")
    chips.open_text()
    dialog = _dialog(page)
    dialog.text.appendPlainText("退货")
    dialog.take.click()
    assert chips.words() == (*MANY, "return policy", "退货")


def test_a_wrong_word_without_a_chip_is_told_and_found(page: RulesPage, rule: Rule) -> None:
    long = "x" * 300
    page.editor.write(replace(rule, when=Condition(any=(*MANY[:1000], long, *MANY[1000:]))))
    chips = _part(page).chips
    assert words_marked_in(chips) == [long]
    assert chips.more.text() == "and 1,961 more, 1 of them marked …"
    assert chips.place(1000) is chips.more
    chips.more.click()
    assert _dialog(page).text.textCursor().block().text() == long


def test_once_all_words_have_chips_the_keyboard_is_not_on_the_button_that_went(
    page: RulesPage, rule: Rule, qtbot: QtBot
) -> None:
    chips = _part(page).chips
    chips.more.setFocus()
    qtbot.keyClick(chips.more, Qt.Key.Key_Space)
    dialog = _dialog(page)
    dialog.text.selectAll()
    dialog.text.insertPlainText("one\ntwo")
    dialog.take.click()
    assert chips.words() == ("one", "two")
    qtbot.waitUntil(lambda: QApplication.focusWidget() is chips.add)
    assert chips.add.isVisible()
