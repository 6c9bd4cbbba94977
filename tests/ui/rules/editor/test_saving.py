"""What happens between asking for a rule to be stored and its being stored."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.editing.revisions.dialog import HistoryDialog
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog, LeaveDialog
from wxdesk.ui.widgets.dialogs.notices import Notices

type Stored = Callable[[], list[Rule]]

NEW = Rule("Parking", when=Condition(any=("parking",)), then=(Action(ActionKind.REPLY, text="Behind the shop."),))


def _idle(qtbot: QtBot, bridge: Bridge) -> None:
    qtbot.waitUntil(lambda: bridge.is_idle)


def _question(host: QWidget) -> LeaveDialog:
    return next(one for one in host.findChildren(LeaveDialog) if one.isVisible())


def _names(stored: Stored) -> list[str]:
    return [rule.name for rule in stored()]


def test_saved_twice_at_once_it_is_stored_once(
    empty_page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    empty_page.start_new()
    empty_page.editor.write(NEW)
    save = empty_page.editor.head.save
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(save, Qt.MouseButton.LeftButton)
    _idle(qtbot, bridge)
    assert [(rule.name, rule.revision) for rule in stored()] == [("Parking", 1)]
    assert not empty_page.unsaved


def test_a_save_during_a_save_follows_it(empty_page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot) -> None:
    empty_page.start_new()
    empty_page.editor.write(NEW)
    empty_page.editor.save()
    empty_page.editor.head.title.setText("Parking lot")
    empty_page.editor.save()
    _idle(qtbot, bridge)
    assert [(rule.name, rule.revision) for rule in stored()] == [("Parking lot", 2)]
    assert not empty_page.unsaved


def test_text_typed_right_after_saving_stays(page: RulesPage, stored: Stored, bridge: Bridge, qtbot: QtBot) -> None:
    name = page.editor.head.title
    name.setText("Money back")

    def go_on_typing() -> None:
        name.setText("Money back, all of it")

    page.editor.save()
    page._saving.saved.connect(go_on_typing)
    _idle(qtbot, bridge)
    assert name.text() == "Money back, all of it"
    assert _names(stored)[0] == "Money back"
    assert page.unsaved


def test_another_rule_begun_before_the_answer_is_not_touched_by_it(
    page: RulesPage, stored: Stored, host: QWidget, bridge: Bridge, qtbot: QtBot
) -> None:
    page.start_new()
    page.editor.write(NEW)
    page.editor.save()
    page.start_new()
    _question(host).discard.click()
    page.editor.head.title.setText("Another")
    _idle(qtbot, bridge)
    assert (page.editor.saved.id, page.editor.head.title.text()) == (0, "Another")
    assert "Parking" in _names(stored)


class TestSavingToLeave:
    """What is changed while the answer to “Save” in the question is on its way."""

    @pytest.fixture
    def question(self, page: RulesPage, host: QWidget) -> LeaveDialog:
        page.editor.head.title.setText("Money back")
        page.list.view.setCurrentIndex(page.rules.index(2))
        return _question(host)

    def test_text_written_since_a_save_is_asked_about(
        self, page: RulesPage, question: LeaveDialog, host: QWidget, stored: Stored, bridge: Bridge, qtbot: QtBot
    ) -> None:
        question.save.click()
        page.editor.head.title.setText("Money back, all of it")
        _idle(qtbot, bridge)
        assert _names(stored)[0] == "Money back"
        assert page.editor.head.title.text() == "Money back, all of it"
        _question(host).save.click()
        _idle(qtbot, bridge)
        assert _names(stored)[0] == "Money back, all of it"
        assert page.editor.head.title.text() == "Parcels"

    def test_a_rule_that_became_faulty_is_not_left_by_a_later_save(
        self, page: RulesPage, question: LeaveDialog, stored: Stored, bridge: Bridge, qtbot: QtBot
    ) -> None:
        page.editor.head.title.setText("")
        question.save.click()
        page.editor.head.title.setText("Money back")
        page.editor.save()
        _idle(qtbot, bridge)
        assert _names(stored)[0] == "Money back"
        assert page.editor.head.title.text() == "Money back"

    def test_a_rule_equal_to_the_stored_one_is_left_without_a_question(
        self, page: RulesPage, question: LeaveDialog, bridge: Bridge, qtbot: QtBot
    ) -> None:
        page.editor.head.title.setText("Refunds")
        question.save.click()
        _idle(qtbot, bridge)
        assert page.editor.head.title.text() == "Parcels"

    def test_a_change_elsewhere_does_not_answer_the_question(
        self, page: RulesPage, question: LeaveDialog, world: World, bridge: Bridge, qtbot: QtBot
    ) -> None:
        world.call(world.desk.rules.rulebook.set_enabled(page.rules.rows()[3].id, False))
        qtbot.waitUntil(lambda: not page.rules.rows()[3].enabled)
        assert page.editor.head.title.text() == "Money back"
        question.stay.click()
        assert page.unsaved


class TestChangedElsewhere:
    """Somebody else stores the rule that is being written here."""

    SAID = "“Refunds” has been changed elsewhere meanwhile; what you wrote is still here."

    @pytest.fixture
    def theirs(self, page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot) -> Rule:
        page.editor.head.title.setText("Money back")
        rule = page.editor.saved
        saved = world.call(
            world.desk.rules.rulebook.save(replace(rule, then=(Action(ActionKind.REPLY, text="Theirs."),)))
        )
        qtbot.waitUntil(lambda: page.editor.saved.revision == 2 and bridge.is_idle)
        return saved

    def test_a_change_elsewhere_is_told_and_can_be_compared(
        self, page: RulesPage, theirs: Rule, notices: Notices, bridge: Bridge, qtbot: QtBot
    ) -> None:
        assert notices.bars.texts()["changed-elsewhere"] == self.SAID
        button = next(one for one in notices.bars.findChildren(Button) if one.text() == "Compare")
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda: bridge.is_idle)
        dialog = page.window().findChild(HistoryDialog)
        assert "Theirs." in dialog.view.toPlainText()
        dialog.reject()
        page.editor.revert()
        assert "changed-elsewhere" not in notices.bars.texts()
        assert page.editor.record() == theirs

    def test_a_rule_changed_elsewhere_is_overwritten_only_after_a_question(
        self, page: RulesPage, theirs: Rule, stored: Stored, notices: Notices, bridge: Bridge, qtbot: QtBot
    ) -> None:
        page.editor.save()
        question = page.window().findChild(ConfirmDialog)
        question.reject()
        qtbot.waitUntil(lambda: bridge.is_idle and page.window().findChild(ConfirmDialog) is None)
        assert stored()[0] == theirs
        page.editor.save()
        page.window().findChild(ConfirmDialog).action.click()
        qtbot.waitUntil(lambda: bridge.is_idle)
        assert (stored()[0].name, stored()[0].revision) == ("Money back", 3)
        assert "changed-elsewhere" not in notices.bars.texts()

    def test_saving_to_leave_asks_about_a_change_elsewhere_too(
        self, page: RulesPage, theirs: Rule, host: QWidget, stored: Stored, bridge: Bridge, qtbot: QtBot
    ) -> None:
        page.list.view.setCurrentIndex(page.rules.index(2))
        _question(host).save.click()
        page.window().findChild(ConfirmDialog).reject()
        qtbot.waitUntil(lambda: bridge.is_idle)
        assert (page.editor.head.title.text(), stored()[0]) == ("Money back", theirs)

    def test_ones_own_saving_and_switching_is_no_change_elsewhere(
        self, page: RulesPage, world: World, notices: Notices, bridge: Bridge, qtbot: QtBot
    ) -> None:
        page.editor.head.title.setText("Money back")
        page.editor.save()
        page.editor.head.title.setText("Money back, all of it")
        _idle(qtbot, bridge)
        world.call(world.desk.rules.rulebook.set_enabled(page.editor.saved.id, False))
        qtbot.waitUntil(lambda: not page.editor.saved.enabled and bridge.is_idle)
        assert page.unsaved
        assert notices.bars.texts() == {}


def test_a_switched_off_rule_deleted_elsewhere_is_stored_switched_off(
    page: RulesPage, world: World, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    rule = page.editor.saved
    world.call(world.desk.rules.rulebook.set_enabled(rule.id, False))
    qtbot.waitUntil(lambda: not page.editor.saved.enabled)
    page.editor.head.title.setText("Money back")
    world.call(world.desk.rules.rulebook.delete(rule.id))
    qtbot.waitUntil(lambda: page.editor.saved.id == 0 and bridge.is_idle)
    page.editor.save()
    _idle(qtbot, bridge)
    assert [one.enabled for one in stored() if one.name == "Money back"] == [False]


def test_a_deleted_rule_written_again_from_its_history_begins_switched_off(
    page: RulesPage, world: World, stored: Stored, bridge: Bridge, qtbot: QtBot
) -> None:
    rule = page.rules.rows()[1]
    world.call(world.desk.rules.rulebook.delete(rule.id))
    qtbot.waitUntil(lambda: page.rules.rowCount() == 3 and bridge.is_idle)
    page.explain(rule.id, rule.revision)
    qtbot.waitUntil(lambda: page.window().findChild(HistoryDialog) is not None)
    page.window().findChild(HistoryDialog).take.click()
    assert page.editor.head.state.full_text() == "New and switched off, not saved yet"
    page.editor.save()
    _idle(qtbot, bridge)
    assert [one.enabled for one in stored() if one.name == "Hours"] == [False]
