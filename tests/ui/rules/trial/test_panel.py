"""Try a sentence: verdicts and the answer, the unsaved edit included, and nothing stored or sent."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from msgspec import structs
from PySide6.QtCore import QIdentityProxyModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.decision import RuleVerdict, Verdict
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.ui.rules.editor.actions.bodies import NumberBody, ReplyBody
from wxdesk.ui.rules.editor.conditions.parts import PatternPart, WordsPart
from wxdesk.ui.rules.page import RulesPage
from wxdesk.ui.rules.text import verdict_text
from wxdesk.ui.rules.trial.verdicts import (
    BESIDE_MARK,
    LEFT,
    LINE,
    MOST_LINES,
    NAME_ROW,
    RIGHT,
    VerdictDelegate,
    VerdictLines,
    VerdictList,
    VerdictModel,
)
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.row_list import RECORD, Index


def _rows(page: RulesPage) -> list[tuple[str, bool | None, str | None]]:
    model = page.trial.verdicts.verdicts
    reasons = [verdict_text(one) if isinstance(one, RuleVerdict) else None for one in model.rows()]
    found = [model.index(row).data(RECORD) for row in range(len(reasons))]
    return [(one.words, one.matched, why) for one, why in zip(found, reasons, strict=True)]


def test_each_rule_says_why_and_the_answer_is_shown(page: RulesPage, world: World, qtbot: QtBot) -> None:
    page.trial.sentence.insert("几点 open?")
    qtbot.waitUntil(lambda: bool(_rows(page)))
    assert _rows(page) == [
        ("Refunds", False, "does not contain “refund” “退款”"),
        ("Hours", True, "contains “几点”; does not contain “refund”"),
        ("2 rules below were not asked any more", None, None),
    ]
    assert page.trial.bubbles.texts == ["几点 open?", "We open at 9."]
    assert page.trial.bubbles.cost.full_text() == "13 / 2,048 bytes · takes 1 reply"
    assert world.call(world.store.inbox.page(InboxFilter.ALL)) == []


def test_nothing_empty_is_shown_before_anything_is_tried(page: RulesPage, qtbot: QtBot) -> None:
    assert not page.trial.verdicts.isVisible()
    assert page.trial.bubbles.texts == ["Write a sentence above to see which rule answers it. Nothing is sent."]
    page.trial.sentence.setText("几点")
    qtbot.waitUntil(page.trial.verdicts.isVisible)
    page.trial.sentence.clear()
    qtbot.waitUntil(page.trial.verdicts.isHidden)


def test_the_edit_that_is_not_saved_counts(page: RulesPage, qtbot: QtBot) -> None:
    page.trial.sentence.setText("parcel 12345")
    qtbot.waitUntil(lambda: bool(_rows(page)) and _rows(page)[-1][0] == "Everything else")
    part = page.editor.when_card.part("any")
    assert isinstance(part, WordsPart)
    part.chips.field.words.emit(["parcel"])
    qtbot.waitUntil(lambda: _rows(page)[0] == ("Refunds", True, "contains “parcel”"))
    assert "A colleague will help you." in page.trial.bubbles.texts
    assert "The conversation is handed over to a person." in page.trial.bubbles.texts
    page.editor.head.revert.click()
    qtbot.waitUntil(lambda: _rows(page)[0][1] is False)


def test_a_rule_switched_off_is_asked_no_more_and_stands_there_as_that(page: RulesPage, qtbot: QtBot) -> None:
    page.trial.sentence.setText("几点")
    qtbot.waitUntil(lambda: [row[0] for row in _rows(page)][:2] == ["Refunds", "Hours"])
    page.list.view.setCurrentIndex(page.rules.index(1))
    qtbot.keyClick(page.list.view, Qt.Key.Key_Space)
    page.list.view.setCurrentIndex(page.rules.index(3))
    qtbot.waitUntil(lambda: ("Hours", False, "is switched off") in _rows(page))
    assert [row[:2] for row in _rows(page)] == [
        ("Refunds", False),
        ("Hours", False),
        ("Parcels", False),
        ("Everything else", True),
    ]
    assert "switched off" not in page.trial.note.full_text()


def test_the_edited_rule_is_tried_as_if_it_were_on(page: RulesPage, qtbot: QtBot) -> None:
    page.list.view.setCurrentIndex(page.rules.index(1))
    qtbot.keyClick(page.list.view, Qt.Key.Key_Space)
    page.trial.sentence.setText("几点")
    said = "The rule being edited is switched off; here it is tried as if it were on."
    qtbot.waitUntil(lambda: page.trial.note.full_text() == said)
    assert page.trial.note.isVisible()
    assert page.trial.bubbles.texts == ["几点", "We open at 9."]
    assert ("Hours", True) in [row[:2] for row in _rows(page)]
    qtbot.keyClick(page.list.view, Qt.Key.Key_Space)
    qtbot.waitUntil(page.trial.note.isHidden)
    assert page.trial.bubbles.texts == ["几点", "We open at 9."]


def test_a_new_rule_is_asked_before_the_default(page: RulesPage, qtbot: QtBot) -> None:
    page.start_new()
    page.editor.head.title.setText("Greeting")
    part = page.editor.when_card.part("any")
    assert isinstance(part, WordsPart)
    part.chips.field.words.emit(["hello"])
    page.editor.then_card.add_action(ActionKind.SILENT)
    page.trial.sentence.setText("Hello!")
    qtbot.waitUntil(lambda: len(_rows(page)) == 5)
    assert [row[0] for row in _rows(page)[:4]] == ["Refunds", "Hours", "Parcels", "Greeting"]
    assert "The customer gets nothing, on purpose." in page.trial.bubbles.texts


def test_an_edit_that_cannot_work_is_left_out_and_said(page: RulesPage, qtbot: QtBot) -> None:
    page.list.view.setCurrentIndex(page.rules.index(2))
    part = page.editor.when_card.part("regex")
    assert isinstance(part, PatternPart)
    part.field.selectAll()
    qtbot.keyClicks(part.field, "(")
    page.trial.sentence.setText("order 12345")
    qtbot.waitUntil(lambda: "Order 12345 is on its way." in page.trial.bubbles.texts)
    assert "not complete" in page.trial.note.full_text()
    assert page.trial.note.isVisible()


def test_a_rule_that_hands_over_to_wechats_own_tool_says_so(page: RulesPage, qtbot: QtBot) -> None:
    page.start_new()
    page.editor.head.title.setText("To the tool")
    part = page.editor.when_card.part("any")
    assert isinstance(part, WordsPart)
    part.chips.field.words.emit(["person"])
    page.editor.then_card.chips[ActionKind.TRANSFER].click()
    assert not page.editor.then_card.chips[ActionKind.TRANSFER].isEnabled()  # once is enough
    page.trial.sentence.setText("A person, please")
    qtbot.waitUntil(lambda: "The customer is handed over to WeChat's own service tool." in page.trial.bubbles.texts)


def test_a_trial_says_what_becomes_of_the_conversation(
    page: RulesPage, bridge: Bridge, stored: Callable[[], list[Rule]], qtbot: QtBot
) -> None:
    page.start_new()
    page.editor.head.title.setText("Later")
    part = page.editor.when_card.part("any")
    assert isinstance(part, WordsPart)
    part.chips.field.words.emit(["tomorrow"])
    then = page.editor.then_card
    then.chips[ActionKind.SNOOZE].click()
    one_of = (ActionKind.SNOOZE, ActionKind.RESOLVE, ActionKind.TAKE_OVER)
    assert not any(then.chips[kind].isEnabled() for kind in one_of)
    page.trial.sentence.setText("I pay tomorrow")
    qtbot.waitUntil(lambda: "The conversation is snoozed for 1 h." in page.trial.bubbles.texts)
    body = then.rows[-1].body
    assert isinstance(body, NumberBody)
    body.field.setValue(90)
    then.add_action(ActionKind.REPLY)
    reply = then.rows[-1].body
    assert isinstance(reply, ReplyBody)
    reply.wordings.edit.setPlainText("See you then.")
    once = "Once that has been sent: The conversation is snoozed for 90 min."
    qtbot.waitUntil(lambda: once in page.trial.bubbles.texts)
    page.editor.check_now()
    page.editor.save()
    qtbot.waitUntil(lambda: bridge.is_idle and any(rule.name == "Later" for rule in stored()))
    saved = next(rule for rule in stored() if rule.name == "Later")
    assert saved.then[0] == Action(ActionKind.SNOOZE, minutes=90)
    then.rows[0].remove.click()
    then.chips[ActionKind.RESOLVE].click()
    once = "Once that has been sent: The conversation is resolved."
    qtbot.waitUntil(lambda: once in page.trial.bubbles.texts)


def test_kind_source_and_name_are_tried_too(page: RulesPage, qtbot: QtBot) -> None:
    page.trial.sentence.setText("anything")
    page.trial.writer.name.selectAll()
    qtbot.keyClicks(page.trial.writer.name, "Li Lei")
    qtbot.waitUntil(lambda: "Thank you, Li Lei." in page.trial.bubbles.texts)
    page.trial.kind.set_value(MessageType.ENTER_SESSION)
    page.trial.kind.chosen.emit(MessageType.ENTER_SESSION)
    qtbot.waitUntil(lambda: _rows(page)[0][2] == "only for a text")
    assert page.trial.source.isVisible()
    assert "No rule answers; the message waits for a person." in page.trial.bubbles.texts


def test_markup_in_a_sentence_stays_text(page: RulesPage, qtbot: QtBot) -> None:
    page.trial.sentence.setText("<b>几点</b><img src=file:///etc/passwd>")
    qtbot.waitUntil(lambda: bool(_rows(page)))
    labels = page.trial.bubbles.findChildren(type(page.editor.head.state))
    assert all(label.textFormat() is Qt.TextFormat.PlainText for label in labels)
    assert page.trial.bubbles.texts[0] == "<b>几点</b><img src=file:///etc/passwd>"


def test_in_a_narrow_window_the_trial_is_a_drawer(page: RulesPage, qtbot: QtBot) -> None:
    assert page.trial.isVisible()
    assert not page.editor.head.trial.isVisible()
    page.resize(836, 568)
    assert not page.trial.isVisible()
    page.editor.head.trial.click()
    assert page.trial.isVisible()
    assert page.trial.geometry().right() == page.rect().right()
    page.trial.close_button.click()
    assert not page.trial.isVisible()
    page.editor.head.trial.click()
    qtbot.keyClick(page.trial.sentence, Qt.Key.Key_Escape)
    assert not page.trial.isVisible()
    assert page.editor.head.trial.hasFocus()
    qtbot.keyClick(page.editor.head.title, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.trial.sentence.hasFocus()
    page.list.check.click()
    assert not page.trial.isVisible(), "it covers the way back from the review"
    page.resize(1216, 768)
    assert page.trial.isVisible()
    qtbot.keyClick(page.editor.head.title, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.trial.sentence.hasFocus()
    page.list.unmatched.click()
    qtbot.keyClick(page.trial.sentence, Qt.Key.Key_Escape)
    assert page.trial.isVisible(), "a column stays"


def test_the_model_keeps_qts_rules(qtbot: QtBot) -> None:
    verdicts = VerdictModel()
    QAbstractItemModelTester(verdicts, QAbstractItemModelTester.FailureReportingMode.Fatal)
    verdicts.replace_rows((RuleVerdict(1, "a", 1, matched=False), RuleVerdict(2, "b", 1, matched=True), 3))
    assert verdicts.matched_row() == 1
    verdicts.replace_rows(())
    assert verdicts.rowCount() == 0
    assert verdicts.matched_row() == -1


def test_each_condition_has_its_own_verdict(page: RulesPage, qtbot: QtBot) -> None:
    page.trial.sentence.setText("几点")
    qtbot.waitUntil(lambda: bool(_rows(page)))
    model = page.trial.verdicts.verdicts
    assert model.index(0).data(RECORD).lines == [(False, "does not contain “refund” “退款”")]
    assert model.index(1).data(RECORD).lines == [(True, "contains “几点”"), (True, "does not contain “refund”")]
    page.trial.sentence.setText("refund")
    qtbot.waitUntil(lambda: model.index(0).data(RECORD).lines == [(True, "contains “refund”")])


def test_the_bytes_that_would_leave_are_shown(page: RulesPage, qtbot: QtBot) -> None:
    page.trial.sentence.setText("几点")
    qtbot.waitUntil(lambda: page.trial.bubbles.open.isVisible())
    page.trial.bubbles.open.click()
    assert page.trial.bubbles.bodies.isVisible()
    body = '{"touser":"OPENID","msgtype":"text","text":{"content":"We open at 9."}}'
    assert page.trial.bubbles.bodies.toPlainText() == f"{len(body)} bytes\n{body}"
    page.trial.sentence.setText("")
    qtbot.waitUntil(lambda: not page.trial.bubbles.open.isVisible())


def test_a_long_verdict_is_read_whole_on_as_many_lines_as_it_needs(qtbot: QtBot) -> None:
    verdicts = VerdictList()
    qtbot.addWidget(verdicts)
    long = (Verdict("any", ok=False, words=("a word that is long", "one as long as that", "and one more of these")),)
    said = (RuleVerdict(1, "short", 1, matched=False), RuleVerdict(2, "long", 1, matched=False, verdicts=long))
    verdicts.resize(260, 100)
    verdicts.show_verdicts(said, 0)
    verdicts.show()
    short, tall = (verdicts.visualRect(verdicts.verdicts.index(row)).height() for row in (0, 1))
    assert (short, tall % LINE) == (NAME_ROW + LINE, NAME_ROW % LINE)
    assert tall > short
    narrow = verdicts.height()
    verdicts.resize(1200, verdicts.height())
    assert verdicts.visualRect(verdicts.verdicts.index(1)).height() == NAME_ROW + LINE
    assert verdicts.height() < narrow


def test_rows_that_do_not_all_fit_are_as_high_as_they_need_beside_the_scroll_bar(qtbot: QtBot) -> None:
    verdicts = VerdictList()
    qtbot.addWidget(verdicts)
    verdicts.resize(300, 100)
    verdicts.show()
    words = ("thanks", "thank", "you", "cheers", "many")
    one = RuleVerdict(1, "thanks", 1, matched=False, verdicts=(Verdict("any", ok=False, words=words),))
    verdicts.show_verdicts([one], 0)
    alone = verdicts.viewport().width()
    verdicts.show_verdicts([one] * 9, 0)
    assert verdicts.viewport().width() < alone
    first = verdicts.verdicts.index(0)
    assert verdicts.visualRect(first).height() == verdicts.sizeHintForIndex(first).height()
    verdicts.show_verdicts([one], 0)
    assert verdicts.viewport().width() == alone


@pytest.mark.parametrize("word", ["delivery", "доставка" * 12, "运费", "https://shop.example.com/" + "a" * 90])
def test_a_verdict_that_is_longer_than_its_lines_says_that_there_is_more(qtbot: QtBot, word: str) -> None:
    class Cut(QIdentityProxyModel):
        def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
            cut = VerdictLines("long", matched=False, lines=[(False, shown)])
            return cut if role == RECORD else super().data(index, role)

    listed = VerdictList()
    qtbot.addWidget(listed)
    listed.resize(260, 200)
    long = (Verdict("any", ok=False, words=(("" if word == "运费" else " ").join([word] * 60),)),)
    listed.show_verdicts([RuleVerdict(1, "long", 1, matched=False, verdicts=long)], 0)
    listed.show()
    delegate = listed.itemDelegate()
    assert isinstance(delegate, VerdictDelegate)
    [(_, words)] = listed.verdicts.index(0).data(RECORD).lines
    room = listed.viewport().width() - LEFT - RIGHT - BESIDE_MARK
    shown = delegate.shown(words, room)
    assert shown.endswith("…")
    assert words.startswith(shown[:-1])
    assert len(shown) > 60
    assert delegate.shown(shown, room) == shown
    assert listed.visualRect(listed.verdicts.index(0)).height() == NAME_ROW + MOST_LINES * LINE
    assert delegate.shown("运费", room) == "运费"
    painted, cut = listed.grab().toImage(), Cut()
    cut.setSourceModel(listed.verdicts)
    listed.setModel(cut)
    assert listed.grab().toImage() == painted


def test_the_trial_offers_the_accounts_as_they_are_now(page: RulesPage, world: World, qtbot: QtBot) -> None:
    around = page.trial.around
    assert [action.text() for action in around.account.popup_menu.actions()] == ["shop"]
    setup = world.desk.configuration.now
    [shop] = setup.config.accounts
    more = structs.replace(setup.config, accounts=(shop, structs.replace(shop, name="tea", app_id="wx2")))
    world.call(world.desk.configuration.apply(replace(setup, config=more)))
    qtbot.waitUntil(lambda: len(around.account.popup_menu.actions()) == 2)
    around.account.set_value("tea")
    world.call(world.desk.configuration.apply(setup))
    qtbot.waitUntil(lambda: [action.text() for action in around.account.popup_menu.actions()] == ["shop"])
    assert around.account.value == "shop"
