"""The reasons of an answer where the list of rules is long: asked for when they are wanted, and never too many."""

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import NOW
from wxdesk.core.model.decision import Decision, Outcome, RuleVerdict, Verdict
from wxdesk.ui.inbox.details.decision import MOST, DecisionPanel
from wxdesk.ui.widgets.buttons import Button


def said(number: int, *, matched: bool = False) -> RuleVerdict:
    found = "x" if matched else ""
    return RuleVerdict(number, f"rule {number}", 1, matched, (Verdict("any", matched, (f"w{number}",), found),))


def decision(*verdicts: RuleVerdict, asked: int | None) -> Decision:
    return Decision(7, 1, Outcome.REPLIED, NOW, rule_id=1, rule_name="r", verdicts=verdicts, rules_asked=asked)


@pytest.fixture
def panel(qtbot: QtBot) -> DecisionPanel:
    made = DecisionPanel()
    qtbot.addWidget(made)
    made.show()
    return made


def rows(panel: DecisionPanel) -> int:
    return panel._rows.count()


def test_the_rest_of_the_verdicts_is_asked_for_and_shown(panel: DecisionPanel, qtbot: QtBot) -> None:
    panel.show_decision(decision(said(9, matched=True), asked=9), None)
    assert rows(panel) == 1
    assert panel.more.text() == "8 more rules did not apply"
    with qtbot.waitSignal(panel.all_wanted) as wanted:
        panel.more.click()
    assert wanted.args == [7]
    panel.show_verdicts(7, (*(said(n) for n in range(1, 9)), said(9, matched=True)))
    assert rows(panel) == 9
    assert not panel.more.isVisible()


def test_a_rule_that_matched_and_went_on_is_never_among_those_that_did_not_apply(panel: DecisionPanel) -> None:
    went_on = said(1, matched=True)
    panel.show_decision(decision(went_on, *(said(n) for n in range(2, 9)), said(9, matched=True), asked=9), None)
    assert rows(panel) == 5
    assert panel._rows.itemAt(0).widget().accessibleName().startswith("Matched: rule 1")
    assert panel.more.text() == "4 more rules did not apply"


def test_an_answer_that_comes_too_late_changes_nothing(panel: DecisionPanel) -> None:
    panel.show_decision(decision(said(9, matched=True), asked=9), None)
    panel.show_verdicts(8, tuple(said(n) for n in range(5)))
    assert rows(panel) == 1


def test_verdicts_that_are_there_are_not_asked_for(panel: DecisionPanel, qtbot: QtBot) -> None:
    panel.show_decision(decision(*(said(n) for n in range(9)), asked=9), None)
    with qtbot.assertNotEmitted(panel.all_wanted):
        panel.more.click()
    assert rows(panel) == 9


def test_of_ten_thousand_rules_only_some_are_shown(panel: DecisionPanel) -> None:
    panel.show_decision(decision(said(10_000, matched=True), asked=10_000), None)
    panel.show_verdicts(7, (*(said(n) for n in range(1, 10_000)), said(10_000, matched=True)))
    assert rows(panel) == MOST
    assert panel.more.text() == "9,900 more rules did not apply"
    assert not panel.more.isEnabled()


def test_a_rule_that_matched_leads_to_the_revision_that_did(panel: DecisionPanel, qtbot: QtBot) -> None:
    spoke = RuleVerdict(9, "Hours", 3, True, (Verdict("any", True, ("open",), "open"),))
    panel.show_decision(decision(said(1), spoke, asked=2), None)
    [link] = [button for button in panel.card.findChildren(Button) if button.text() == "See the rule"]
    assert link.accessibleName() == "See the rule: Hours · revision 3"
    with qtbot.waitSignal(panel.rule_wanted) as wanted:
        link.click()
    assert wanted.args == [9, 3]
