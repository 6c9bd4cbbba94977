"""An answer with a gap is a draft that calls an operator, and leaves only once the gap is filled in."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import Desk, timed_desk
from wxdesk.core.conversations.attention import AttentionReason
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.errors import PartHasGap, ReplyHasGap
from wxdesk.core.events import AttentionRaised, DecisionMade
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.sandbox.demo_customers import LI_LEI

LI = LI_LEI.openid
RULES = """
[[rules]]
name = "parcel"
when = { any = ["到哪"] }
then = [{ reply = "{{ contact.alias }}，您的包裹在路上。" }, { tag = "parcel" }]

[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点到九点。" }]

[[rules]]
name = "order"
when = { regex = "单号(?P<no>.*)" }
then = [{ link = { title = "订单 {{ m.no }}", url = "https://shop.example/o?no={{ m.no }}" } }]

[[rules]]
name = "two"
when = { any = ["你好"] }
then = [{ reply = "{{ contact.alias }}，您好。" }, { reply = "九点开门。" }, { reply = "欢迎光临。" }]

[[rules]]
name = "gap behind"
when = { any = ["再见"] }
then = [{ reply = "再见。" }, { reply = "{{ contact.alias }}，慢走。" }]

[[rules]]
name = "greeting"
on = ["enter_session"]
then = [{ reply = "{{ contact.alias }}，欢迎。" }]

[[rules]]
name = "broken"
when = { any = ["除"] }
then = [{ reply = "{{ message.text | divided_by: 0 }}" }]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def says(desk: Desk, text: str) -> int:
    before = len(desk.events)
    await desk.sandbox.say(LI, text)
    await desk.until(lambda: any(isinstance(event, DecisionMade) for event in desk.events[before:]))
    return next(event.conversation_id for event in desk.events[before:] if isinstance(event, DecisionMade))


async def draft_in(desk: Desk, chat: int) -> Reply:
    items = await desk.opened.store.inbox.timeline(chat)
    [reply] = [item for item in items if isinstance(item, Reply) and item.state is ReplyState.DRAFT]
    return reply


def raised(desk: Desk) -> list[AttentionReason]:
    return [event.cause for event in desk.events if isinstance(event, AttentionRaised)]


async def causes(desk: Desk, chat: int) -> set[AttentionReason]:
    [row] = await desk.opened.store.inbox.rows([chat])
    return {call.cause for call in row.calls}


async def test_an_answer_with_a_gap_is_a_draft_and_calls_an_operator(desk: Desk) -> None:
    chat = await says(desk, "到哪了")
    await desk.until(lambda: AttentionReason.UNFINISHED in raised(desk))
    draft = await draft_in(desk, chat)
    assert (draft.content.text, draft.content.gaps) == ("‹contact.alias›，您的包裹在路上。", ("contact.alias",))
    replies, store = desk.opened.desk.replies, desk.opened.store
    assert [row.conversation.id for row in await store.inbox.page(InboxFilter.NEEDS_HUMAN)] == [chat]
    assert (await desk.thread(LI)).contact.tags == ("parcel",)
    assert [group.newest.text for group in await desk.opened.desk.rules.review.unmatched()] == ["到哪了"]
    with pytest.raises(ReplyHasGap, match=r"contact\.alias"):
        await replies.release(draft.id)
    await replies.edit(draft.id, "‹contact.alias›，您的包裹明天到。")
    with pytest.raises(ReplyHasGap):
        await replies.release(draft.id)
    assert not desk.sandbox.sent
    await replies.edit(draft.id, "李雷，您的包裹明天到。")
    await replies.release(draft.id)
    await desk.until_sent(1)
    assert [one.text for one in desk.sandbox.sent] == ["李雷，您的包裹明天到。"]
    await desk.until(lambda: not desk.opened.desk.attention.unseen)
    assert await causes(desk, chat) == set()


async def test_a_link_leaves_with_its_fields_filled(desk: Desk) -> None:
    await says(desk, "单号7&8")
    await desk.until_sent(1)
    [sent] = desk.sandbox.sent
    assert sent.content["title"] == "订单 7&8"
    assert sent.content["url"] == "https://shop.example/o?no=7%268"


async def test_a_link_with_a_gap_waits_until_it_is_filled_in(desk: Desk) -> None:
    chat = await says(desk, "单号")
    await desk.until(lambda: AttentionReason.UNFINISHED in raised(desk))
    draft = await draft_in(desk, chat)
    assert (draft.content.title, draft.content.url) == ("订单 ‹m.no›", "https://shop.example/o?no=‹m.no›")
    replies = desk.opened.desk.replies
    await replies.edit(draft.id, replace(draft.content, title="订单 9"))
    with pytest.raises(ReplyHasGap):
        await replies.release(draft.id)
    await replies.edit(draft.id, replace(draft.content, title="订单 9", url="https://shop.example/o?no=9"))
    await replies.release(draft.id)
    await desk.until_sent(1)
    assert desk.sandbox.sent[0].content["url"] == "https://shop.example/o?no=9"


async def drafts_in(desk: Desk, chat: int) -> list[Reply]:
    items = await desk.opened.store.inbox.timeline(chat)
    return sorted((item for item in items if isinstance(item, Reply)), key=lambda one: one.id)


async def test_no_part_leaves_while_an_earlier_part_has_a_gap(desk: Desk) -> None:
    chat = await says(desk, "你好")
    first, second, third = await drafts_in(desk, chat)
    replies = desk.opened.desk.replies
    for part in (second, third):
        with pytest.raises(PartHasGap, match=r"contact\.alias"):
            await replies.release(part.id)
    with pytest.raises(ReplyHasGap):
        await replies.release(first.id, whole=True)
    with pytest.raises(PartHasGap):
        await replies.release(second.id, whole=True)
    assert [one.state for one in await drafts_in(desk, chat)] == [ReplyState.DRAFT] * 3
    await replies.edit(first.id, "李雷，您好。")
    await replies.release(third.id)  # now that all of it is whole, those before it leave with it
    await desk.until_sent(3)
    assert [one.text for one in desk.sandbox.sent] == ["李雷，您好。", "九点开门。", "欢迎光临。"]


async def test_cancelling_the_first_part_with_a_gap_cancels_the_rest(desk: Desk) -> None:
    chat = await says(desk, "你好")
    first, *_ = await drafts_in(desk, chat)
    await desk.opened.desk.replies.cancel(first.id)
    assert [one.state for one in await drafts_in(desk, chat)] == [ReplyState.CANCELLED] * 3


async def test_releasing_a_whole_answer_is_refused_while_a_later_part_has_a_gap(desk: Desk) -> None:
    chat = await says(desk, "再见")
    first, second = await drafts_in(desk, chat)
    replies = desk.opened.desk.replies
    with pytest.raises(PartHasGap, match=r"contact\.alias"):
        await replies.release(first.id, whole=True)
    assert [one.state for one in await drafts_in(desk, chat)] == [ReplyState.DRAFT] * 2
    await replies.edit(second.id, "李雷，慢走。")
    await replies.release(first.id, whole=True)
    await desk.until_sent(2)
    assert [one.text for one in desk.sandbox.sent] == ["再见。", "李雷，慢走。"]


async def test_a_greeting_with_a_gap_needs_no_operator_until_the_customer_writes(desk: Desk) -> None:
    decision = await desk.enters(LI)
    assert decision.outcome is Outcome.INCOMPLETE
    chat = decision.conversation_id
    await desk.until(lambda: any(isinstance(event, AttentionRaised) for event in desk.events))
    assert (await draft_in(desk, chat)).content.text == "‹contact.alias›，欢迎。"
    assert (raised(desk), await causes(desk, chat)) == ([AttentionReason.DRAFT], {AttentionReason.DRAFT})
    assert not await desk.opened.store.inbox.page(InboxFilter.NEEDS_HUMAN)
    await says(desk, "没有规则的话")
    await desk.until(lambda: AttentionReason.UNFINISHED in raised(desk))


async def test_the_call_of_a_draft_with_a_gap_survives_a_restart_and_ends_with_an_answer(desk: Desk) -> None:
    chat = await says(desk, "到哪了")
    await desk.until(lambda: AttentionReason.UNFINISHED in raised(desk))
    await desk.restart()
    assert AttentionReason.UNFINISHED in {call.cause for call in desk.opened.desk.attention.unseen}
    assert raised(desk).count(AttentionReason.UNFINISHED) == 1
    await says(desk, "几点关门")
    await desk.until_sent(1)
    assert [one.text for one in desk.sandbox.sent] == ["九点到九点。"]
    await desk.until(lambda: not desk.opened.desk.attention.unseen)
    assert await causes(desk, chat) == set()


async def test_an_answer_that_cannot_be_rendered_calls_an_operator(desk: Desk) -> None:
    chat = await says(desk, "除")
    await desk.until(lambda: AttentionReason.UNFINISHED in raised(desk))
    await desk.opened.desk.replies.write(chat, "在的")
    await desk.until(lambda: not desk.opened.desk.attention.unseen)
