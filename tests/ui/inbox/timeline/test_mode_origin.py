"""What set the mode of a waiting reply: in its bubble's caption, tooltip, accessible name and history."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_reply
from tests.ui.inbox.records import clock, reply
from tests.ui.world import World
from wxdesk import i18n
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Delivery, Rule
from wxdesk.ui.inbox.details.reply_history import StepRow
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import accessible_entry, caption_of, notice_of
from wxdesk.ui.inbox.timeline.bubbles.layout import place_caption
from wxdesk.ui.inbox.timeline.entries import TimelineEntry, entries_of

CUSTOMER = "oCustomer0000000000000001"
OWN = Rule(
    "Own",
    when=Condition(any=("own",)),
    then=(Action(ActionKind.REPLY, text="Mine."),),
    delivery=Delivery.HOLD,
    hold_seconds=500,
)


def last(page: InboxPage) -> TimelineEntry:
    return page.session.model.rows()[-1]


def said(world: World, page: InboxPage) -> list[str]:
    return [part.text for part in caption_of(last(page), world.desk.clock())]


def tip(world: World, page: InboxPage, words: str) -> str:
    """What the window tells where the mouse rests on these words of the last bubble's caption."""
    bubbles, entry = page.chat.timeline.bubbles, last(page)
    placed = place_caption(caption_of(entry, world.desk.clock()), bubbles.layout_of(entry))
    rect = next(one.rect for one in placed if one.part.text == words)
    return bubbles.tip_at(entry, QPointF(rect.center()))


@pytest.mark.parametrize("source", ModeSource)
def test_a_held_bubble_says_what_set_its_mode_and_keeps_saying_it(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None], source: ModeSource
) -> None:
    words, sentence, history = {
        ModeSource.ACCOUNT: (
            "set for the account",
            "Automatic, waits first: so it was set for the account when this began to wait.",
            "As it was set for the account.",
        ),
        ModeSource.CONVERSATION: (
            "set for this conversation",
            "Automatic, waits first: so it was set for this conversation when this began to wait.",
            "As it was set for this conversation.",
        ),
        ModeSource.RULE: (
            "set by the rule",
            "Automatic, waits first: so the rule itself said when this was made.",
            "As the rule itself said.",
        ),
    }[source]
    world.call(world.desk.rules.rulebook.save(OWN))
    conversation = world.say(CUSTOMER, "hello")
    if source is ModeSource.CONVERSATION:
        world.call(world.desk.conversations.set_mode(conversation, ReplyMode.HOLD))
    opened(conversation)
    world.say(CUSTOMER, "own?" if source is ModeSource.RULE else "opening?")
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    world.call(world.desk.accounts.set_mode("shop", ReplyMode.AUTO, 8))
    qtbot.waitUntil(lambda: page.session.row is not None)
    assert words in said(world, page)
    assert tip(world, page, words) == sentence
    assert words in accessible_entry(last(page), world.desk.clock())
    page.chat.timeline.focus_last()
    qtbot.waitUntil(lambda: len(page.detail.history.findChildren(StepRow)) == 2)
    assert page.detail.history.findChildren(StepRow)[1].line.note == history


def test_a_reply_kept_by_the_operator_says_kept_by_you(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    opened(world.say(CUSTOMER, "opening?"))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.HELD) is not None)
    page.chat.timeline.focus_last()
    qtbot.keyClick(page.chat.timeline, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.DRAFT) is not None)
    assert "kept by you" in said(world, page)
    assert tip(world, page, "kept by you") == "You stopped its clock to change it. It leaves when you send it."


@pytest.mark.parametrize("mode", [ReplyMode.HOLD, ReplyMode.DRAFT])
def test_a_reply_that_a_colleague_changes_says_in_whose_hand_it_is(mode: ReplyMode) -> None:
    changed = reply(1, ReplyState.DRAFT, mode=mode, mode_from=ModeSource.ACCOUNT, by="小王")
    [entry] = [one for one in entries_of([changed], clock()) if one.reply is not None]
    said = {part.text: part.tip for part in caption_of(entry, clock())}
    assert said["小王 is editing it"] == "小王 has begun to change it."
    assert not {"kept by you", "you are editing it"} & said.keys()


def test_in_a_draft_conversation_the_draft_says_so_in_chinese_too(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    conversation = world.say(CUSTOMER, "hello")
    world.call(world.desk.conversations.set_mode(conversation, ReplyMode.DRAFT))
    opened(conversation)
    world.say(CUSTOMER, "opening?")
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.DRAFT) is not None)
    assert "set for this conversation" in said(world, page)
    assert notice_of(last(page)) == ""
    i18n.use("zh_CN")
    assert "按本会话设置" in said(world, page)
    i18n.use("en")
