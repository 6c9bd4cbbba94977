"""The page on a real desk: what customers and WeChat do appears, is found, and is told in detail."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from msgspec.structs import replace
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk.core.events import PushSeen
from wxdesk.core.model.account import ReplyMode
from wxdesk.desk.health import Traffic
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.traffic.detail import StepList
from wxdesk.ui.traffic.page import TrafficPage
from wxdesk.ui.traffic.table import ROW, Column
from wxdesk.ui.widgets.copying import CopyButton
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge
from wxdesk.ui.widgets.labels import PlainLabel

WANG = "oW7hAbCdEfGhIjKlMnOpQrStUc31"
SHORT = "oW7h…c31"


def column(page: TrafficPage, which: Column = Column.CONTENT) -> list[str]:
    return [page.shown.index(row, which).data() for row in range(page.shown.rowCount())]


def answered(world: World, text: str = "你们几点开门") -> None:
    """A customer asks, a rule answers, and WeChat has taken the answer."""
    world.say(WANG, text)
    world.wait_until_sent(1)


def select(page: TrafficPage, words: str) -> None:
    [row] = [row for row, said in enumerate(column(page)) if words in said]
    page.view.selectRow(row)


def choose(page: TrafficPage, kind: str) -> None:
    page.header.kind.show_value(kind)


def all_text(widget: QWidget) -> str:
    labels = [label.full_text() for label in widget.findChildren(PlainLabel)]
    bodies = [body.toPlainText() for body in widget.findChildren(QPlainTextEdit)]
    return "\n".join(labels + bodies)


def step_texts(steps: StepList) -> list[tuple[str, str]]:
    return [(step.name, step.text) for step in steps._shown]


def test_a_desk_without_traffic_says_what_will_be_here(qtbot: QtBot, world: World, notices: Notices) -> None:
    bridge = WindowBridge(replace(world.desk, traffic=Traffic()), world.loop)
    bridge.notices = notices
    page = TrafficPage(bridge)
    qtbot.addWidget(page)
    page.show()
    page.activate()
    assert "appear here" not in all_text(page), "before it is known that there are none"
    qtbot.waitUntil(lambda: "Requests from WeChat and calls to it appear here as they happen." in all_text(page))
    assert not page.view.isVisible()
    bridge.close()


def test_a_message_and_its_answer_appear_while_one_looks(qtbot: QtBot, answering: World, page: TrafficPage) -> None:
    answered(answering)
    qtbot.waitUntil(lambda: len(column(page)) == 3)
    qtbot.waitUntil(lambda: page.model.wanted_pushes() == [] and page.model.wanted_replies() == [])
    lines = zip(*(column(page, which) for which in (Column.WHAT, Column.RESULT, Column.CONTENT)), strict=True)
    assert sorted(lines) == [
        ("Access token", "Successful", "access_token renewed"),
        ("Message in", "Received", f"{SHORT}    你们几点开门"),
        ("Reply out", "Successful", f"{SHORT}    我们九点开门。"),
    ]


def test_earlier_traffic_is_there_when_the_page_is_shown(qtbot: QtBot, answering: World, page: TrafficPage) -> None:
    page.window().hide()
    answered(answering)
    assert "Message in" not in column(page, Column.WHAT)
    page.window().show()
    page.activate()
    qtbot.waitUntil(lambda: f"{SHORT}    我们九点开门。" in column(page))


def test_lines_shown_anew_leave_no_old_detail_behind(
    qtbot: QtBot, bridge: Bridge, answering: World, page: TrafficPage
) -> None:
    answered(answering)
    qtbot.waitUntil(lambda: f"{SHORT}    你们几点开门" in column(page))
    select(page, "你们几点开门")
    assert page.detail.isVisible()
    page.window().hide()
    with qtbot.waitSignal(bridge.events):
        answering.publish(seen(1))
    page.window().show()
    page.activate()
    qtbot.waitUntil(lambda: "403 incomplete" in column(page, Column.RESULT))
    assert not page.detail.isVisible()


def test_the_detail_of_a_push_tells_its_whole_way_and_no_openid(
    qtbot: QtBot, answering: World, page: TrafficPage
) -> None:
    answered(answering)
    qtbot.waitUntil(lambda: f"{SHORT}    你们几点开门" in column(page))
    select(page, "你们几点开门")
    qtbot.waitUntil(lambda: ("Reply", "Accepted by WeChat · Rule · Hours") in step_texts(page.detail.steps))

    steps = dict(step_texts(page.detail.steps))
    assert steps["Checked"] == "verified and decrypted, secure mode · JSON"
    assert steps["Kept"].endswith(" · no. 1")
    assert steps["Response"].startswith("Received · success · ")
    assert steps["Rule"] == "Hours · revision 1"
    body = json.loads(page.detail.body.toPlainText())
    assert (body["Content"], body["FromUserName"]) == ("你们几点开门", SHORT)
    assert WANG not in all_text(page)


def test_the_detail_of_a_push_tells_how_far_the_clocks_are_apart(
    qtbot: QtBot, answering: World, page: TrafficPage
) -> None:
    answering.say(WANG, "在吗")
    qtbot.waitUntil(lambda: any("在吗" in said for said in column(page)))
    select(page, "在吗")
    qtbot.waitUntil(lambda: "before it came" in dict(step_texts(page.detail.steps)).get("Signed", ""))
    answering.sandbox.forward(7300)
    answering.say(WANG, "还在吗")
    qtbot.waitUntil(lambda: any("还在吗" in said for said in column(page)))
    select(page, "还在吗")
    qtbot.waitUntil(
        lambda: "2 h ahead of this machine's clock" in dict(step_texts(page.detail.steps)).get("Signed", "")
    )
    assert "The clock of this machine is slow." in dict(step_texts(page.detail.steps))["Signed"]


def test_the_detail_goes_on_when_the_reply_does(qtbot: QtBot, answering: World, page: TrafficPage) -> None:
    conversation = answering.say(WANG, "在吗")
    answering.call(answering.desk.conversations.set_mode(conversation, ReplyMode.HOLD))
    answering.say(WANG, "你们几点开门")
    qtbot.waitUntil(lambda: f"{SHORT}    你们几点开门" in column(page))
    select(page, "你们几点开门")
    qtbot.waitUntil(lambda: dict(step_texts(page.detail.steps)).get("Reply", "").startswith("Sends in"))
    answering.call(answering.desk.replies.release(1))
    qtbot.waitUntil(lambda: dict(step_texts(page.detail.steps))["Reply"].startswith("Accepted by WeChat"))


def test_an_event_says_which_and_from_where(qtbot: QtBot, answering: World, page: TrafficPage) -> None:
    answering.enter(WANG, "goods/1024")
    qtbot.waitUntil(lambda: f"{SHORT}    goods/1024" in column(page))
    assert "Entered the chat" in column(page, Column.WHAT)


def test_a_refused_call_says_why_and_what_to_do(qtbot: QtBot, answering: World, page: TrafficPage) -> None:
    answering.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45015))
    answered(answering)
    qtbot.waitUntil(lambda: f"{SHORT}    the time for replies is over" in column(page))
    assert page.header.problems.text() == "Problems 1"
    select(page, "the time for replies")
    steps = dict(step_texts(page.detail.steps))
    assert steps["To"] == SHORT
    assert steps["Result"] == "45015 the time for replies is over"
    assert steps["What to do"].endswith("Wait until the customer writes again.")
    assert steps["WeChat said"] == "response out of time limit or subscription is canceled"
    rid = steps["Request id"]
    [copy] = [button for button in page.detail.steps.findChildren(CopyButton) if button.text_to_copy == rid]
    qtbot.mouseClick(copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == rid == answering.call(answering.store.replies.get(1)).rid
    assert page.detail.body.toPlainText() == "我们九点开门。"


def test_a_token_call_from_a_foreign_address_offers_the_address(
    qtbot: QtBot, answering: World, page: TrafficPage
) -> None:
    answering.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=42001))
    answering.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "token", errcode=40164))
    answering.say(WANG, "你们几点开门")
    qtbot.waitUntil(lambda: "this machine's address is not in the IP list" in column(page))
    select(page, "not in the IP list")
    steps = dict(step_texts(page.detail.steps))
    assert steps["What to do"] == "Add 203.0.113.7 to the IP list in the mini program's console."
    assert steps["IP address"] == "203.0.113.7"
    assert "rid" not in steps["WeChat said"]
    assert len(steps["Request id"].split("-")) == 3


def test_strangers_at_the_door_are_shown_as_refused(qtbot: QtBot, answering: World, page: TrafficPage) -> None:
    choose(page, "From WeChat")  # the desk fetches a token by itself
    url = answering.desk.health.state.listener_url
    for path, code in (("/wp-login.php", 404), ("/wx/shop?timestamp=2&nonce=3", 403)):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url + path, data=b"{}")  # noqa: S310 - the listener on this machine
        assert refused.value.code == code
        refused.value.close()
    qtbot.waitUntil(lambda: len(column(page)) == 2)
    assert column(page, Column.RESULT) == ["403 not encrypted", "404 unknown address"]
    assert set(column(page)) == {"Nothing was kept"}
    page.view.selectRow(0)
    assert dict(step_texts(page.detail.steps))["What it means"].startswith("What arrived held nothing encrypted")
    assert not page.detail.body.isVisible()


def test_a_refused_check_of_the_url_is_called_one_and_says_what_is_wrong(
    qtbot: QtBot, answering: World, page: TrafficPage
) -> None:
    choose(page, "From WeChat")
    url = answering.desk.health.state.listener_url
    signed = f"signature={'0' * 40}&timestamp=1760000000&nonce=3&echostr=7"
    for path in (f"/wx/Shop?{signed}", f"/wx/shop?{signed}", "/favicon.ico"):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url + path)  # noqa: S310 - the listener on this machine
        refused.value.close()
    qtbot.waitUntil(lambda: len(column(page)) == 3)
    assert column(page, Column.WHAT) == ["Visit", "GET check", "GET check"]
    assert column(page) == [
        "The last visit was not WeChat's (it had no signature); it does not matter.",
        "The Token in WeChat's console is not the one here.",
        "WeChat asks for /wx/Shop; the name of the account has other capital letters: /wx/shop.",
    ]
    page.view.selectRow(1)
    assert dict(step_texts(page.detail.steps))["What to do"] == "Copy the Token from here, and submit it again."


def test_traffic_of_an_earlier_run_is_shown_and_copied_without_secrets(
    qtbot: QtBot, answering: World, notices: Notices
) -> None:
    answered(answering)
    bridge = WindowBridge(replace(answering.desk, traffic=Traffic()), answering.loop)  # as after a restart
    bridge.notices = notices
    page = TrafficPage(bridge)
    qtbot.addWidget(page)
    page.show()
    page.activate()
    expected = ["Message in", "Reply out"]
    qtbot.waitUntil(lambda: sorted(column(page, Column.WHAT)) == expected)
    said = {f"{SHORT}    {text}" for text in ("你们几点开门", "我们九点开门。")}
    qtbot.waitUntil(lambda: said <= set(column(page)))
    select(page, "你们几点开门")
    qtbot.waitUntil(page.detail.replay.isVisible)
    page.detail.curl.click()
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("curl -X POST 'https://…/wx/…?signature=…&timestamp=…&nonce=…' --data-raw '")
    assert "你们几点开门" in copied
    assert WANG not in copied
    select(page, "我们九点开门")
    assert not page.detail.replay.isVisible()
    page.detail.curl.click()
    url, body = QGuiApplication.clipboard().text().split(" --data-raw ")
    assert url.endswith("/cgi-bin/custom/send?access_token=…'")
    assert json.loads(body.strip("'")) == {"touser": "…", "msgtype": "text", "text": {"content": "我们九点开门。"}}
    bridge.close()


FORGED = b'{"ToUserName":"gh_1","FromUserName":"o1","CreateTime":1760000000,"MsgType":"text","Content":"x","MsgId":1}'


def test_a_message_in_plain_text_is_shown_as_the_attack_that_it_is(
    qtbot: QtBot, answering: World, page: TrafficPage
) -> None:
    choose(page, "From WeChat")
    url = answering.desk.health.state.listener_url + "/wx/shop?timestamp=2&nonce=3"
    for count in (1, 2):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(url, data=FORGED)  # noqa: S310 - the listener on this machine
        refused.value.close()
        qtbot.waitUntil(partial(lambda count: len(column(page)) == count, count))
    assert column(page, Column.RESULT) == ["403 plain text: attack"] * 2
    page.view.selectRow(0)
    assert "Somebody tried to slip it in" in dict(step_texts(page.detail.steps))["What it means"]
    assert answering.desk.health.state.troubles == ()  # nothing in it is WeChat's


def test_chips_and_field_narrow_the_table(qtbot: QtBot, answering: World, page: TrafficPage) -> None:
    answered(answering)
    qtbot.waitUntil(lambda: f"{SHORT}    我们九点开门。" in column(page))
    choose(page, "From WeChat")
    assert column(page, Column.WHAT) == ["Message in"]
    choose(page, "To WeChat")
    assert sorted(column(page, Column.WHAT)) == ["Access token", "Reply out"]
    page.header.problems.click()
    assert column(page) == []
    assert "Nothing here fits the filter." in all_text(page)
    page.header.problems.click()
    choose(page, "Access tokens")
    assert column(page, Column.WHAT) == ["Access token"]
    choose(page, "All kinds")
    qtbot.keyClicks(page.header.search, "custom/")
    assert column(page, Column.WHAT) == ["Reply out"]


def test_looking_further_down_nothing_moves_and_the_newer_lines_are_counted(
    qtbot: QtBot, answering: World, page: TrafficPage
) -> None:
    choose(page, "From WeChat")  # the desk fetches a token by itself
    for n in range(60):
        answering.publish(seen(n))
    qtbot.waitUntil(lambda: len(column(page)) == 60)
    bar = page.view.verticalScrollBar()
    assert bar.value() == 0
    assert not page.header.to_newest.isVisible()
    bar.setValue(10 * ROW)
    top = page.view.indexAt(page.view.viewport().rect().topLeft()).data()

    for n in range(60, 63):
        answering.publish(seen(n))

    qtbot.waitUntil(lambda: page.header.to_newest.text() == "3 newer")
    assert page.view.indexAt(page.view.viewport().rect().topLeft()).data() == top
    page.header.to_newest.click()
    assert bar.value() == 0
    assert not page.header.to_newest.isVisible()
    answering.publish(seen(63))
    qtbot.waitUntil(lambda: len(column(page)) == 64)
    assert bar.value() == 0


def seen(n: int) -> PushSeen:
    return PushSeen("shop", "refused: query", datetime(2026, 3, 4, tzinfo=UTC) + timedelta(seconds=n), 0.4)


def test_in_a_narrow_window_the_detail_covers_the_table_until_esc(
    qtbot: QtBot, answering: World, page: TrafficPage
) -> None:
    choose(page, "From WeChat")
    answering.publish(seen(1))
    qtbot.waitUntil(lambda: len(column(page)) == 1)
    page.view.selectRow(0)
    assert page.detail.geometry().left() == page.view.mapTo(page, page.view.rect().topRight()).x() + 1

    page.window().resize(836, 536)
    qtbot.waitUntil(lambda: page.view.width() == 836)
    assert page.detail.geometry().right() == 835
    qtbot.keyClick(page.detail, Qt.Key.Key_Escape)
    assert not page.detail.isVisible()
    assert page.view.hasFocus()
    ringed = page.view.grab().toImage()
    page.header.search.setFocus()
    assert page.view.grab().toImage() != ringed, "where the keyboard is"
    page.view.setFocus()
    qtbot.keyClick(page.view, Qt.Key.Key_Space)
    assert page.detail.isVisible()


def test_the_body_can_be_copied_as_it_is_shown(qtbot: QtBot, answering: World, page: TrafficPage) -> None:
    answered(answering)
    qtbot.waitUntil(lambda: f"{SHORT}    你们几点开门" in column(page))
    select(page, "你们几点开门")
    qtbot.waitUntil(lambda: SHORT in page.detail.body.toPlainText())
    page.detail.copy.click()
    assert QGuiApplication.clipboard().text() == page.detail.body.toPlainText()


def test_a_message_of_two_kilobytes_without_a_space_breaks_nothing(
    qtbot: QtBot, answering: World, page: TrafficPage
) -> None:
    answering.say(WANG, "x" * 2048)
    qtbot.waitUntil(lambda: any("xxx" in said for said in column(page)))
    select(page, "xxx")
    qtbot.waitUntil(lambda: "x" * 2048 in page.detail.body.toPlainText())
    assert page.minimumSizeHint().width() <= 836
    assert page.view.horizontalScrollBar().maximum() == 0
    assert page.detail.body.horizontalScrollBar().maximum() == 0


def test_a_word_from_a_customer_is_never_taken_for_markup(qtbot: QtBot, answering: World, page: TrafficPage) -> None:
    answering.say(WANG, "<b>几点</b><img src='file:///etc/passwd'>")
    answering.wait_until_sent(1)
    qtbot.waitUntil(lambda: any("<b>几点</b>" in said for said in column(page)))
    select(page, "<b>几点</b>")
    qtbot.waitUntil(lambda: "<b>几点</b>" in page.detail.body.toPlainText())
