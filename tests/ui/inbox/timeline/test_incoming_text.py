"""What customers send that is neither text, picture nor card: pushed by WeChat, shown as what it is."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from tests.store.kept_pushes import kept_pushes
from tests.ui.inbox.conftest import texts
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.entries import EntryKind, source_line, source_rows

type Open = Callable[[int], None]
OPENID = "oLiLei000000000000000000000a"


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"MsgType": "voice", "MediaId": "m", "Format": "amr"},
         "Voice message. It cannot be heard here; listen to it in WeChat's own service tool."),
        ({"MsgType": "voice", "MediaId": "m", "Recognition": "几点关门"},
         "Voice message. It cannot be heard here; listen to it in WeChat's own service tool.\nWeChat heard: 几点关门"),
        ({"MsgType": "video", "MediaId": "m", "ThumbMediaId": "t"},
         "Video. It cannot be played here; watch it in WeChat's own service tool."),
        ({"MsgType": "location", "Location_X": "23.134521", "Location_Y": "113.358803", "Scale": 20, "Label": "<b>路"},
         "[Location] <b>路\n23.134521, 113.358803"),
        ({"MsgType": "link", "Title": "T", "Description": "D", "Url": "https://example.com/<i>"},
         "[Link] T\nD\nhttps://example.com/<i>"),
        ({"MsgType": "file", "Title": "合同.pdf", "FileKey": "k", "FileMd5": "5", "FileTotalLen": 1572865},
         "[File] 合同.pdf\n1.5 MB"),
        ({"MsgType": "file", "Title": "a.txt", "FileTotalLen": "x"}, "[File] a.txt"),
        ({"MsgType": "hologram", "What": "ever"},
         "Message of the kind “hologram”, which wxdesk cannot show. It is kept as it came."),
    ],
)  # fmt: skip
def test_each_type_is_shown_as_what_it_is(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, fields: dict[str, str | int], shown: str
) -> None:
    opened(world.push(OPENID, MsgId=7, **fields))
    qtbot.waitUntil(lambda: texts(page) == [shown])
    [message] = [entry.message for entry in page.session.model.rows() if entry.message]
    assert message.fields.items() >= {name: str(value) for name, value in fields.items()}.items()


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"Event": "user_enter_tempsession", "SessionFrom": "商品页"}, "Came in from “商品页”"),
        ({"Event": "user_enter_tempsession", "SessionFrom": '{"from":"商品页","id":42}'},
         "Came in from “from 商品页 · id 42”"),
        ({"Event": "user_enter_tempsession", "SessionFrom": ""}, "Came into the conversation"),
        ({"Event": "kf_create_session", "KfAccount": "anna@shop"},
         "WeChat's own service tool has begun to serve · anna@shop"),
        ({"Event": "KF_SWITCH_SESSION", "FromKfAccount": "anna@shop", "ToKfAccount": "bo@shop"},
         "Passed on within WeChat's own service tool · bo@shop"),
        ({"Event": "kf_close_session", "KfAccount": "bo@shop"},
         "WeChat's own service tool has ended its session · bo@shop"),
        ({"Event": "kf_something_new"}, "kf_something_new"),
    ],
)  # fmt: skip
def test_each_event_is_a_line_between_the_bubbles(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, fields: dict[str, str | int], shown: str
) -> None:
    opened(world.push(OPENID, MsgType="event", **fields))

    def lines() -> list[str]:
        entries = page.session.model.rows()
        return [entry.text.rpartition(" · ")[0] for entry in entries if entry.kind is EntryKind.ACTIVITY]

    qtbot.waitUntil(lambda: lines() == [shown])


def test_the_customers_panel_shows_session_from(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.enter(OPENID, "pages/goods?id=42&from=%E5%95%86%E5%93%81%E9%A1%B5"))
    panel = page.detail.contact
    qtbot.waitUntil(lambda: panel.source.full_text() == "path: pages/goods\nid: 42\nfrom: 商品页")


def test_an_event_that_is_no_chat_opens_no_conversation(qtbot: QtBot, world: World, page: InboxPage) -> None:
    for name in (
        "subscribe_msg_popup_event",
        "wxa_media_check",
        "debug_demo",
        "weapp_audit_success",
        "add_express_path",
    ):
        assert world.push_event("oNobody", name).answer == "success"
    world.say(OPENID, "hello")
    qtbot.waitUntil(lambda: page.list.model.rowCount() == 1)
    kept = world.call(kept_pushes(world.store))
    assert [push.derived for push in kept] == [True] * 6


def test_a_source_is_told_on_one_line_and_in_rows() -> None:
    assert source_line("a\nb") == "a b"
    assert source_line("note=" + "长" * 50) == "note " + "长" * 39 + "…"
    assert source_rows("a\nb") == "a\nb"
    i18n.use("zh_CN")
    assert source_rows("id=42") == "id：42"


def test_a_number_is_copied_alone_also_by_the_menu_key(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    opened(world.say(OPENID, "我的订单 202611290077 什么时候到？电话13800138000"))
    view = page.chat.timeline
    view.focus_last()
    nowhere = QPoint(1, 1)
    by_key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, nowhere, view.viewport().mapToGlobal(nowhere))
    QApplication.sendEvent(view.viewport(), by_key)
    [menu] = [one for one in view.findChildren(QMenu) if one.isVisible()]
    copies = {action.text(): action for action in menu.actions() if action.text().startswith("Copy “")}
    assert list(copies) == ["Copy “202611290077”", "Copy “13800138000”"]
    copies["Copy “202611290077”"].trigger()
    assert QGuiApplication.clipboard().text() == "202611290077"
    menu.close()
