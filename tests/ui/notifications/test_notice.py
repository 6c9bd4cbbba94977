"""What a notice about a call says, by the records of its conversation."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from tests.ui.inbox.records import NOW, conversation, message, reply, row
from wxdesk.core.conversations.attention import Attention, AttentionReason
from wxdesk.core.conversations.listing import InboxRow
from wxdesk.core.events import ColleagueCalled
from wxdesk.core.model.conversation import ReplyWindow
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import UNREACHED
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.reach import Reach
from wxdesk.desk.health import HealthState
from wxdesk.desk.setup.reachability import loss_of
from wxdesk.ui.notifications.notice import colleague_notice, loss_notice, notice_of

CLOSES = NOW + timedelta(minutes=90)
SOON = ReplyWindow(5, CLOSES)
CALLED, CLOSING, LEFT = (
    Attention(1, cause, NOW) for cause in (AttentionReason.CALLED, AttentionReason.CLOSING, AttentionReason.LEFT)
)
DRAFT, FAILED = (Attention(1, cause, NOW) for cause in (AttentionReason.DRAFT, AttentionReason.FAILED))
HELD_REPLY = reply(1, ReplyState.HELD, due_at=NOW + timedelta(minutes=10))
REFUSED = reply(1, ReplyState.FAILED, errcode=45015)
GIVEN_UP = reply(1, ReplyState.HELD, attempts=15, error=UNREACHED)
STUCK = reply(1, ReplyState.QUEUED, errcode=40164, not_before=NOW + timedelta(seconds=30))


@pytest.mark.parametrize(
    ("made", "calls", "words"),
    [
        (
            row(1, held=1, due_at=HELD_REPLY.due_at, last_reply=HELD_REPLY, called_by="Human"),
            (CALLED,),
            "Called by “Human”",
        ),
        (row(1, drafts=1, called_by="Human"), (CALLED, DRAFT), "Called by “Human”"),
        (row(1, drafts=2), (DRAFT,), "2 drafts to review"),
        (row(1, failed=REFUSED, called_by="Human"), (CALLED,), "Called by “Human”"),
        (row(1, failed=REFUSED, waiting=3, taken_over=True), (LEFT, FAILED), "Failed 45015"),
        (row(1, waiting=3, taken_over=True, last_reply=STUCK), (LEFT,), "Needs you · Waiting to be sent 40164"),
        (row(1, held=1, last_reply=GIVEN_UP), (FAILED,), "Needs you · Held for your OK"),
        (
            row(1, waiting=3, window=SOON),
            (CLOSING,),
            f"Unanswered, the reply window closes at {CLOSES.astimezone():%H:%M}",
        ),
    ],
)
def test_a_notice_says_why_a_conversation_calls_in_lasting_words(
    made: InboxRow, calls: tuple[Attention, ...], words: str
) -> None:
    assert notice_of(made, calls, None, NOW, with_text=True).body == words


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (message(1, text="a human,\nplease"), "Customer: a human, please"),
        (replace(message(1, text=""), type=MessageType.IMAGE, msg_type="image"), "Customer: [Image]"),
        (replace(message(1, text=""), type=MessageType.OTHER, msg_type="voice"), "Customer: [Voice message]"),
    ],
)
def test_a_notice_quotes_the_customers_message_as_the_customers(said: Message, words: str) -> None:
    made = row(1, called_by="Human")
    assert notice_of(made, (CALLED,), said, NOW, with_text=True).body == f"Called by “Human”\n{words}"
    assert notice_of(made, (CALLED,), said, NOW, with_text=False).body == "Called by “Human”"


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (ColleagueCalled(1, "小李"), "张三 waits and was given to you"),
        (ColleagueCalled(1, "小李", "小王", "yours, please"), "小王 has handed 张三 to you"),
        (ColleagueCalled(1, "小李", "小王", "@小李 look"), "小王 calls you to 张三"),
        (ColleagueCalled(1, "小李", "组长", taken=True), "组长 has taken 张三 from you"),
    ],
)
def test_a_notice_tells_what_a_colleague_did_with_ones_conversation(call: ColleagueCalled, words: str) -> None:
    assert colleague_notice(call, conversation(1, alias="张三")).title == words


def test_a_loss_beside_a_server_is_called_the_servers() -> None:
    lost = Reach(Finding(Check.ADDRESS, CheckVerdict.OFFLINE), NOW, lost=True)
    for is_remote, body in ((False, "This computer"), (True, "The server reports: This computer")):
        loss = loss_of(HealthState(reach=lost), NOW, is_remote=is_remote)
        assert loss is not None
        assert loss_notice(loss).body.startswith(f"{body} has no network.")
