"""The age of a message is judged by WeChat's clock, so that a desk whose own is wrong still answers."""

from datetime import timedelta

import pytest

from tests.desk.messages.test_answering import NOW, THREAD, answering, rule
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.rules.ruling import UndecidedMessage


@pytest.mark.parametrize(
    ("ahead", "late", "outcome"),
    [
        (timedelta(hours=1), timedelta(), Outcome.REPLIED),  # the desk's clock is wrong, the message is new
        (timedelta(hours=1), timedelta(minutes=6), Outcome.STALE),
        (-timedelta(hours=1), timedelta(minutes=6), Outcome.STALE),
        (timedelta(), timedelta(minutes=4), Outcome.REPLIED),
    ],
)
async def test_the_age_of_a_message_is_judged_by_wechats_clock(
    ahead: timedelta, late: timedelta, outcome: Outcome
) -> None:
    desk = await answering([rule("a", "x")], clock_ahead=ahead)
    written = Message(1, THREAD.id, 1, MessageType.TEXT, NOW - late, NOW + ahead, text="x")
    [made] = desk.decide([UndecidedMessage(written, THREAD)], {})
    assert made.decision.outcome is outcome
