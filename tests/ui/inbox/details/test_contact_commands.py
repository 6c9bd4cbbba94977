"""Blocking a customer from the panel, and taking it back."""

from collections.abc import Callable

from msgspec.structs import replace
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import NOW, conversation, row
from tests.ui.world import World
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.model.conversation import ConversationStatus
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.wording.conversation import status_of_row

type Open = Callable[[int], None]


def test_a_customer_is_blocked_and_heard_again(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    other, chat = world.say(WANG_FANG.openid, "hello"), world.say(LI_LEI.openid, "buy this")
    opened(chat)
    panel = page.detail.contact
    assert (panel.block.text(), panel.blocked.isVisible()) == ("Block this customer", False)
    panel.block.click()
    qtbot.waitUntil(lambda: page.session.conversation_id == other)  # on to the next one
    kept = world.call(world.store.conversations.get(chat))
    assert (kept.contact.blocked, kept.status) == (True, ConversationStatus.RESOLVED)

    opened(chat)
    qtbot.waitUntil(lambda: panel.block.text() == "Unblock")
    assert panel.blocked.isVisible()
    assert panel.blocked.text().startswith("Blocked: rules keep quiet")
    assert "no message opens it again" in page.chat.resolving.bar.text
    panel.block.click()
    qtbot.waitUntil(lambda: panel.block.text() == "Block this customer")
    assert not panel.blocked.isVisible()
    rows = world.call(world.store.inbox.page(InboxFilter.ALL))
    assert {one.conversation.id for one in rows} == {chat, other}


def test_undo_takes_a_block_back(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    world.say(WANG_FANG.openid, "hello")
    chat = world.say(LI_LEI.openid, "buy this")
    opened(chat)
    page.detail.contact.block.click()
    qtbot.waitUntil(lambda: page.session.conversation_id != chat)
    page.window().findChild(Toast).act()
    qtbot.waitUntil(lambda: page.session.conversation_id == chat)
    qtbot.waitUntil(lambda: not world.call(world.store.conversations.get(chat)).contact.blocked)


def test_the_list_says_who_is_blocked() -> None:
    blocked = row(1)
    contact = conversation(1).contact
    assert status_of_row(blocked, NOW).text != "Blocked"
    thread = replace(blocked.conversation, contact=replace(contact, blocked=True), taken_over=True, waiting_since=NOW)
    assert status_of_row(replace(blocked, conversation=thread), NOW).text == "Blocked"
    assert status_of_row(replace(blocked, conversation=replace(thread, resolved_at=NOW)), NOW).text == "Blocked"
    assert status_of_row(replace(blocked, conversation=thread, drafts=1), NOW).text == "Blocked"
