"""Links, cards, pictures and long texts, from their panels through to what the simulated WeChat got."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_reply, texts
from tests.ui.world import World
from wxdesk.core.model.reply import Content, ReplyKind, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.inbox.composer.panels.content import Popover
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction
from wxdesk.ui.inbox.timeline.dialogs import LinkDialog
from wxdesk.ui.runtime.bridge import Bridge

type Open = Callable[[int], None]

CUSTOMER = "oCustomer0000000000000001"
LINK = Content(ReplyKind.LINK, title="国庆八折", description="到八日为止", url="https://shop.example/sale")
CTRL = Qt.KeyboardModifier.ControlModifier


def sent(page: InboxPage) -> bool:
    return shown_reply(page, ReplyState.SENT) is not None


def focused() -> QWidget:
    return QApplication.focusWidget()


def test_a_link_is_written_by_keys_alone_and_arrives(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(CUSTOMER, "有活动吗"))
    chat = page.chat
    QTest.keyClick(chat.composer.edit, Qt.Key.Key_L, CTRL | Qt.KeyboardModifier.ShiftModifier)
    panel = chat.writing.panels[ReplyKind.LINK]
    assert panel.isVisible()
    assert focused() is panel.form.by_name["title"].edit
    for text in ("国庆八折", "到八日为止", "https://shop.example/sale?a=1&b=2"):
        field = focused()
        assert isinstance(field, QLineEdit)
        field.setText(text)
        QTest.keyClick(focused(), Qt.Key.Key_Tab)
    assert "国庆八折" in panel.preview.accessibleName()
    QTest.keyClick(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: sent(page))
    (arrived,) = world.sandbox.sent
    assert arrived.content == {
        "title": "国庆八折",
        "description": "到八日为止",
        "url": "https://shop.example/sale?a=1&b=2",
        "thumb_url": "",
    }
    assert not panel.isVisible()
    assert panel.form.by_name["title"].text() == ""
    assert focused() is chat.composer.edit


def test_a_panel_is_made_when_it_is_first_opened(world: World, page: InboxPage, opened: Open) -> None:
    """Most conversations need none, and all of them would be a tenth of the window's start."""
    panels = page.chat.writing.panels
    opened(world.say(CUSTOMER, "有活动吗"))
    panels.close()
    assert (panels.made, page.findChildren(Popover)) == ((), [page.chat.writing.templates.form])
    panels.open(ReplyKind.CARD)
    assert panels.made == (panels[ReplyKind.CARD],)
    panels.open_text_link()
    assert set(page.findChildren(Popover)) == {
        page.chat.writing.templates.form,
        panels[ReplyKind.CARD],
        panels.text_link,
    }


def test_a_mistake_in_a_panel_is_told_at_its_field(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(CUSTOMER, "有活动吗"))
    page.chat.writing.panels.open(ReplyKind.LINK)
    panel = page.chat.writing.panels[ReplyKind.LINK]
    title, url = panel.form.by_name["title"], panel.form.by_name["url"]
    QTest.keyClick(title.edit, Qt.Key.Key_Return, CTRL)
    assert title.error.full_text() == "A link needs a title."
    title.edit.setText("国庆八折")
    assert not title.error.isVisible()
    url.edit.setText("shop.example")
    panel.send.click()
    assert "https://" in url.error.full_text()
    assert focused() is url.edit
    QTest.keyClick(url.edit, Qt.Key.Key_Escape)
    assert not panel.isVisible()
    page.chat.writing.panels.open(ReplyKind.LINK)
    assert title.text() == "国庆八折"  # put away is not thrown away
    assert world.sandbox.sent == ()


