"""The page on a real desk: figures of what really happened, for the span that was asked last."""

import csv
from datetime import date, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path

from msgspec.structs import replace
from PySide6.QtCore import QDate, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QDateTimeEdit, QFileDialog, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.events import ReachabilityChanged
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.model.statistics import ALL, MessageCounts, TimeSpan
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.i18n import moment_text
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.insights.head import MARGIN
from wxdesk.ui.insights.page import HEADING, InsightsPage
from wxdesk.ui.insights.ranking import Ranked, RankList, RankModel
from wxdesk.ui.insights.text import Period
from wxdesk.ui.look.theme import Size, font
from wxdesk.ui.widgets.boxes import ColumnScroll
from wxdesk.ui.widgets.dialogs.dialog import ConfirmDialog, Legend
from wxdesk.ui.widgets.labels import PlainLabel
from wxdesk.ui.wording.outages import outages_text

WANG, LI = "oW7hAbCdEfGhIjKlMnOpQrStUc31", "oX3fAbCdEfGhIjKlMnOpQrStU9k2"


def texts(page: InsightsPage) -> set[str]:
    return {label.full_text() for label in page.findChildren(PlainLabel) if label.isVisible()}


def rows(model: RankModel) -> list[str]:
    return [model.index(row).data() for row in range(model.rowCount())]


def busy_day(world: World) -> None:
    """A rule answers one, nobody the other, and one reply of the operator's is refused."""
    world.say(WANG, "你们几点开门")
    world.wait_until_sent(1)
    asking = world.say(LI, "能开发票吗")
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45015))
    reply = world.call(world.desk.replies.write(asking, "可以的"))
    world.wait_until_sent(reply.id)


def shown(qtbot: QtBot, page: InsightsPage) -> None:
    before = page.figures
    page.activate()
    qtbot.waitUntil(lambda: page.figures is not before)


def test_without_a_message_it_says_in_a_sentence_what_will_be_here(page: InsightsPage) -> None:
    [sentence] = [text for text in texts(page) if text.startswith("What customers write")]
    assert sentence.count(".") == 1
    assert not page.sections.messages.isVisible()


def test_the_time_that_was_missed_stands_above_the_figures(qtbot: QtBot, answering: World, page: InsightsPage) -> None:
    assert not page.missed.isVisible()
    desk, now = answering.desk, answering.clock()

    def missed(ago: int) -> None:
        answering.call(answering.store.outages.begin(now - timedelta(minutes=ago), CheckVerdict.FIREWALL))
        answering.call(answering.store.outages.end(now - timedelta(minutes=ago - 10)))
        answering.loop.call_soon_threadsafe(desk.bus.publish, ReachabilityChanged(desk.reachability.state))

    missed(80)
    qtbot.waitUntil(page.missed.isVisible)
    assert page.missed.full_text().endswith(" not reachable: messages may be missing")
    assert page.missed.full_text().count("–") == 1
    for ago in (60, 40, 20):
        missed(ago)
    more = "Not reachable 4 times, 40 min altogether: messages may be missing"
    qtbot.waitUntil(lambda: page.missed.full_text() == more)
    assert outages_text(answering.call(desk.reachability.outages()), TimeSpan(now, now), now) == ""


def test_the_figures_are_those_of_what_happened(qtbot: QtBot, answering: World, page: InsightsPage) -> None:
    busy_day(answering)
    shown(qtbot, page)
    sections = page.sections
    assert sections.messages.figure.full_text() == "2"
    assert (sections.by_rule.figure.full_text(), sections.by_rule.note.full_text()) == ("50%", "1 message")
    assert (sections.unanswered.figure.full_text(), sections.unanswered.accessibleName()) == ("1", "Not answered: 1")
    assert sections.first_response.figure.full_text().endswith(" s")
    assert sections.human_wait.figure.full_text() == "–"
    assert sections.bars.accessibleDescription().startswith("2 messages in all.")
    assert rows(sections.rules.ranks) == ["Hours  1  replied to 1"]
    assert rows(sections.unmatched.ranks) == ["能开发票吗  1"]
    assert rows(sections.undelivered.ranks) == ["45015 the time for replies is over  1"]
    for ranks in (sections.rules.ranks, sections.unmatched.ranks):
        QAbstractItemModelTester(ranks, QAbstractItemModelTester.FailureReportingMode.Fatal, ranks)


