"""What did not simply arrive is settled from its bubble: sent again, discarded, or confirmed."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.inbox.conftest import shown_reply
from tests.ui.world import World
from wxdesk.core.model.reply import ReplyState
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.inbox.page import InboxPage
from wxdesk.ui.inbox.timeline.bubble_text import BubbleAction, caption_of

CUSTOMER = "oCustomer0000000000000001"
REFUSED = SimulatedFault(FaultKind.ERRCODE, errcode=87014)
LOST = SimulatedFault(FaultKind.RESET_AFTER)


@pytest.mark.parametrize(
    ("fault", "before", "action", "after", "sent"),
    [
        (REFUSED, ReplyState.FAILED, BubbleAction.RETRY, ReplyState.SENT, 1),
        (REFUSED, ReplyState.FAILED, BubbleAction.DISCARD, ReplyState.CANCELLED, 0),
        (LOST, ReplyState.UNKNOWN, BubbleAction.CONFIRM, ReplyState.SENT, 1),
        (LOST, ReplyState.UNKNOWN, BubbleAction.RETRY, ReplyState.SENT, 2),
    ],
)
def test_a_reply_is_settled_from_its_bubble(
    qtbot: QtBot,
    world: World,
    page: InboxPage,
    opened: Callable[[int], None],
    fault: SimulatedFault,
    before: ReplyState,
    action: BubbleAction,
    after: ReplyState,
    sent: int,
) -> None:
    conversation_id = world.say(CUSTOMER, "hello")
    opened(conversation_id)
    world.sandbox.faults.plan(fault)
    reply = world.call(world.desk.replies.write(conversation_id, "Good morning."))
    qtbot.waitUntil(lambda: shown_reply(page, before) is not None)
    page.chat.act(action, f"r{reply.id}")
    qtbot.waitUntil(lambda: shown_reply(page, after) is not None)
    assert len(world.sandbox.sent) == sent


def test_a_reply_confirmed_by_the_operator_does_not_say_that_wechat_took_it(
    qtbot: QtBot, world: World, page: InboxPage, opened: Callable[[int], None]
) -> None:
    conversation_id = world.say(CUSTOMER, "hello")
    opened(conversation_id)
    world.sandbox.faults.plan(SimulatedFault(FaultKind.RESET_BEFORE))
    reply = world.call(world.desk.replies.write(conversation_id, "Good morning."))
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.UNKNOWN) is not None)
    page.chat.act(BubbleAction.CONFIRM, f"r{reply.id}")
    qtbot.waitUntil(lambda: shown_reply(page, ReplyState.SENT) is not None)
    entry = next(entry for entry in page.session.model.rows() if entry.key == f"r{reply.id}")
    assert [part.text for part in caption_of(entry, world.clock())][-1] == "Arrived, as you said"
    assert not world.sandbox.sent
