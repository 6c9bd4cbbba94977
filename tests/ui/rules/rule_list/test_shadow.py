"""What is said of rules that deliver in their own way, and of one that only looks on."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from wxdesk.core.model.decision import RuleVerdict, Verdict
from wxdesk.core.model.rule import Condition, Delivery, Rule
from wxdesk.ui.rules.rule_list.model import RuleModel
from wxdesk.ui.rules.text import verdict_text
from wxdesk.ui.rules.trial.verdicts import VerdictModel
from wxdesk.ui.widgets.row_list import RECORD


@pytest.mark.parametrize(
    ("delivery", "seconds", "mark", "words"),
    [
        (Delivery.INHERIT, 0, "", ""),
        (Delivery.SEND, 0, "at once", "sends at once"),
        (Delivery.HOLD, 20, "hold 20 s", "waits 20 s before it sends"),
        (Delivery.DRAFT, 0, "draft", "only prepares a draft"),
        (Delivery.SHADOW, 0, "shadow", "looks on only"),
    ],
)
def test_a_rule_that_delivers_in_its_own_way_says_how(
    delivery: Delivery, seconds: int, mark: str, words: str, qapp: QApplication
) -> None:
    rules = RuleModel()
    rules.show([Rule("r", id=1, when=Condition(any=("x",)), delivery=delivery, hold_seconds=seconds)])
    row = rules.index(0)
    assert (row.data(RECORD).summary, row.data(RECORD).mark) == ("contains x", mark)
    spoken = " · ".join(filter(None, ["contains x", words, "never matched yet"]))
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == f"1. r, switched on: {spoken}"
    assert words in row.data(Qt.ItemDataRole.ToolTipRole)


def test_a_trial_tells_a_rule_in_the_shadow_from_one_that_speaks() -> None:
    said = (Verdict("any", True, ("x",), "x"),)
    assert verdict_text(RuleVerdict(1, "r", 1, True, said)) == "contains “x”"
    assert verdict_text(RuleVerdict(1, "r", 1, True, said, shadow=True)) == "looks on only: contains “x”"
    model = VerdictModel()
    model.replace_rows((RuleVerdict(1, "a", 1, True), RuleVerdict(2, "b", 1, True, shadow=True)))
    assert model.matched_row() == 0
