"""Each doubt of the check leads to the very word, field, pattern or action that it is about."""

from functools import partial

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.model.reply import Content, ReplyKind
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
    Rule,
    SessionFromTest,
    TagsTest,
)
from wxdesk.core.rules.faults import FieldPath, RuleFault
from wxdesk.core.rules.lint.findings import LintCode, LintFinding
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.dialog import LeaveDialog

EVERYTHING = Rule(
    "Everything",
    when=Condition(
        any=("one", "two"),
        regex="x+",
        session_from=SessionFromTest(prefix="goods", fields=(FieldTest("id", ("7",)),)),
        hours=HoursTest("shop"),
        tags=TagsTest(any=("vip", "new")),
        quiet_days=3,
        message_no=MessageNo(2, 4),
        last_rule_within=LastRule("Hours", 5),
        unless=Condition(any=("three", "four")),
    ),
    then=(
        Action(ActionKind.REPLY, text="first\nline", others=("second\nline {{ oops",)),
        Action(ActionKind.TEMPLATE, template="pic"),
        Action(ActionKind.IMAGE, content=Content(kind=ReplyKind.IMAGE, media_id="OLD")),
        Action(
            ActionKind.CARD,
            content=Content(kind=ReplyKind.CARD, title="t", page_path="p", thumb_media_id="OLD"),
        ),
        Action(ActionKind.TYPING, seconds=3),
        Action(ActionKind.NOTIFY),
        Action(ActionKind.SNOOZE, minutes=60),
    ),
    cooldown=Cooldown(per_conversation=2),
    delivery=Delivery.HOLD,
    hold_seconds=9,
)

PLACES: list[tuple[LintCode, FieldPath, str]] = [
    (LintCode.UNUSED, (), "Name of the rule"),
    (LintCode.FAULT, ("on",), "Kinds of message"),
    (LintCode.UNREACHABLE, ("when",), "Add a word: "),
    (LintCode.SAME_WORDS, ("when", "any", 1), "Word “two”; Delete removes it"),
    (LintCode.FAULT, ("when", "not", "any", 1), "Word “four”; Delete removes it"),
    (LintCode.FAULT, ("when", "regex"), "Regular expression"),
    (LintCode.FAULT, ("when", "session_from"), "Value of session_from"),
    (LintCode.FAULT, ("when", "session_from", "fields", "id"), "Add a word: value of the field"),
    (LintCode.NEVER_OPEN, ("when", "hours", "inside"), "Business hours"),
    (LintCode.FAULT, ("when", "tags", "any", 1), "Word “new”; Delete removes it"),
    (LintCode.FAULT, ("when", "quiet_days"), "Days without a message"),
    (LintCode.FAULT, ("when", "message_no", "max"), "Largest number of messages"),
    (LintCode.FAULT, ("when", "last_rule_within", "minutes"), "Minutes since the other rule answered"),
    (LintCode.FAULT, ("then", 0, "reply", 1), "Wording 2"),
    (LintCode.MEDIA_EXPIRED, ("then", 1, "template"), "Shortcut or title of the template"),
    (LintCode.MEDIA_EXPIRES, ("then", 2, "image"), "media_id"),
    (LintCode.MEDIA_EXPIRED, ("then", 3, "card", "thumb_media_id"), "Cover, media_id"),
    (LintCode.FAULT, ("then", 4, "typing"), "Seconds of typing"),
    (LintCode.TOO_MANY_SENDS, ("then", 5, "notify"), "Remove: Call for a person"),
    (LintCode.CALL_SET_ASIDE, ("then", 6, "snooze"), "Minutes of snoozing"),
    (LintCode.FAULT, ("cooldown", "per_conversation"), "so many times for each customer, ever"),
    (LintCode.FAULT, ("delivery",), "Seconds that the reply waits"),
]


@pytest.mark.expects_log("stored rule")
@pytest.mark.parametrize(("doubt", "where", "name"), PLACES, ids=[f"{doubt}-{where}" for doubt, where, _ in PLACES])
def test_a_doubt_leads_to_its_very_place(
    doubt: LintCode, where: FieldPath, name: str, page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    saved = world.call(world.store.rules.save(EVERYTHING, bridge.desk.clock()))
    world.call(world.desk.rules.rulebook.load())
    page.activate()
    qtbot.waitUntil(lambda: bridge.is_idle and page.rules.row_of(saved.id) >= 0)
    page.window().activateWindow()
    assert page.editor.saved.id != saved.id
    fault = RuleFault(where, "An empty word would be found in every text.", 2 if "reply" in where else 0)
    page.reviews.finding_chosen.emit(LintFinding(doubt, saved, where, fault=fault if doubt is LintCode.FAULT else None))
    qtbot.waitUntil(lambda: page.editor.saved.id == saved.id)

    def arrived() -> bool:
        now = page.window().focusWidget()
        return now is not None and now.isVisible() and now.accessibleName().startswith(name)

    qtbot.waitUntil(arrived)
    focused = page.window().focusWidget()
    if "reply" in where:
        assert isinstance(focused, QPlainTextEdit)
        assert focused.textCursor().blockNumber() == 1
    qtbot.waitUntil(lambda: page.editor.rect().contains(focused.mapTo(page.editor, focused.rect().center())))


def test_the_place_is_shown_once_the_unsaved_is_settled(
    page: RulesPage, world: World, bridge: Bridge, qtbot: QtBot
) -> None:
    other = page.rules.rows()[1]
    page.editor.head.title.setText("Something else")
    page.reviews.finding_chosen.emit(LintFinding(LintCode.SAME_WORDS, other, ("when", "any", 1)))
    question = page.window().findChild(LeaveDialog)
    assert page.editor.saved.id != other.id
    question.discard.click()
    qtbot.waitUntil(lambda: page.editor.saved.id == other.id)
    qtbot.waitUntil(lambda: page.window().focusWidget().accessibleName() == "Word “几点”; Delete removes it")


def test_staying_with_unsaved_changes_cancels_the_jump_to_a_doubt(
    page: RulesPage, bridge: Bridge, qtbot: QtBot
) -> None:
    other = page.rules.rows()[1]
    page.window().activateWindow()
    page.editor.head.title.setText("Something else")
    page.reviews.finding_chosen.emit(LintFinding(LintCode.SAME_WORDS, other, ("when", "any", 1)))
    page.window().findChild(LeaveDialog).stay.click()
    assert page.editor.saved.id == page.rules.rows()[0].id
    page.editor.revert()
    page.list.view.setFocus()
    page.list.view.setCurrentIndex(page.rules.index(1))
    assert page.editor.saved.id == other.id
    waited: list[bool] = []
    QTimer.singleShot(0, page, partial(waited.append, True))  # comes after any jump that is on its way
    qtbot.waitUntil(lambda: bool(waited) and bridge.is_idle)
    assert page.window().focusWidget() is page.list.view