def test_figures_say_what_they_count_where_others_count_customers(
    qtbot: QtBot, world: World, page: InsightsPage
) -> None:
    """A promise is a reply of its rule and answers nobody; one customer's two messages wait as one."""
    promise = (Action(ActionKind.REPLY, text="我们马上来看。"), Action(ActionKind.TAKE_OVER))
    world.call(world.desk.rules.rulebook.save(Rule("Later", when=Condition(any=("开票",)), then=promise)))
    world.say(WANG, "能开票吗")
    world.wait_until_sent(1)
    world.say(WANG, "在吗")
    world.wait_until_sent(world.call(world.desk.replies.write(world.say(LI, "你好"), "在的")).id)
    shown(qtbot, page)
    sections = page.sections
    assert rows(sections.rules.ranks) == ["Later  1  replied to 1"]
    assert sections.by_rule.note.full_text() == "0 messages"
    assert sections.unanswered.figure.full_text() == "2"
    assert sections.unanswered.note.full_text() == "messages that nobody has answered yet"
    assert sections.human_wait.note.full_text().endswith(" s · 1 customer waits now")


def test_a_card_without_figures_says_so(qtbot: QtBot, answering: World, page: InsightsPage) -> None:
    answering.say(LI, "能开发票吗")
    shown(qtbot, page)
    assert {"No rule has answered in this time.", "Everything that left was accepted."} <= texts(page)
    assert not page.sections.rules.isVisible()


def test_a_chip_asks_for_its_days(qtbot: QtBot, answering: World, page: InsightsPage) -> None:
    for period, days in ((Period.TODAY, 0), (Period.LATELY, 29), (Period.WEEK, 6)):
        before = page.figures
        page.head.chips.button(period).click()
        qtbot.waitUntil(partial(lambda old: page.figures is not old, before))
        span = page.figures.span
        first, last = (at.astimezone() for at in (span.since, span.until))
        assert last.date() - first.date() == timedelta(days=days)
        assert (first.hour, first.minute) == (0, 0)


def test_days_are_chosen_by_hand(qtbot: QtBot, answering: World, page: InsightsPage) -> None:
    page.head.chips.button(Period.CHOSEN).click()
    [question] = page.window().findChildren(ConfirmDialog)
    first, last = question.findChildren(QDateTimeEdit)
    first.setDate(QDate(2026, 3, 1))
    last.setDate(QDate(2026, 2, 1))  # the wrong way round
    before = page.figures
    question.action.click()
    qtbot.waitUntil(lambda: page.figures is not before)
    since, until = page.figures.span.since.astimezone(), page.figures.span.until.astimezone()
    assert (since.date(), until.date()) == (date(2026, 2, 1), date(2026, 3, 2))
    assert page.sections.messages.figure.full_text() == "0"


def test_one_rule_is_chosen_of_those_that_matched(qtbot: QtBot, answering: World, page: InsightsPage) -> None:
    busy_day(answering)
    shown(qtbot, page)
    assert not page.head.account.isVisible()
    everybody, hours = page.head.who.popup_menu.actions()
    assert (everybody.text(), hours.text()) == ("Everybody", "Rule: Hours")
    before = page.figures
    hours.trigger()
    qtbot.waitUntil(lambda: page.figures is not before)
    sections = page.sections
    assert (sections.messages.figure.full_text(), sections.unanswered.figure.full_text()) == ("1", "–")
    assert rows(sections.rules.ranks) == ["Hours  1  replied to 1"]
    assert rows(sections.undelivered.ranks) == []


