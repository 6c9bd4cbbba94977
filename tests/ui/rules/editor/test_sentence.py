"""Every condition, limit and delivery as a part of the sentence: shown, written, judged in its place, taken away."""

from collections.abc import Callable
from datetime import time

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import (
    Action,
    ActionKind,
    Condition,
    Cooldown,
    Delivery,
    FieldTest,
    HoursTest,
    LastRule,
    MessageNo,
    Presence,
    Rule,
    SessionFromTest,
    TagsTest,
    Variant,
)
from wxdesk.core.rules.business_hours import Calendar, OpenSpan, Weekday, WeeklySpan
from wxdesk.desk.rules.business_hours_saving import BusinessHoursEdit
from wxdesk.ui.rules.editor.actions.bodies import ReplyBody
from wxdesk.ui.rules.editor.conditions.context_parts import (
    ChoicePart,
    HoursPart,
    LastRulePart,
    MessageNumberPart,
    QuietDaysPart,
    TagsPart,
)
from wxdesk.ui.rules.editor.conditions.parts import ConditionPart, SourceFieldPart, WordsPart
from wxdesk.ui.rules.editor.conditions.table import EDITORS
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.rules.text import summary
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.fields.number import NumberField
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.wording.conditions import condition_choice, condition_label

type Stored = Callable[[], list[Rule]]

SHOP = Calendar("Shop", "Asia/Shanghai", (WeeklySpan(frozenset(Weekday), OpenSpan(time(9), time(21))),))

WHOLE = Rule(
    "Whole",
    on=frozenset({MessageType.TEXT, MessageType.ENTER_SESSION}),
    when=Condition(
        any=("发货",), all=("快",), exact=("x",), prefix=("p",), suffix=("吗",), none=("退款",), regex=r"\d+",
        account="shop",
        event=("user_enter_tempsession",),
        session_from=SessionFromTest(
            prefix="goods", fields=(FieldTest("id", ("1", "2")), FieldTest("from", ("home",)))
        ),
        hours=HoursTest("Shop", inside=False),
        operator=Presence.AWAY,
        tags=TagsTest(("VIP",), ("同行",)),
        first_contact=False,
        quiet_days=30,
        message_no=MessageNo(2, 4),
        last_rule_within=LastRule("Refunds", 15),
        unless=Condition(prefix=("别",), hours=HoursTest("Shop")),
    ),
    then=(
        Action(ActionKind.TYPING, seconds=5),
        Action(ActionKind.REPLY, text="您好", others=("你好",), variant=Variant.ROTATE),
        Action(ActionKind.NOTIFY),
    ),
    cooldown=Cooldown(3 * 3600, 2, 9),
    delivery=Delivery.HOLD,
    hold_seconds=20,
)  # fmt: skip


@pytest.fixture
def shop(world: World) -> None:
    """The calendar `Shop`."""
    world.call(world.desk.rules.business_hours.save(BusinessHoursEdit([SHOP])))


@pytest.fixture
def new_rule(page: RulesPage) -> RulesPage:
    """The page with a new rule that has a name and an answer, and asks for nothing yet."""
    page.start_new()
    page.editor.head.title.setText("New")
    page.editor.then_card.add_action(ActionKind.SILENT)
    return page


def _part[P: ConditionPart](page: RulesPage, kind: type[P], condition: str, *, excepted: bool = False) -> P:
    part = page.editor.when_card.part(condition, excepted=excepted)
    assert isinstance(part, kind)
    return part


def _errors(page: RulesPage) -> list[str]:
    editor = page.editor
    return [
        label.full_text()
        for card in (editor.when_card, editor.then_card, editor.leaving_card)
        for label in card.findChildren(type(editor.head.state))
        if label.property("flow_new_line") and label.isVisible() and label.full_text() and label.maximumHeight() > 30
    ]


