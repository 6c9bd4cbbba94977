"""A blocked contact: no rule answers, nobody is called, nothing counts as unread, until unblocked."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.conversations.changes import ContactChange, RowAct, RowChange, RowsChanged
from wxdesk.core.conversations.listing import InboxCounts, InboxFilter
from wxdesk.core.events import AttentionRaised
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import ConversationStatus
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import ReplyState
from wxdesk.sandbox.demo_customers import LI_LEI

LI = LI_LEI.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }, { notify = true }]

[[rules]]
name = "refund"
when = { any = ["退款"] }
then = [{ reply = "请稍等" }]
delivery = { hold = 60 }
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def test_a_blocked_contacts_messages_are_stored_and_call_nobody_until_unblocked(desk: Desk) -> None:
    chat = (await desk.says(LI, "退款")).conversation_id
    asked, store = desk.opened.desk.conversations, desk.opened.store
    # The call for the held reply is judged a moment later, and is none that comes in spite of the block.
    await desk.until(lambda: any(isinstance(event, AttentionRaised) for event in desk.events))
    assert not (await asked.change((chat,), RowChange(RowAct.BLOCK))).unsettled
    assert (await desk.reply(1)).state is ReplyState.CANCELLED
    before, told = await store.conversations.get(chat), len(desk.events)
    for minute in range(3):
        desk.move_to(START + timedelta(minutes=minute))
        assert (await desk.says(LI, "几点")).outcome is Outcome.BLOCKED
    blocked = await store.conversations.get(chat)
    assert blocked.status is ConversationStatus.RESOLVED
    assert (blocked.unread, blocked.waiting_since) == (before.unread, before.waiting_since)
    assert await store.inbox.counts() == InboxCounts(unread=0, messages=0)
    assert await store.inbox.page(InboxFilter.ALL) == []
    assert not [event for event in desk.events[told:] if isinstance(event, AttentionRaised)]
    assert desk.sandbox.sent == ()
    assert [item.at.minute for item in await store.inbox.timeline(chat)][-3:] == [0, 1, 2]
    assert (await store.inbox.counts()).waiting == 0

    await asked.change((chat,), RowChange(RowAct.UNBLOCK))
    heard = await store.conversations.get(chat)
    assert (heard.status, heard.awaits_answer, heard.contact.blocked) == (ConversationStatus.OPEN, True, False)
    assert (await desk.says(LI, "几点")).outcome is Outcome.REPLIED
    await desk.until_sent(1)


async def test_an_edited_draft_keeps_a_blocked_conversation_in_the_list(tmp_path: Path) -> None:
    async with timed_desk(tmp_path, RULES, reply_mode=ReplyMode.DRAFT) as desk:
        chat = (await desk.says(LI, "几点")).conversation_id
        replies, store = desk.opened.desk.replies, desk.opened.store
        await replies.edit(1, "十点")  # the operator's own words now
        blocked = await desk.opened.desk.conversations.change((chat,), RowChange(RowAct.BLOCK))
        assert blocked == RowsChanged((chat,), (chat,))
        assert (await desk.reply(1)).state is ReplyState.DRAFT
        [row] = await store.inbox.page(InboxFilter.ALL)
        assert row.conversation.contact.blocked
        await desk.says(LI, "几点")
        [row] = await store.inbox.page(InboxFilter.ALL)
        assert (row.conversation.unread, row.drafts) == (1, 1)


async def test_a_note_on_a_blocked_contact_does_not_unblock(desk: Desk) -> None:
    chat = (await desk.says(LI, "在吗")).conversation_id
    await desk.opened.desk.conversations.change((chat,), RowChange(RowAct.BLOCK))
    await desk.opened.desk.conversations.describe(chat, ContactChange(note="广告"))
    assert (await desk.opened.store.conversations.get(chat)).contact.blocked