def test_an_open_menu_stays_as_it_is_and_long_names_are_cut(qtbot: QtBot, answering: World, page: InsightsPage) -> None:
    busy_day(answering)
    shown(qtbot, page)
    assert page.figures is not None
    who, named = page.head.who, replace(page.figures.rules[0], name="Tea & more " * 10)
    who.popup_menu.popup(who.mapToGlobal(QPoint(0, 30)))
    lines = who.popup_menu.actions()
    page.head.offer([], replace(page.figures, rules=(named,)), ALL)
    assert who.popup_menu.actions() == lines
    who.popup_menu.close()
    who.click()
    _, line = who.popup_menu.actions()
    assert line.text().startswith("Rule: Tea && more")
    line.trigger()
    who.popup_menu.close()
    assert who.width() < 300
    assert "Tea & more" in who.accessibleDescription()


def test_the_legend_of_one_persons_desk_has_no_figures_of_a_team(qtbot: QtBot, page: InsightsPage) -> None:
    page.head.legend.click()
    [legend] = page.window().findChildren(Legend)
    words = {label.full_text() for label in legend.findChildren(PlainLabel)}
    assert {"For you", "Unread", "In", "By hand"} <= words
    assert not {"Mine", "Nobody's"} & words
    [scroll] = legend.findChildren(ColumnScroll)
    qtbot.waitUntil(scroll.hasFocus)  # the arrow keys scroll
    assert legend.rect().contains(legend.away.geometry())
    with qtbot.waitSignal(legend.finished):
        legend.away.click()


def test_the_choices_share_a_line_where_there_is_room_for_them(qtbot: QtBot, page: InsightsPage) -> None:
    head = page.head
    first, tall = head.chips.buttons()[0], head.height()
    assert abs(first.geometry().center().y() - head.who.geometry().center().y()) <= 1
    page.window().resize(740, 700)
    qtbot.waitUntil(lambda: head.height() > tall)
    assert head.who.y() > first.geometry().bottom()
    assert head.legend.geometry().right() < head.width()


def test_tab_goes_through_the_head_as_it_is_seen(page: InsightsPage) -> None:
    head = page.head
    one: QWidget
    seen: list[QWidget] = [*head.chips.buttons(), head.account, head.who, head.export, head.legend]
    for one, after in pairwise(seen):
        while (one := one.nextInFocusChain()) not in seen:
            pass
        assert one is after


def test_the_name_of_the_file_is_of_the_days_that_are_shown(qtbot: QtBot, page: InsightsPage) -> None:
    shown(qtbot, page)
    page.head.period = Period.TODAY
    page._question().close()  # another is on its way
    page.head.export_wanted.emit(".csv")
    [dialog] = page.window().findChildren(QFileDialog)
    assert page.figures is not None
    first = page.figures.span.since.astimezone().date()
    assert Path(dialog.selectedFiles()[0]).name.startswith(f"insights-{first.isoformat()}")
    dialog.done(0)


def test_the_shown_figures_are_saved_as_a_table_and_as_a_picture(
    qtbot: QtBot, answering: World, page: InsightsPage, tmp_path: Path
) -> None:
    busy_day(answering)
    shown(qtbot, page)
    for ending in (".csv", ".png"):
        page.head.export_wanted.emit(ending)
        [dialog] = page.window().findChildren(QFileDialog)
        assert Path(dialog.selectedFiles()[0]).suffix == ending
        dialog.fileSelected.emit(str(tmp_path / f"shown{ending}"))
        dialog.done(0)
        qtbot.waitUntil(lambda: not page.window().findChildren(QFileDialog))
    table = list(csv.reader((tmp_path / "shown.csv").read_text(encoding="utf-8-sig").splitlines()))
    assert table[0] == ["Figure", "Of", "Number"]
    assert {("Messages", "2"), ("Answered by rules", "1"), ("Not answered", "1")} <= {(row[0], row[2]) for row in table}
    assert ["Hits", "Hours", "1"] in table
    picture = QImage(str(tmp_path / "shown.png"))
    assert picture.height() == (page._board.height() + HEADING) * picture.devicePixelRatio()
    words = [picture.pixel(x, y) for x in range(MARGIN, 200) for y in range(HEADING)]
    assert len(set(words)) > 1, "nothing tells of which days it is"
    assert table[1][1].startswith(moment_text(page.figures.span.since))