@pytest.mark.usefixtures("shop")
def test_a_rule_with_everything_reads_as_it_is_stored(
    page: RulesPage, stored: Stored, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    page.editor.show_record(world.call(world.desk.rules.rulebook.save(WHOLE)))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert not page.editor.unsaved
    page.editor.head.title.setText("Whole and renamed")
    page.editor.check_now()
    page.editor.head.save.click()
    qtbot.waitUntil(lambda: bridge.is_idle and not page.editor.unsaved)
    [kept] = [one for one in stored() if one.name == "Whole and renamed"]
    kept = world.desk.rules.rulebook.named(kept)
    assert replace(kept, id=0, revision=0, position=0, updated_at=None, name=WHOLE.name) == WHOLE


def _write_hours(page: RulesPage) -> None:
    part = _part(page, HoursPart, "hours")
    assert part.calendar.value == "Shop", "the only one there is"
    part.side.popup_menu.actions()[1].trigger()


def _write_presence(page: RulesPage) -> None:
    assert _part(page, ChoicePart, "operator").choice.value is Presence.AWAY


def _write_acquaintance(page: RulesPage) -> None:
    _part(page, ChoicePart, "first_contact").choice.popup_menu.actions()[1].trigger()


def _write_quiet(page: RulesPage) -> None:
    _part(page, QuietDaysPart, "quiet_days").number.setValue(14)


def _write_number(page: RulesPage) -> None:
    part = _part(page, MessageNumberPart, "message_no")
    part.how.popup_menu.actions()[2].trigger()
    part.least.setValue(3)


def _write_tags(page: RulesPage) -> None:
    _part(page, TagsPart, "tags.any").chips.field.words.emit(["VIP"])


def _write_no_tags(page: RulesPage) -> None:
    _part(page, TagsPart, "tags.none").chips.field.words.emit(["同行"])


def _write_last_rule(page: RulesPage) -> None:
    part = _part(page, LastRulePart, "last_rule_within")
    part.rule.fill()
    assert [action.text() for action in part.rule.popup_menu.actions()][:2] == ["Refunds", "Hours"]
    part.rule.popup_menu.actions()[1].trigger()
    part.minutes.setValue(5)


def _write_field(page: RulesPage) -> None:
    part = _part(page, SourceFieldPart, "session_from.fields")
    part.name.setText("goods_id")
    part.chips.field.words.emit(["7", "8"])


def _write_event(page: RulesPage) -> None:
    _part(page, WordsPart, "event").chips.field.words.emit(["user_authorize_invoice"])


@pytest.mark.usefixtures("shop")
@pytest.mark.parametrize(
    ("condition", "write", "wanted"),
    [
        ("hours", _write_hours, Condition(hours=HoursTest("Shop", inside=False))),
        ("operator", _write_presence, Condition(operator=Presence.AWAY)),
        ("first_contact", _write_acquaintance, Condition(first_contact=False)),
        ("quiet_days", _write_quiet, Condition(quiet_days=14)),
        ("message_no", _write_number, Condition(message_no=MessageNo(1, 3))),
        ("tags.any", _write_tags, Condition(tags=TagsTest(any=("VIP",)))),
        ("tags.none", _write_no_tags, Condition(tags=TagsTest(none=("同行",)))),
        ("last_rule_within", _write_last_rule, Condition(last_rule_within=LastRule("Hours", 5))),
        (
            "session_from.fields",
            _write_field,
            Condition(session_from=SessionFromTest(fields=(FieldTest("goods_id", ("7", "8")),))),
        ),
        ("event", _write_event, Condition(event=("user_authorize_invoice",))),
    ],
)
def test_a_condition_is_written_and_taken_away(
    new_rule: RulesPage, world: World, condition: str, write: Callable[[RulesPage], None], wanted: Condition
) -> None:
    card = new_rule.editor.when_card
    card.add_condition(condition)
    write(new_rule)
    assert world.desk.rules.rulebook.named(Rule("", when=card.when())).when == wanted
    new_rule.editor.check_now()
    assert new_rule.editor.faults == ()
    part = card.part(condition)
    assert part is not None
    remove = next(widget for widget in part.widgets() if widget.accessibleName().startswith("Remove this condition"))
    remove.click()  # type: ignore[attr-defined]
    assert card.part(condition) is None
    assert card.when() == Condition()


def test_the_menu_offers_every_condition_once_and_the_exceptions_as_well(page: RulesPage) -> None:
    add = page.editor.when_card.add
    add.popup_menu.aboutToShow.emit()

    def conditions(menu: QMenu) -> dict[str, bool]:
        inner = [QMenu.menuInAction(action) for action in menu.actions() if action.menu() is not None]
        lines = [one for group in inner for one in group.actions() if not one.menu() and one.isVisible()]
        return {one.text(): one.isEnabled() for one in lines}

    offered = conditions(add.popup_menu)
    several = {"account"}  # where there is one mini program, it says nothing
    assert list(offered) == [condition_choice(condition) for condition in EDITORS if condition not in several]
    assert [text for text, enabled in offered.items() if not enabled] == [condition_choice("any")]
    unless = QMenu.menuInAction(add.popup_menu.actions()[-1])
    assert unless.title() == "Unless …"
    assert all(conditions(unless).values())


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_condition_has_words(language: str) -> None:
    i18n.use(language)
    for condition in EDITORS:
        words = {
            condition_label(condition, first=first, excepted=excepted)
            for first in (True, False)
            for excepted in (True, False)
        }
        assert len(words) >= 3
        assert condition_choice(condition)


def test_exceptions_stand_last_and_are_written_like_conditions(new_rule: RulesPage) -> None:
    card = new_rule.editor.when_card
    card.add_condition("prefix", excepted=True)
    _part(new_rule, WordsPart, "prefix", excepted=True).chips.field.words.emit(["no"])
    card.add_condition("suffix")
    _part(new_rule, WordsPart, "suffix").chips.field.words.emit(["?"])
    assert card.when() == Condition(suffix=("?",), unless=Condition(prefix=("no",)))
    assert _part(new_rule, WordsPart, "suffix").label.full_text() == "and ends with one of"
    assert _part(new_rule, WordsPart, "prefix", excepted=True).label.full_text() == "unless it begins with one of"


@pytest.mark.usefixtures("shop")
def test_a_fault_is_said_at_its_condition(new_rule: RulesPage, qtbot: QtBot) -> None:
    card = new_rule.editor.when_card
    card.add_condition("message_no")
    part = _part(new_rule, MessageNumberPart, "message_no")
    part.how.popup_menu.actions()[3].trigger()
    part.least.setValue(5)
    part.most.setValue(3)
    new_rule.editor.check_now()
    assert _errors(new_rule) == ["“max” is below “min”, so the rule could never match."]
    part.most.setValue(6)
    new_rule.editor.check_now()
    assert _errors(new_rule) == []
    card.add_condition("hours", excepted=True)
    hours = _part(new_rule, HoursPart, "hours", excepted=True)
    hours.calendar.chosen.emit("Gone")
    new_rule.editor.check_now()
    assert _errors(new_rule) == ["There is no calendar of this name."]
    assert not new_rule.editor.head.save.isEnabled()


def test_an_unfinished_condition_is_told_without_alarm(new_rule: RulesPage) -> None:
    new_rule.editor.when_card.add_condition("last_rule_within")
    new_rule.editor.check_now()
    assert _errors(new_rule) == []
    assert new_rule.editor.head.state.full_text().startswith("Still missing")


def test_limits_and_delivery_are_lines_of_their_own(new_rule: RulesPage, qtbot: QtBot) -> None:
    card = new_rule.editor.leaving_card
    assert card.note.isHidden(), "it would leave an empty line"
    new_rule.editor.when_card.add_condition("operator")
    card.add_limit("per_contact_s")
    limit = card.limit("per_contact_s")
    assert limit is not None
    assert limit.unit is not None
    assert (limit.number.value(), limit.unit.text()) == (10, "minutes")
    limit.unit.popup_menu.actions()[1].trigger()
    card.add_limit("per_conversation")
    times = card.limit("per_conversation")
    assert times is not None
    words = [one.full_text() for one in times.widgets() if isinstance(one, PlainLabel)]
    assert words[:2] == ["At most", "time for each customer, ever"]
    times.number.setValue(2)
    assert "times for each customer, ever" in [w.full_text() for w in times.widgets() if isinstance(w, PlainLabel)]
    times.number.setValue(1)
    card.delivery.popup_menu.actions()[2].trigger()
    card.seconds.setValue(15)
    rule = new_rule.editor.record()
    assert (rule.cooldown, rule.delivery, rule.hold_seconds) == (Cooldown(36_000, 1, 0), Delivery.HOLD, 15)
    card.delivery.popup_menu.actions()[4].trigger()
    assert not card.seconds.isVisible()
    assert card.note.isVisible()
    assert "as if it were not there" in card.note.full_text()
    rule = new_rule.editor.record()
    assert (rule.delivery, rule.hold_seconds) == (Delivery.SHADOW, 0)
    new_rule.editor.check_now()
    assert new_rule.editor.faults == ()


def test_a_reply_takes_further_wordings(page: RulesPage) -> None:
    body = page.editor.then_card.rows[0].body
    assert isinstance(body, ReplyBody)
    second = body.wordings.add_wording()
    second.edit.setPlainText("Yes {{ nobody.knows }}")
    page.editor.check_now()
    assert _errors(page) == []  # it is said below its own field
    assert page.editor.faults
    assert second.edit.property("wrong") is True
    assert not body.wordings.edit.property("wrong")
    second.edit.setPlainText("Of course.")
    action = page.editor.record().then[0]
    assert (action.others, action.variant) == (("Of course.",), Variant.ROTATE)
    third = body.wordings.add_wording()
    assert third.edit.accessibleName() == "Wording 3"
    second.removed.emit(second)
    assert third.edit.accessibleName() == "Wording 2"
    third.removed.emit(third)
    assert page.editor.record() == page.editor.saved


def test_numbers_are_stepped_by_keys_and_judged_as_typed(new_rule: RulesPage, qtbot: QtBot) -> None:
    new_rule.editor.when_card.add_condition("quiet_days")
    days = _part(new_rule, QuietDaysPart, "quiet_days").number
    qtbot.keyClick(days, Qt.Key.Key_Up)
    assert days.value() == 31
    days.selectAll()
    qtbot.keyClicks(days, "9x99999")
    assert days.text() == "9999"
    new_rule.editor.check_now()
    assert _errors(new_rule) == ["quiet_days is from 1 to 3650."]
    assert all(field.accessibleName() for field in new_rule.editor.findChildren(NumberField))


def test_the_list_says_all_of_it_in_one_line() -> None:
    said = summary(WHOLE)
    for words in (
        "outside the hours “Shop”", "nobody is at the desk", "the customer has the tag VIP",
        "“Refunds” answered within the last 15 minutes", "unless begins with 别; within the hours “Shop”",
    ):  # fmt: skip
        assert words in said or words.replace("; ", " or ") in said


class _Layouts(QObject):
    """Counts how often a widget is asked to lay out what is in it."""

    def __init__(self, watched: QWidget) -> None:
        super().__init__(watched)
        self.count = 0
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        self.count += event.type() is QEvent.Type.LayoutRequest
        return False


def test_a_sentence_is_laid_out_only_where_what_is_said_of_it_changes(page: RulesPage) -> None:
    editor = page.editor
    said = (Action(ActionKind.REPLY, text="Hello."),)
    editor.write(Rule("Many", when=Condition(any=tuple(f"w{n}" for n in range(60)), none=("x",)), then=said))
    layouts = _Layouts(editor.when_card._sentence)
    for _ in range(2):  # one layout asks for another
        QCoreApplication.sendPostedEvents()
    laid_out = layouts.count
    editor.head.title.setText("Very many")
    editor.check_now()
    QCoreApplication.sendPostedEvents()
    assert layouts.count == laid_out
    part = editor.when_card.part("none")
    assert isinstance(part, WordsPart)
    part.chips.set_words(("",))
    editor.check_now()
    QCoreApplication.sendPostedEvents()
    assert layouts.count > laid_out
