"""A reply that is taken in hand to be changed: nothing typed is lost, and left as it was it waits as before."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from tests.flow.timed_desk import START, HandClock
from tests.store.chats import add_reply
from tests.ui.inbox.composer.test_switching_conversations import busy
from tests.ui.inbox.conftest import HOURS, REFUNDS, shown_reply
from tests.ui.world import World, open_world
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyKind, ReplyState
from wxdesk.ui.inbox.composer.composer import Composer
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.widgets.dialogs.notice_lines import Toast
from wxdesk.ui.widgets.labels import PlainLabel

type Open = Callable[[int], None]

LI, WANG = "oCustomer0000000000000001", "oCustomer0000000000000002"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with open_world(tmp_path, ReplyMode.HOLD, HandClock()) as made:
        for rule in (REFUNDS, HOURS):
            made.call(made.desk.rules.rulebook.save(rule))
        yield made


def draft(world: World, conversation_id: int, text: str) -> Reply:
    new = NewReply(conversation_id, Author.RULE, Content(text=text), ReplyState.DRAFT)
    return world.call(add_reply(world.store, new, world.clock()))


def stored(world: World, reply: Reply) -> Reply:
    return world.call(world.store.replies.get(reply.id))


def toast(page: InboxPage) -> str:
    [found] = page.window().findChildren(Toast)
    return str(found.findChild(PlainLabel).full_text())


def held_reply(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> Reply:
    opened(world.say(LI, "opening?"))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    reply = shown_reply(page, ReplyState.HELD)
    assert reply is not None
    return reply


def edit(qtbot: QtBot, page: InboxPage, reply: Reply) -> Composer:
    qtbot.waitUntil(lambda: page.session.known.reply(f"r{reply.id}") is not None)
    page.chat.act(BubbleAction.EDIT, f"r{reply.id}")
    composer = page.chat.composer
    qtbot.waitUntil(lambda: composer.editing is not None and composer.editing.id == reply.id)
    return composer


def test_what_is_typed_before_a_reply_opens_for_its_change_is_not_sent_for_it(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    """Over a slow line the text shows late, and a customer would get the correction alone."""
    reply = held_reply(qtbot, world, page, opened)
    with busy(world):
        page.chat.act(BubbleAction.EDIT, f"r{reply.id}")
        qtbot.keyClicks(page.chat.composer.edit, "noon")
        qtbot.keyClick(page.chat.composer.edit, Qt.Key.Key_Return)
        assert toast(page) == "Not sent: the reply that you want to change is not open yet."
    composer = page.chat.composer
    qtbot.waitUntil(lambda: composer.editing is not None)
    assert composer.text() == reply.content.text
    composer.go_on()
    assert composer.text() == "noon"
    assert len([one for one in page.session.model.rows() if one.reply is not None]) == 1


def test_the_send_of_a_bubble_sends_the_change_that_the_field_shows(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    """It stands in view, green; the customer got the text from before the change."""
    reply = held_reply(qtbot, world, page, opened)
    composer = edit(qtbot, page, reply)
    qtbot.keyClicks(composer.edit, " Not today.")
    page.chat.act(BubbleAction.SEND, f"r{reply.id}")
    qtbot.waitUntil(lambda: stored(world, reply).state is ReplyState.SENT)
    assert stored(world, reply).content.text == "We open at 9. Not today."
    qtbot.waitUntil(lambda: composer.editing is None and not composer.text())


def test_a_text_put_by_for_an_edit_comes_back_also_after_switching_conversations(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    other = world.say(WANG, "hello")
    reply = held_reply(qtbot, world, page, opened)
    qtbot.keyClicks(page.chat.composer.edit, "half a sentence")
    composer = edit(qtbot, page, reply)
    opened(other)
    assert composer.text() == ""
    opened(reply.conversation_id)
    assert composer.text() == "We open at 9."
    qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)
    assert composer.text() == "half a sentence"


def test_a_reply_stays_held_if_the_operator_leaves_before_its_editing_began(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    other = world.say(WANG, "hello")
    reply = held_reply(qtbot, world, page, opened)
    page.chat.act(BubbleAction.EDIT, f"r{reply.id}")
    page.open_conversation(other)
    qtbot.waitUntil(lambda: toast(page) == "The reply is as it was and leaves in 10 min.")
    assert (stored(world, reply).state, stored(world, reply).due_at) == (ReplyState.HELD, reply.due_at)
    assert page.chat.composer.editing is None


def test_a_change_that_was_begun_is_put_by_while_another_reply_is_changed(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    chat = world.say(LI, "hello")
    opened(chat)
    first, second = draft(world, chat, "First."), draft(world, chat, "Second.")
    world.say(LI, "still there")
    composer = edit(qtbot, page, first)
    composer.edit.setPlainText("First, and better.")
    edit(qtbot, page, second)
    assert composer.text() == "Second."
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stored(world, second).state is ReplyState.SENT)
    qtbot.waitUntil(lambda: composer.editing is not None and composer.editing.id == first.id)
    assert composer.text() == "First, and better."
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: stored(world, first).state is ReplyState.SENT)
    assert [sent.text for sent in world.sandbox.sent] == ["Second.", "First, and better."]


def test_a_change_that_was_left_is_kept_with_its_reply(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    reply = held_reply(qtbot, world, page, opened)
    composer = edit(qtbot, page, reply)
    composer.edit.setPlainText("We open at 10.")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: "Your change is kept: Edit brings it back." in toast(page))
    assert stored(world, reply).content.text == "We open at 9."
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    edit(qtbot, page, reply)
    assert composer.text() == "We open at 10."


def test_the_words_of_a_change_that_was_left_are_taken_from_the_stopped_reply(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    reply = held_reply(qtbot, world, page, opened)
    composer = edit(qtbot, page, reply)
    composer.edit.setPlainText("We open at 10.")
    qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    page.chat.act(BubbleAction.STOP, f"r{reply.id}")
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.CANCELLED) is not None)
    page.chat.act(BubbleAction.REUSE, f"r{reply.id}")
    assert composer.text() == "We open at 10."


def test_an_unchanged_edit_is_put_back_when_the_window_closes(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    chat = world.say(WANG, "hello")
    changed = draft(world, chat, "First.")
    opened(chat)
    composer = edit(qtbot, page, changed)
    composer.edit.setPlainText("First, and better.")
    reply = held_reply(qtbot, world, page, opened)
    edit(qtbot, page, reply)
    assert stored(world, reply).state is ReplyState.DRAFT
    page.save_unfinished()
    bridge.close()
    assert (stored(world, reply).state, stored(world, reply).due_at) == (ReplyState.HELD, reply.due_at)
    assert stored(world, changed).by, "its stored draft goes on with it"
    assert [one.editing and one.editing.id for _, one in world.call(world.desk.drafts.stored())] == [changed.id]


def test_a_text_taken_from_a_bubble_lies_on_what_was_being_written(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    reply = held_reply(qtbot, world, page, opened)
    composer = page.chat.composer
    qtbot.keyClicks(composer.edit, "half a sentence")
    page.chat.act(BubbleAction.REUSE, f"r{reply.id}")
    assert composer.text() == "We open at 9."
    assert composer.line.words.full_text() == "1 more text is put by"
    qtbot.mouseClick(composer.line.leave, Qt.MouseButton.LeftButton)
    assert composer.text() == "half a sentence"
    qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)
    assert composer.text() == "We open at 9."


def test_an_unchanged_reply_is_held_again_with_the_time_it_had(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    reply = held_reply(qtbot, world, page, opened)
    world.move_to(START + timedelta(seconds=500))
    composer = edit(qtbot, page, reply)
    assert stored(world, reply).state is ReplyState.DRAFT
    world.move_to(START + timedelta(seconds=900))
    qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: stored(world, reply).due_at == START + timedelta(seconds=1000))
    qtbot.waitUntil(lambda: toast(page) == "The reply is as it was and leaves in 1 min.")
    world.move_to(START + timedelta(seconds=1000))
    world.wait_until_sent(reply.id)


def test_a_draft_in_hand_gets_no_second_one_over_it(qtbot: QtBot, world: World, page: InboxPage, opened: Open) -> None:
    chat = world.say(LI, "hello")
    world.call(world.desk.conversations.set_mode(chat, ReplyMode.DRAFT))
    opened(world.say(LI, "opening?"))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.DRAFT) is not None)
    reply = shown_reply(page, ReplyState.DRAFT)
    assert reply is not None
    composer = edit(qtbot, page, reply)
    qtbot.keyClicks(composer.edit, " Come in!")
    world.say(LI, "opening, then?")
    latest = world.call(world.desk.timeline.snapshot(chat)).latest
    assert latest is not None
    assert latest.outcome is Outcome.YIELDED
    assert stored(world, reply).state is ReplyState.DRAFT
    assert composer.editing is not None
    assert composer.text() == "We open at 9. Come in!"


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("stopped", "The reply was stopped before it was changed."),
        ("sent", "The reply has left before it was changed."),
        ("gave way", "The customer wrote again, and the reply gave way before it was changed."),
    ],
)
def test_a_reply_that_changed_during_its_edit_is_told_and_the_text_stays(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, how: str, words: str
) -> None:
    reply = held_reply(qtbot, world, page, opened)
    composer = edit(qtbot, page, reply)
    composer.edit.setPlainText("We open at 10.")
    if how == "stopped":
        world.call(world.desk.replies.cancel(reply.id))
    elif how == "sent":
        world.call(world.desk.replies.release(reply.id))
    else:  # somebody has let go of it at another desk
        world.call(world.desk.replies.unlock(reply))
        world.say(LI, "opening?")
    qtbot.waitUntil(lambda: composer.editing is None)
    assert composer.text() == "We open at 10."
    assert toast(page) == f"{words} Your change stands here as a new reply."


def test_a_begun_link_survives_another_conversation_and_an_edit_of_another_link(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    other, chat = world.say(WANG, "hello"), world.say(LI, "hello")
    opened(chat)
    content = Content(ReplyKind.LINK, title="Hours", url="https://shop.example/hours")
    new = NewReply(chat, Author.RULE, content, ReplyState.HELD)
    reply = world.call(add_reply(world.store, new, world.clock()))
    panels = page.chat.writing.panels
    panels.open(ReplyKind.LINK)
    qtbot.keyClicks(panels[ReplyKind.LINK].form.by_name["title"].edit, "Half a title")
    opened(other)
    panels.open(ReplyKind.LINK)
    assert panels[ReplyKind.LINK].content() == Content(ReplyKind.LINK)
    opened(chat)
    qtbot.waitUntil(lambda: page.session.known.reply(f"r{reply.id}") is not None)
    page.chat.act(BubbleAction.EDIT, f"r{reply.id}")
    qtbot.waitUntil(lambda: panels[ReplyKind.LINK].content() == content)
    panels[ReplyKind.LINK].form.by_name["title"].edit.setText("Opening hours")
    panels[ReplyKind.LINK].close_it()
    qtbot.waitUntil(lambda: stored(world, reply).state is ReplyState.HELD)
    assert stored(world, reply).content == content
    panels.open(ReplyKind.LINK)
    assert panels[ReplyKind.LINK].form.by_name["title"].text() == "Half a title"
    panels[ReplyKind.LINK].close_it()
    page.chat.act(BubbleAction.EDIT, f"r{reply.id}")
    qtbot.waitUntil(
        lambda: (
            panels[ReplyKind.LINK].isVisible()
            and panels[ReplyKind.LINK].form.by_name["title"].text() == "Opening hours"
        )
    )


def test_an_edit_that_was_left_while_it_was_saved_and_is_refused_locks_nothing(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    chat = world.say(LI, "hello")
    opened(chat)
    lacking = Content(text="Dear ‹contact.alias›", gaps=("contact.alias",))
    reply = world.call(add_reply(world.store, NewReply(chat, Author.RULE, lacking, ReplyState.DRAFT), world.clock()))
    world.say(LI, "still there")
    composer = edit(qtbot, page, reply)
    assert stored(world, reply).by
    with busy(world):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
        qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert (stored(world, reply).state, stored(world, reply).by) == (ReplyState.DRAFT, "")
    assert (composer.editing, composer.text()) == (None, "")


def test_an_edit_that_was_left_while_it_was_saved_is_sent_and_not_called_unchanged(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    reply = held_reply(qtbot, world, page, opened)
    composer = edit(qtbot, page, reply)
    qtbot.keyClicks(composer.edit, " Sharp.")
    with busy(world):
        qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
        qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: [one.text for one in world.sandbox.sent] == ["We open at 9. Sharp."] and bridge.is_idle)
    assert toast(page) == ""


def test_a_link_that_was_stopped_during_its_edit_stands_in_its_panel_as_a_new_one(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open
) -> None:
    chat = world.say(LI, "hello")
    opened(chat)
    content = Content(ReplyKind.LINK, title="Hours", url="https://shop.example/hours")
    new = NewReply(chat, Author.RULE, content, ReplyState.HELD)
    reply = world.call(add_reply(world.store, new, world.clock()))
    world.say(LI, "still there")
    qtbot.waitUntil(lambda: page.session.known.reply(f"r{reply.id}") is not None)
    page.chat.act(BubbleAction.EDIT, f"r{reply.id}")
    panel = page.chat.writing.panels[ReplyKind.LINK]
    qtbot.waitUntil(panel.isVisible)
    panel.form.by_name["title"].edit.setText("Opening hours")
    world.call(world.desk.replies.cancel(reply.id))
    qtbot.waitUntil(lambda: panel.title.full_text() == "Send a link")
    assert toast(page) == "The reply was stopped before it was changed. Your change stands here as a new reply."
    panel.submit()
    qtbot.waitUntil(lambda: [one.content["title"] for one in world.sandbox.sent] == ["Opening hours"])
    qtbot.waitUntil(lambda: not panel.isVisible())


def test_an_edit_stays_open_after_an_equal_text_was_sent_just_before(
    qtbot: QtBot, world: World, page: InboxPage, opened: Open, bridge: Bridge
) -> None:
    reply = held_reply(qtbot, world, page, opened)
    locked: list[Reply] = []
    page.chat.writing.lock.lock_for_edit(reply, locked.append)
    qtbot.waitUntil(lambda: len(locked) == 1)
    composer = page.chat.composer
    qtbot.keyClicks(composer.edit, reply.content.text)
    qtbot.keyClick(composer.edit, Qt.Key.Key_Return)
    page.chat.writing.start_editing(locked[0])  # before the desk has answered
    qtbot.waitUntil(lambda: bridge.is_idle)
    assert composer.editing is not None
    assert composer.editing.id == reply.id
    qtbot.keyClick(composer.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: toast(page).startswith("The reply is as it was"))
    assert composer.text() == ""
