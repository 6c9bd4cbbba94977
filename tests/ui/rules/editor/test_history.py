"""The revisions of a rule: opened, compared, restored, undone, saved; and those of a rule that is gone."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import ShowPage
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.editing.revisions.dialog import HistoryDialog
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import LeaveDialog

type Stored = Callable[[], list[Rule]]

NINE, TEN = (Action(ActionKind.REPLY, f"We open at {hour}.") for hour in (9, 10))


def opened(qtbot: QtBot) -> HistoryDialog:
    def dialogs() -> list[HistoryDialog]:
        return [one for one in QApplication.topLevelWidgets() if isinstance(one, HistoryDialog)]

    qtbot.waitUntil(lambda: bool(dialogs()) and dialogs()[0].isVisible())
    return dialogs()[0]


@pytest.fixture
def hours(world: World, page: RulesPage, four_rules: list[Rule], qtbot: QtBot, bridge: Bridge) -> Rule:
    """A rule in its third revision, in the editor."""
    rule = four_rules[1]
    for change in (replace(rule, then=(TEN,)), replace(rule, when=Condition(any=("hours",)), then=(TEN,))):
        rule = world.call(world.desk.rules.rulebook.save(change))
    page.list.view.setCurrentIndex(page.rules.index(1))
    qtbot.waitUntil(lambda: bridge.is_idle and page.editor.saved == rule)
    return rule


@pytest.fixture
def dialog(page: RulesPage, hours: Rule, qtbot: QtBot) -> HistoryDialog:
    """Its history, opened from the head of the editor."""
    page.editor.head.history.click()
    return opened(qtbot)


def test_a_rule_that_was_saved_once_has_nothing_to_compare(page: RulesPage) -> None:
    assert page.editor.head.state.full_text().startswith("Revision 1 · Today ")
    assert not page.editor.head.history.isVisible()
    page.start_new()
    assert not page.editor.head.history.isVisible()


def test_the_newest_is_in_use_and_cannot_be_restored(dialog: HistoryDialog, page: RulesPage) -> None:
    rows = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    assert [text.partition(" · ")[0] for text in rows] == ["Revision 3", "Revision 2", "Revision 1"]
    assert rows[0] == page.editor.head.state.full_text()
    assert dialog.legend.added.full_text() == "+ only in revision 3, in use now"  # as against the one before
    assert not dialog.take.isEnabled()
    assert not dialog.note.isVisible()
    dialog.close()


def test_an_earlier_one_is_compared_with_the_present_one_in_words(dialog: HistoryDialog) -> None:
    dialog.list.setCurrentRow(2)
    assert dialog.view.toPlainText().split("\n") == [
        "Name of the rule",
        " \tHours",
        "When to answer",
        " \tWhen the customer sends a text",
        "−\tcontains any of “opening hours” “几点”",
        "+\tcontains any of “hours”",
        "−\tdoes not contain “refund”",
        "How to answer",
        " \tText",
        "−\tWe open at 9.",
        "+\tWe open at 10.",
        "How often, and how it leaves",
        " \tAnswers whenever it matches.",
        " \tLeaves as the conversation's mode says",
    ]
    assert dialog.legend.gone.full_text() == "− only in revision 1"
    assert dialog.legend.added.full_text() == "+ only in revision 3, in use now"
    assert not dialog.legend.standing.isVisible()
    dialog.close()


def test_a_restored_revision_can_be_undone_and_counts_once_saved(
    dialog: HistoryDialog, page: RulesPage, hours: Rule, stored: Stored, qtbot: QtBot, bridge: Bridge
) -> None:
    dialog.list.setCurrentRow(2)
    dialog.take.click()
    assert page.unsaved
    assert page.editor.record().then == (NINE,)
    assert stored()[1] == hours
    page.editor.undo()
    assert not page.unsaved
    page.editor.redo()
    assert page.editor.record().when == Condition(any=("opening hours", "几点"), none=("refund",))
    page.editor.head.save.click()
    qtbot.waitUntil(lambda: stored()[1].revision == 4 and bridge.is_idle)
    assert (stored()[1].id, stored()[1].then) == (hours.id, (NINE,))
    page.editor.head.history.click()
    again = opened(qtbot)
    again.list.setCurrentRow(3)
    assert again.legend.standing.full_text() == "Reads like revision 4, which is in use now"
    again.close()


def test_enter_restores_and_escape_leaves_everything(
    dialog: HistoryDialog, page: RulesPage, hours: Rule, qtbot: QtBot
) -> None:
    qtbot.keyClick(dialog.list, Qt.Key.Key_Escape)
    qtbot.waitUntil(dialog.isHidden)
    assert page.editor.record() == hours
    page.editor.head.history.click()
    again = opened(qtbot)
    qtbot.keyClick(again.list, Qt.Key.Key_Down)
    qtbot.keyClick(again.list, Qt.Key.Key_Return)
    assert page.editor.record().when == Condition(any=("opening hours", "几点"), none=("refund",))
    assert page.editor.record().then == (TEN,)


def test_the_revision_that_decided_is_shown_at_its_rule(page: RulesPage, hours: Rule, qtbot: QtBot) -> None:
    page.list.view.setCurrentIndex(page.rules.index(3))
    assert page.editor.saved.name == "Everything else"
    with qtbot.waitSignal(page.front_wanted) as wanted:
        page.explain(hours.id, 2)
    assert wanted.args == [page]
    shown = opened(qtbot)
    assert page.editor.saved.id == hours.id
    assert shown.note.full_text() == "Revision 2 of “Hours” decided on that message."
    assert shown.list.currentRow() == 1
    assert "−\tdoes not contain “refund”" in shown.view.toPlainText()
    shown.close()


def test_unsaved_changes_are_asked_about_before_another_rule_is_explained(
    page: RulesPage, hours: Rule, qtbot: QtBot, bridge: Bridge
) -> None:
    page.list.view.setCurrentIndex(page.rules.index(3))
    page.editor.head.title.setText("Being renamed")
    page.explain(hours.id, 1)
    qtbot.waitUntil(lambda: bool(page.window().findChildren(LeaveDialog)))
    [question] = page.window().findChildren(LeaveDialog)
    assert not page.findChildren(HistoryDialog)
    question.discard.click()
    shown = opened(qtbot)
    assert page.editor.saved.id == hours.id
    assert shown.list.currentRow() == 2
    shown.close()


def test_a_deleted_rule_says_so_shows_its_words_and_can_be_made_anew(
    page: RulesPage, hours: Rule, world: World, stored: Stored, qtbot: QtBot
) -> None:
    world.call(world.desk.rules.rulebook.delete(hours.id))
    qtbot.waitUntil(lambda: page.rules.rowCount() == 3)
    page.explain(hours.id, 1)
    shown = opened(qtbot)
    assert shown.note.full_text() == ("Revision 1 of “Hours” decided on that message. The rule has been deleted since.")
    assert shown.legend.standing.full_text() == "Deleted; not in use any more"
    assert " \tWe open at 9." in shown.view.toPlainText()
    shown.take.click()
    assert (page.editor.saved.id, page.editor.record().name, page.editor.record().then) == (0, "Hours", (NINE,))
    page.editor.head.save.click()
    qtbot.waitUntil(lambda: len(stored()) == 4)
    assert [rule.name for rule in stored()] == ["Refunds", "Parcels", "Hours", "Everything else"]


def test_of_a_rule_that_never_was_nothing_is_kept(page: RulesPage, qtbot: QtBot, bridge: Bridge) -> None:
    page.explain(999, 1)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not [one for one in QApplication.topLevelWidgets() if isinstance(one, HistoryDialog)]


@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_the_head_is_whole_where_the_window_is_900_wide(
    world: World, four_rules: list[Rule], show_page: ShowPage, language: str
) -> None:
    world.call(world.desk.rules.rulebook.save(four_rules[0]))
    before = i18n.language()
    i18n.use(language)
    try:
        head = show_page(RulesPage, 900 - 64, 568).editor.head
        assert head.history.isVisible()
        assert head.state.text() == head.state.full_text()
        for button in (head.trial, head.dry_run, head.revert, head.save, head.history):
            assert button.width() >= button.sizeHint().width()
            assert button.parentWidget().rect().contains(button.geometry())
    finally:
        i18n.use(before)
