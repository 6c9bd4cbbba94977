"""Rows that call for an operator say why, and stop once one looks."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.inbox.records import NOW, reply, row
from tests.ui.world import World
from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.listing import InboxFilter, InboxRow
from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.wording.conversation import status_of_row

SOON = ReplyWindow(5, NOW + timedelta(minutes=90))
LEFT = Attention(1, AttentionReason.LEFT, NOW)
STUCK = reply(1, ReplyState.QUEUED, errcode=40164)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        (row(1, calls=(Attention(1, AttentionReason.CALLED, NOW),), called_by="Refunds"), "Called by “Refunds”"),
        (row(1, calls=(Attention(1, AttentionReason.CALLED, NOW),)), "A rule calls for you."),
        (
            row(1, waiting=3, calls=(Attention(1, AttentionReason.CLOSING, NOW),), window=SOON),
            "Unanswered, closes in 1 h 30 min",
        ),
        (
            row(1, waiting=3, drafts=1, calls=(Attention(1, AttentionReason.CLOSING, NOW),), window=SOON),
            "Unanswered, closes in 1 h 30 min",
        ),
        (row(1, waiting=3, calls=(Attention(1, AttentionReason.RESERVE, NOW),)), "Needs you, rules may send no more"),
        (row(1, waiting=3, taken_over=True, calls=(LEFT,)), "Needs you"),
        (row(1, waiting=3, taken_over=True, calls=(LEFT,), claimed_by="小李"), "Needs 小李"),
        (row(1, waiting=3, taken_over=True, calls=(LEFT,), claimed_by="小王"), "Needs you"),
        (row(1, waiting=3, taken_over=True, calls=(LEFT,), last_reply=STUCK), "Needs you · Waiting to be sent 40164"),
        (row(1, waiting=3, taken_over=True, last_reply=STUCK), "Needs you · Waiting to be sent 40164"),
        (
            row(
                1, calls=(Attention(1, AttentionReason.FAILED, NOW),), failed=reply(1, ReplyState.FAILED, errcode=45015)
            ),
            "Failed 45015",
        ),
    ],
)
def test_the_row_says_why_it_calls(made: InboxRow, words: str) -> None:
    assert status_of_row(made, NOW, me="小王").text == words


def test_a_call_lasts_until_somebody_opens_the_conversation(
    qtbot: QtBot, page: InboxPage, opened: Callable[[int], None], world: World
) -> None:
    other = world.say("oOther0000000000000000000001", "opening hours?")
    notify = Rule("Broken", when=Condition(any=("broken",)), then=(Action(ActionKind.NOTIFY),))
    world.call(world.desk.rules.rulebook.save(notify))
    chat = world.say("oCaller000000000000000000001", "it is broken")
    world.say("oOther0000000000000000000001", "opening hours?")

    def shown() -> list[tuple[int, set[AttentionReason]]]:
        return [(one.conversation.id, {call.cause for call in one.calls}) for one in page.list.model.rows()]

    qtbot.waitUntil(lambda: shown()[:1] == [(chat, {AttentionReason.CALLED})])
    page.list.chips.choose(InboxFilter.NEEDS_HUMAN)
    qtbot.waitUntil(lambda: [one for one, _ in shown()] == [chat])
    opened(chat)
    qtbot.waitUntil(lambda: not world.desk.attention.ringing)
    page.list.chips.choose(InboxFilter.ALL)
    qtbot.waitUntil(lambda: [one for one, _ in shown()] == [other, chat])
    assert dict(shown())[chat] == set()


def test_a_new_call_of_the_open_conversation_is_seen_at_once(
    qtbot: QtBot, opened: Callable[[int], None], world: World
) -> None:
    chat = world.say("oCaller000000000000000000001", "I want a refund")

    def left() -> list[Attention]:
        [made] = world.call(world.store.inbox.rows([chat]))
        return [one for one in made.calls if one.cause is AttentionReason.LEFT]

    opened(chat)
    qtbot.waitUntil(lambda: [one.seen for one in left()] == [True])
    [before] = left()
    world.say("oCaller000000000000000000001", "hello?")
    qtbot.waitUntil(lambda: [one.seen and one.at > before.at for one in left()] == [True])
    qtbot.waitUntil(lambda: not world.desk.attention.unseen)  # which the desk notes once that is stored
