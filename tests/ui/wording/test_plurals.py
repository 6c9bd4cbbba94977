"""Numbers and the words behind them agree: one hour, two hours."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from wxdesk.core.model.decision import Verdict
from wxdesk.core.model.rule import Action, ActionKind, Cooldown, Delivery, LastRule, Rule
from wxdesk.i18n import unit
from wxdesk.ui.rules.editor.actions.bodies import NumberBody
from wxdesk.ui.rules.editor.conditions.context_parts import ConditionChoices, LastRulePart, QuietDaysPart
from wxdesk.ui.rules.editor.conditions.table import EDITORS
from wxdesk.ui.rules.editor.limits_card import LimitsCard
from wxdesk.ui.settings.preference_lines import NumberLine
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.wording.conditions import context_text
from wxdesk.ui.wording.times import exact_span

type Spoken = tuple[QWidget, NumberField, str, str]


def _quiet(host: QWidget) -> Spoken:
    part = EDITORS["quiet_days"].part(1, ConditionChoices(), host)
    assert isinstance(part, QuietDaysPart)
    return host, part.number, "day before", "days before"


def _last_rule(host: QWidget) -> Spoken:
    return host, LastRulePart(LastRule("r", 1), ConditionChoices(), host).minutes, "minute", "minutes"


def _typing(host: QWidget) -> Spoken:
    body = NumberBody(Action(ActionKind.TYPING, seconds=1), host)
    return body, body.field, "second, then the next message comes.", "seconds, then the next message comes."


def _waiting(host: QWidget) -> Spoken:
    card = LimitsCard(host)
    card.show_rule(Rule("r", delivery=Delivery.HOLD, hold_seconds=1))
    return card, card.seconds, "second for you before it leaves", "seconds for you before it leaves"


def _setting(host: QWidget) -> Spoken:
    line = NumberLine("undo_seconds", "Undo", unit("second left", "seconds left"), host)
    line.show_value(1)
    return line, line.number, "second left", "seconds left"


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


@pytest.mark.parametrize("made", [_quiet, _last_rule, _typing, _waiting, _setting])
def test_the_unit_behind_a_field_goes_by_its_number(made: Callable[[QWidget], Spoken], host: QWidget) -> None:
    where, field, one, many = made(host)

    def said() -> set[str]:
        return {label.text() for label in where.findChildren(QLabel)} & {one, many}

    assert said() == {one}
    field.setValue(2)
    assert said() == {many}
    field.show_number(1)
    assert said() == {one}


def test_a_limit_names_all_units_by_its_number(host: QWidget) -> None:
    card = LimitsCard(host)
    card.show_rule(Rule("r", cooldown=Cooldown(per_contact_s=3600)))
    limit = card.limit("per_contact_s")
    assert limit is not None
    assert limit.unit is not None
    assert limit.unit.text() == "hour"
    limit.number.setValue(2)
    assert limit.unit.text() == "hours"
    assert [action.text() for action in limit.unit.popup_menu.actions()] == ["days", "hours", "minutes", "seconds"]
    assert card.cooldown() == Cooldown(per_contact_s=7200)
    limit.number.setValue(1)
    limit.unit.popup_menu.actions()[0].trigger()
    assert limit.unit.text() == "day"
    assert limit.unit.accessibleName().endswith(": day")
    assert card.cooldown() == Cooldown(per_contact_s=86_400)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(1, "1 second"), (60, "1 minute"), (90, "90 seconds"), (7200, "2 hours"), (86_400, "1 day"), (172_800, "2 days")],
)
def test_a_span_that_somebody_chose_is_told_without_rounding(seconds: int, words: str) -> None:
    assert exact_span(timedelta(seconds=seconds)) == words
    refusal = Verdict("cooldown", ok=False, words=(str(seconds), "0", "0"), found="per_contact_s")
    assert context_text(refusal) == f"answered this customer less than {words} ago"


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict("quiet_days", ok=True, words=("1",)), "the customer was quiet for 1 day"),
        (Verdict("quiet_days", ok=False, words=("1",)), "the customer was not quiet for 1 day"),
        (Verdict("last_rule_within", ok=True, words=("r", "1")), "“r” answered within the last 1 minute"),
        (Verdict("last_rule_within", ok=False, words=("r", "2")), "“r” did not answer within the last 2 minutes"),
    ],
)
def test_a_verdict_counts_in_words_that_agree(verdict: Verdict, words: str) -> None:
    assert context_text(verdict) == words