def test_content_is_not_sent_twice_and_not_kept_for_another_contact(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    other = world.say("oCustomer0000000000000002", "你好")
    opened(world.say(CUSTOMER, "有活动吗"))
    panel = page.chat.writing.panels[ReplyKind.LINK]
    page.chat.writing.panels.open(ReplyKind.LINK)
    panel.fill(LINK)
    for _ in range(3):
        QTest.keyClick(focused(), Qt.Key.Key_Return, CTRL)
    qtbot.waitUntil(lambda: sent(page))
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert len(world.sandbox.sent) == 1
    page.chat.writing.panels.open(ReplyKind.LINK)
    panel.fill(LINK)
    opened(other)
    assert not panel.isVisible()
    page.chat.writing.panels.open(ReplyKind.LINK)
    assert panel.content() == Content(ReplyKind.LINK)


def test_a_link_that_waits_is_changed_in_its_panel_and_leaves(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    rule = Rule("Sale", when=Condition(any=("sale",)), then=(Action(ActionKind.LINK, content=LINK),))
    world.call(world.desk.rules.rulebook.save(rule))
    opened(world.say(CUSTOMER, "sale?"))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    held = shown_reply(page, ReplyState.HELD)
    assert held is not None
    page.chat.act(BubbleAction.EDIT, f"r{held.id}")
    panel = page.chat.writing.panels[ReplyKind.LINK]
    qtbot.waitUntil(panel.isVisible)
    assert panel.content() == LINK
    assert panel.title.full_text() == "Change this reply"
    panel.form.by_name["title"].edit.setText("国庆七折")
    panel.submit()
    qtbot.waitUntil(lambda: sent(page))
    assert [one.content["title"] for one in world.sandbox.sent] == ["国庆七折"]
    qtbot.waitUntil(lambda: not panel.isVisible())
    assert panel.title.full_text() == "Send a link"
    assert panel.content() == Content(ReplyKind.LINK)


def test_a_change_that_is_put_away_changes_nothing(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    conversation_id = world.say(CUSTOMER, "sale?")
    opened(conversation_id)
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=87014))
    reply = world.call(world.desk.replies.write(conversation_id, LINK))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.FAILED) is not None)
    page.chat.act(BubbleAction.EDIT, f"r{reply.id}")
    panel = page.chat.writing.panels[ReplyKind.LINK]
    panel.form.by_name["title"].edit.setText("别的")
    QTest.keyClick(focused(), Qt.Key.Key_Escape)
    page.chat.writing.panels.open(ReplyKind.LINK)
    assert panel.content() == Content(ReplyKind.LINK)
    assert world.call(world.store.replies.get(reply.id)).content == LINK
    page.chat.act(BubbleAction.EDIT, f"r{reply.id}")
    panel.form.by_name["title"].edit.setText("改好了")
    panel.submit()
    qtbot.waitUntil(lambda: sent(page))
    assert [one.content["title"] for one in world.sandbox.sent] == ["改好了"]


def test_selected_words_become_a_link(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    opened(world.say(CUSTOMER, "哪里看"))
    edit = page.chat.composer.edit
    edit.setPlainText("请看官网")
    cursor = edit.textCursor()
    cursor.setPosition(2)
    cursor.setPosition(4, cursor.MoveMode.KeepAnchor)
    edit.setTextCursor(cursor)
    QTest.keyClick(edit, Qt.Key.Key_L, CTRL)
    panel = page.chat.writing.panels.text_link
    assert panel.label.text() == "官网"
    assert focused() is panel.url.edit
    panel.url.edit.setText("https://a.cn")
    panel.path.edit.setText("https://a.cn")
    panel.put_in.click()
    assert panel.path.error.isVisible()
    panel.path.edit.setText("pages/index")
    QTest.keyClick(panel.path.edit, Qt.Key.Key_Return, CTRL)
    account = world.desk.accounts["shop"]
    written = (
        f'请看<a href="https://a.cn" data-miniprogram-appid="{account.app_id}" '
        'data-miniprogram-path="pages/index">官网</a>'
    )
    assert page.chat.composer.text() == written
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sent(page))
    assert world.sandbox.sent[0].text == written
    entry = page.session.model.rows()[-1]
    assert entry.text == "请看官网"
    page.chat.timeline.focus_last()
    QTest.keyClick(page.chat.timeline, Qt.Key.Key_Return)
    (dialog,) = page.chat.findChildren(LinkDialog)
    assert dialog.address.toPlainText() == "pages/index"
    dialog.close()


def test_a_text_is_sent_once_however_often_enter_is_pressed(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    opened(world.say(CUSTOMER, "在吗"))
    edit = page.chat.composer.edit
    edit.setPlainText("在的")
    for _ in range(3):
        QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sent(page) and bridge.is_idle)
    assert [one.text for one in world.sandbox.sent] == ["在的"]
    edit.setPlainText("在的")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: len(world.sandbox.sent) == 2)  # the same may be said again