def test_no_number_is_cut_however_long(page: InsightsPage) -> None:
    ranks = page.sections.rules
    ranks.show_rows([Ranked("r", 1_234_567, 1.0, "1,234,567 answered · 12 corrected"), Ranked("s", 1)])
    metrics = QFontMetrics(font(strong=True, tabular=True))
    assert ranks.ranks.value_width > metrics.horizontalAdvance("1,234,567")
    page.sections.bars.show_hours([MessageCounts(by_rule=1_234_567)] * 24)
    assert page.sections.bars.axis_width > QFontMetrics(font(Size.CAPTION, tabular=True)).horizontalAdvance("2000000")


def test_figures_of_a_rule_are_written_whole_in_a_narrow_card(qtbot: QtBot) -> None:
    row = Ranked("营业时间与节假日", 999_999, 1.0, "888,888 answered · 77,777 corrected")
    lists = [RankList(""), RankList("")]
    for one, width in zip(lists, (398, 900), strict=True):
        qtbot.addWidget(one)
        one.show_rows([row])
        one.resize(width, one.height())
    narrow, wide = (one.grab().toImage() for one in lists)
    end = lists[0].ranks.note_width + lists[0].ranks.value_width + 10

    def last(image: QImage) -> QImage:
        return image.copy(image.width() - end, 0, end, image.height())

    assert last(narrow) == last(wide)


def test_new_messages_are_counted_soon_while_the_page_is_shown(
    qtbot: QtBot, answering: World, page: InsightsPage
) -> None:
    answering.say(LI, "能开发票吗")
    qtbot.waitUntil(lambda: page.sections.messages.figure.full_text() == "1", timeout=10_000)


def test_a_span_chosen_during_a_query_is_asked_for_after_it(qtbot: QtBot, page: InsightsPage) -> None:
    page.activate()
    page.head.chips.button(Period.TODAY).click()

    def shows_today() -> bool:
        span = page.figures.span if page.figures is not None else None
        return span is not None and span.since.astimezone().date() == span.until.astimezone().date()

    qtbot.waitUntil(shows_today)


def test_a_small_window_scrolls_down_and_never_sideways(qtbot: QtBot, answering: World, page: InsightsPage) -> None:
    answering.say(LI, "x" * 2048)
    page.window().resize(836, 536)
    shown(qtbot, page)
    [scroll] = page.findChildren(QScrollArea)
    assert page.width() == 836
    assert scroll.verticalScrollBar().maximum() > 0
    cards = (page.sections.messages, page.sections.unanswered, page.sections.rules, page.sections.undelivered)
    for card in cards:
        right = card.mapTo(scroll.widget(), card.rect().topRight()).x()
        assert right < scroll.viewport().width()
    assert page.sections.unanswered.y() > page.sections.messages.y()


def test_in_a_wide_window_the_figures_stand_in_one_line(qtbot: QtBot, answering: World, page: InsightsPage) -> None:
    answering.say(LI, "能开发票吗")
    shown(qtbot, page)
    assert page.sections.unanswered.y() == page.sections.messages.y()
    assert page.sections.unanswered.width() == page.sections.messages.width()


def test_tab_goes_through_the_head_as_it_is_seen_and_then_to_the_charts(page: InsightsPage) -> None:
    chain, one = list[QWidget](), page.nextInFocusChain()
    while one is not None and one is not page:
        if page.isAncestorOf(one) and one.focusPolicy() & Qt.FocusPolicy.TabFocus:
            chain.append(one)
        one = one.nextInFocusChain()
    head = page.head
    inside = [head.isAncestorOf(one) for one in chain]
    assert inside == sorted(inside, reverse=True), "the head first"
    buttons = (*head.chips.buttons(), head.account, head.who, head.export, head.legend)
    assert [one for one in chain if head.isAncestorOf(one)] == [one for one in buttons if one in chain]