def test_sent_content_does_not_come_back_after_switching_at_once(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    other = world.say("oCustomer0000000000000002", "你好")
    first = world.say(CUSTOMER, "在吗")
    opened(first)
    page.chat.composer.edit.setPlainText("在的")
    QTest.keyClick(page.chat.composer.edit, Qt.Key.Key_Return)
    page.open_conversation(other)
    qtbot.waitUntil(lambda: len(world.sandbox.sent) == 1 and bridge.is_idle)
    opened(first)
    assert page.chat.composer.text() == ""


def test_a_long_text_leaves_in_parts_only_by_its_button(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    opened(world.say(CUSTOMER, "说明一下"))
    composer = page.chat.composer
    first, second = "第一段。" * 120, "第二段。" * 120
    composer.edit.setPlainText(f"{first}\n\n{second}")
    assert composer.hint.full_text() == "· will leave as 2 messages, 5 are left"
    QTest.keyClick(composer.edit, Qt.Key.Key_Return)
    assert not composer.send.isEnabled()
    assert composer.send_split.text() == "Send as 2"
    told = composer.send_split.toolTip()
    assert "1. 第一段。" in told
    assert "\n2. 第二段。" in told
    composer.send_split.click()
    qtbot.waitUntil(lambda: len(world.sandbox.sent) == 2)
    assert [one.text for one in world.sandbox.sent] == [first, second]
    qtbot.waitUntil(lambda: composer.text() == "")


def test_a_text_for_more_messages_than_are_left_stays(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    conversation_id = world.say(CUSTOMER, "说明一下")
    for number in range(4):
        world.wait_until_sent(world.call(world.desk.replies.write(conversation_id, str(number))).id)
    opened(conversation_id)
    composer = page.chat.composer
    composer.edit.setPlainText("很长。" * 240)
    assert composer.hint.full_text() == "· needs 2 messages, and only 1 may be sent"
    assert not composer.send_split.isVisible()
    composer.edit.setPlainText("很长。" * 2400)
    assert "bytes too long for one message" in composer.hint.full_text()
    assert not composer.send.isEnabled()


def test_nothing_can_be_sent_from_a_panel_once_nothing_may(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    conversation_id = world.say(CUSTOMER, "有活动吗")
    opened(conversation_id)
    page.chat.writing.panels.open(ReplyKind.LINK)
    panel = page.chat.writing.panels[ReplyKind.LINK]
    assert panel.hint.full_text() == "takes 1 reply, 5 are left"
    for number in range(5):
        world.wait_until_sent(world.call(world.desk.replies.write(conversation_id, str(number))).id)
    qtbot.waitUntil(lambda: not panel.send.isEnabled())
    assert "No replies are left" in panel.hint.full_text()


@pytest.mark.parametrize("size", [(1280, 800), (900, 600)])
def test_the_newest_message_stays_in_sight_beside_an_open_panel(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge, size: tuple[int, int]
) -> None:
    """Who makes a card looks at what it answers, and at what comes meanwhile."""
    page.window().resize(*size)
    thread = world.say(CUSTOMER, "第一句")
    opened(thread)
    chat, panels = page.chat, page.chat.writing.panels
    for number in range(12):
        world.say(CUSTOMER, f"第{number}句")

    def room() -> tuple[int, int]:
        """Where the newest message ends and where the panel begins, from the top of the chat."""
        view = chat.timeline
        last = view.visualRect(view.model().index(view.model().rowCount() - 1, 0)).bottomLeft()
        return view.viewport().mapTo(chat, last).y(), panels[chat.writing.drafts.kind].y()

    qtbot.waitUntil(lambda: texts(page)[-1] == "第11句" and bridge.is_idle)
    for kind in (ReplyKind.LINK, ReplyKind.CARD, ReplyKind.IMAGE):
        panels.open(kind)
        end, begin = room()
        assert chat.header.height() < end < begin
    world.say(CUSTOMER, "还在吗")
    qtbot.waitUntil(lambda: texts(page)[-1] == "还在吗" and bridge.is_idle)
    end, begin = room()
    assert chat.header.height() < end < begin
    panels.close()
    assert chat.timeline.at_end()
    assert chat.timeline.viewport().geometry().bottom() == chat.timeline.rect().bottom()
