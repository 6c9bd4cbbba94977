"""The list, its chips, the timeline and the status bar's figures."""

import asyncio
from datetime import datetime
from typing import Any

import pytest
from msgspec.structs import replace

from tests.store.chats import T0, Talk, add_reply, entering, incoming, second, tagged
from wxdesk.core.conversations.changes import ContactChange
from wxdesk.core.conversations.listing import DayCounts, InboxCounts, InboxFilter
from wxdesk.core.conversations.takeover import Takeover
from wxdesk.core.errors import NotFound
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, NewReply, Reply, ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.rules.ruling import Ruling
from wxdesk.store import Store


async def listed(store: Store, chip: InboxFilter, **part: Any) -> list[str]:
    return [row.conversation.contact.openid for row in await store.inbox.page(chip, **part)]


@pytest.fixture
async def scene(talk: Talk, store: Store) -> dict[str, int]:
    """waiting: nobody answered · human: taken over and waiting · failed, unknown: a reply did not arrive ·
    held, draft: a reply waits · quiet: answered and read · calm: taken over, nothing waits."""
    ids = {}
    names = ("waiting", "human", "failed", "unknown", "held", "draft", "quiet", "calm")
    for n, name in enumerate(names):
        made = await talk.says(name, f"来自 {name}", at=second(n))
        ids[name] = made.conversation.id
    await store.outbox.take_over(ids["human"], Takeover(None), second(1))
    for name, move in (("failed", Move.REFUSE), ("unknown", Move.LOSE), ("quiet", Move.ACCEPT), ("calm", Move.ACCEPT)):
        await talk.moves(await talk.writes(ids[name], "好", second(20)), Move.CLAIM, move, at=second(30))
    await store.outbox.take_over(ids["calm"], Takeover(second(60)), second(1))
    held = NewReply(ids["held"], Author.RULE, Content(text="h"), ReplyState.HELD, due_at=second(50))
    await add_reply(store, held, second(40))
    await add_reply(store, replace(held, due_at=second(45)), second(41))
    await talk.writes(ids["draft"], "d", second(42), ReplyState.DRAFT)
    assert await store.conversations.mark_read(ids["quiet"]) is True
    return ids


async def test_each_filter_chip_lists_the_conversations_it_counts(scene: dict[str, int], store: Store) -> None:
    # Answered at 30 s in one moment: the higher id stands first.
    assert await listed(store, InboxFilter.ALL) == [
        "draft",
        "held",
        "calm",
        "quiet",
        "unknown",
        "failed",
        "human",
        "waiting",
    ]
    assert await listed(store, InboxFilter.WAITING) == ["waiting", "human", "failed", "unknown", "held", "draft"]
    assert await listed(store, InboxFilter.NEEDS_HUMAN) == ["human", "failed", "unknown"]
    assert await listed(store, InboxFilter.PENDING) == ["draft", "held"]
    assert await listed(store, InboxFilter.UNREAD) == ["draft", "held", "calm", "unknown", "failed", "human", "waiting"]
    expected = InboxCounts(unread=7, messages=7, waiting=6, needs_human=3, pending=2, failed=2, automatic=2, nobodys=6)
    assert await store.inbox.counts() == expected


async def test_settling_a_reply_takes_its_conversation_off_the_list(
    scene: dict[str, int], talk: Talk, store: Store
) -> None:
    [row] = await store.inbox.rows([scene["unknown"]])
    assert row.failed is not None
    await store.outbox.move(row.failed.id, Move.CONFIRM, second(99))
    assert await listed(store, InboxFilter.NEEDS_HUMAN) == ["human", "failed"]
    # One that does not wait any more still needs a human while its reply has failed.
    lost = await talk.moves(await talk.writes(scene["unknown"], "again", second(100)), Move.CLAIM, Move.LOSE)
    assert await listed(store, InboxFilter.NEEDS_HUMAN) == ["human", "failed", "unknown"]
    assert (await store.inbox.counts()).needs_human == 3
    await store.outbox.move(lost.id, Move.CANCEL, second(101))
    assert await listed(store, InboxFilter.NEEDS_HUMAN) == ["human", "failed"]


async def test_an_empty_store_counts_nothing(store: Store) -> None:
    assert await store.inbox.counts() == InboxCounts()
    assert await store.inbox.day_counts(T0) == DayCounts()
    assert await store.inbox.page(InboxFilter.ALL) == []


async def test_pages_follow_each_other(scene: dict[str, int], store: Store) -> None:
    whole = await listed(store, InboxFilter.ALL)
    assert [
        *await listed(store, InboxFilter.ALL, limit=3),
        *await listed(store, InboxFilter.ALL, offset=3, limit=9),
    ] == whole


async def test_a_row_tells_what_its_replies_need(scene: dict[str, int], store: Store) -> None:
    rows = {row.conversation.contact.openid: row for row in await store.inbox.rows([*scene.values(), 999])}
    assert set(rows) == set(scene)
    held, draft, failed, waiting = (rows[name] for name in ("held", "draft", "failed", "waiting"))
    assert (held.held, held.drafts, held.due_at, held.failed) == (2, 0, second(45), None)
    assert held.last_reply is not None
    assert held.last_reply.due_at == second(45)
    assert (draft.held, draft.drafts, draft.due_at) == (0, 1, None)
    assert failed.failed is not None
    assert (failed.failed.state, failed.failed) == (ReplyState.FAILED, failed.last_reply)
    assert (waiting.held, waiting.drafts, waiting.failed, waiting.last_reply) == (0, 0, None, None)
    assert waiting.conversation == await store.conversations.get(scene["waiting"])
    assert await store.inbox.rows([]) == []


async def held_answer(talk: Talk, store: Store, *after: float | None) -> tuple[int, list[int]]:
    """An answer in parts, each held until so many seconds, or asking; its conversation and their ids."""
    thread = (await talk.says("parts", "几点发货", at=second(0))).conversation.id
    told = Content(text="h")
    news = [
        NewReply(thread, Author.RULE, told, ReplyState.HELD, due_at=None if due is None else second(due))
        for due in after
    ]
    return thread, [one.id for one in (await store.replies.write(news, second(1))).written]


async def test_a_held_part_behind_a_draft_of_its_answer_is_not_due(talk: Talk, store: Store) -> None:
    thread, (first, *_) = await held_answer(talk, store, 50, 60, 70)
    [row] = await store.inbox.rows([thread])
    assert (row.held, row.waits, row.drafts, row.due_at) == (3, 0, 0, second(50))
    await store.outbox.move(first, Move.KEEP, second(10))
    [row] = await store.inbox.rows([thread])
    assert (row.held, row.waits, row.drafts, row.due_at) == (2, 2, 1, None)
    other = NewReply(thread, Author.RULE, Content(text="o"), ReplyState.HELD, due_at=second(90))
    await add_reply(store, other, second(11))
    [row] = await store.inbox.rows([thread])
    assert (row.held, row.waits, row.drafts, row.due_at) == (3, 2, 1, second(90))


async def test_a_held_part_behind_one_that_asks_is_not_due(talk: Talk, store: Store) -> None:
    thread, _ = await held_answer(talk, store, None, 60)
    [row] = await store.inbox.rows([thread])
    assert (row.held, row.waits, row.due_at) == (2, 1, None)


async def test_mark_read_says_whether_there_was_anything(scene: dict[str, int], store: Store) -> None:
    assert await store.conversations.mark_read(scene["waiting"]) is True
    assert await store.conversations.mark_read(scene["waiting"]) is False
    assert await store.conversations.mark_read(999) is False
    assert (await store.conversations.get(scene["waiting"])).unread == 0


async def test_the_operator_sets_mode_takeover_and_contact(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1")).conversation
    await store.conversations.set_mode(thread.id, ReplyMode.HOLD)
    await store.outbox.take_over(thread.id, Takeover(second(1800)), second(1))
    contact = replace(thread.contact, alias="李雷", note="老客户", tags=("VIP", "杭州"), blocked=True)
    change = ContactChange(alias=" 李雷 ", note="老客户\n", blocked=True, add=("VIP", "杭州"))
    await store.conversations.change_contact(contact.id, change)
    changed = await talk.thread(thread.id)
    assert changed == replace(
        thread, mode=ReplyMode.HOLD, taken_over=True, taken_over_until=second(1800), contact=contact
    )
    await store.conversations.set_mode(thread.id, None)
    await store.takeovers.hand_back(thread.id)
    assert await talk.thread(thread.id) == replace(thread, contact=contact)


async def test_a_contact_change_leaves_fields_it_does_not_name(talk: Talk, store: Store) -> None:
    heard = await talk.says("o1")
    contact = heard.conversation.contact
    await store.conversations.change_contact(contact.id, ContactChange(note="老客户", add=("VIP", "杭州")))
    decision = Decision(heard.message.id, heard.conversation.id, Outcome.SILENT, second(1))
    await store.decisions.store_rulings([Ruling(decision, effects=tagged("售后"))])
    await store.conversations.change_contact(contact.id, ContactChange(alias="李雷", remove=("VIP",), add=("急",)))
    kept = (await talk.thread(heard.conversation.id)).contact
    assert kept == replace(contact, alias="李雷", note="老客户", tags=("杭州", "售后", "急"))


async def test_two_tags_added_at_once_are_both_kept(talk: Talk, store: Store) -> None:
    heard = [await talk.says("o1") for _ in range(4)]
    thread = heard[0].conversation
    by_rules = [
        store.decisions.store_rulings(
            [Ruling(Decision(one.message.id, thread.id, Outcome.SILENT, T0), effects=tagged(f"规则{n}"))]
        )
        for n, one in enumerate(heard)
    ]
    by_hand = [store.conversations.change_contact(thread.contact.id, ContactChange(add=(f"手{n}",))) for n in range(4)]
    await asyncio.gather(*(one for pair in zip(by_rules, by_hand, strict=True) for one in pair))
    assert set((await talk.thread(thread.id)).contact.tags) == {f"{who}{n}" for who in ("规则", "手") for n in range(4)}


async def test_changing_an_unknown_conversation_is_refused(store: Store, talk: Talk) -> None:
    await talk.says("o1")
    for change in (
        store.conversations.set_mode(99, None),
        store.outbox.take_over(99, Takeover(None), second(1)),
        store.takeovers.hand_back(99),
        store.conversations.change_contact(99, ContactChange(alias="x")),
    ):
        with pytest.raises(NotFound):
            await change


def said(items: list[Message | Reply]) -> list[str]:
    return [item.text if isinstance(item, Message) else item.content.text for item in items]


async def test_the_timeline_joins_both_sides_in_order(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1", "m0", at=second(0))).conversation.id
    await talk.says("o2", "someone else", at=second(1))
    await talk.writes(thread, "r2", second(2))
    await talk.says("o1", "m3", at=second(3))
    await talk.writes(thread, "r3", second(3))
    await talk.says("o1", "m4", at=second(4))
    timeline = store.inbox.timeline
    assert said(await timeline(thread)) == ["m0", "r2", "m3", "r3", "m4"]
    assert said(await timeline(thread, limit=1)) == ["m4"]
    assert said(await timeline(thread, before=second(4), limit=2)) == ["m3", "r3"]
    assert said(await timeline(thread, before=second(3))) == ["m0", "r2"]
    assert said(await timeline(thread, limit=2, after=second(0))) == ["r2", "m3", "r3"]
    assert said(await timeline(thread, limit=3, after=second(2))) == ["m3", "r3", "m4"]
    assert await timeline(thread, after=second(4)) == await timeline(999) == []


async def test_an_open_conversation_has_its_page_and_of_other_replies_those_above(talk: Talk, store: Store) -> None:
    thread = (await talk.says("o1", "在吗", at=second(0))).conversation.id
    above, within = [await talk.writes(thread, text, second(at)) for at, text in ((1, "在"), (3, "有的"))]
    row, items, latest, more = await store.inbox.open_conversation(thread, 1, [above.id, within.id])
    assert (row.conversation.id, items, latest, more) == (thread, [within], None, [above])


async def test_an_unknown_conversation_is_not_opened(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.inbox.open_conversation(1, 50)


async def test_paging_back_loses_nothing_of_one_moment(talk: Talk, store: Store) -> None:
    batch = [await talk.kept(incoming("o1", f"m{n}", at=second(n // 4)), second(500)) for n in range(20)]
    thread = (await store.pushes.derive(batch))[0].conversation.id
    found: list[Message | Reply] = []
    before: datetime | None = None
    while page := await store.inbox.timeline(thread, before, limit=3):
        found = [*page, *found]
        before = page[0].at
    assert said(found) == [f"m{n}" for n in range(20)]


async def test_reading_on_loses_nothing_of_one_moment(talk: Talk, store: Store) -> None:
    batch = [await talk.kept(incoming("o1", f"m{n}", at=second(n // 4)), second(500)) for n in range(20)]
    thread = (await store.pushes.derive(batch))[0].conversation.id
    found = await store.inbox.timeline(thread, before=second(1))
    while page := await store.inbox.timeline(thread, limit=3, after=found[-1].at):
        found += page
    assert said(found) == [f"m{n}" for n in range(20)]


async def test_day_counts_tell_today_so_far(talk: Talk, store: Store) -> None:
    yesterday = (await talk.says("o1", "昨天", at=second(-100))).message
    one = (await talk.says("o1", "今天", at=second(1))).message
    [answer] = await talk.decides(one, "答", at=second(2))
    await talk.moves(answer, Move.CLAIM, Move.ACCEPT, at=second(3))
    two = (await talk.says("o2", at=second(4))).message
    await talk.decides(two, outcome=Outcome.UNMATCHED)
    await talk.says("o2", "还有", at=second(5))
    await talk.hears(entering("o3", second(6)), second(6))
    await talk.moves(await talk.writes(two.conversation_id, "x"), Move.CLAIM, Move.LOSE, at=second(7))
    assert await store.inbox.day_counts(T0) == DayCounts(messages=3, by_rule=1, by_operator=0)
    by_hand = await talk.writes(two.conversation_id, "y", second(8))
    await talk.moves(by_hand, Move.CLAIM, Move.ACCEPT, at=second(9))
    assert await store.inbox.day_counts(T0) == DayCounts(messages=3, by_rule=1, by_operator=1)
    assert (await store.inbox.day_counts(yesterday.at)).messages == 4
    assert (await store.inbox.day_counts(second(9.1))) == DayCounts()


async def test_a_contact_waiting_since_yesterday_counts_for_today_too(talk: Talk, store: Store) -> None:
    await talk.says("o1", "昨天", at=second(-100))
    await talk.says("o2", "昨天", at=second(-90))
    await talk.says("o2", "今天", at=second(1))
    assert await store.inbox.day_counts(T0) == DayCounts(messages=1)
    assert (await store.inbox.counts()).waiting == len(await listed(store, InboxFilter.WAITING)) == 2


async def test_a_picture_counts_as_a_message(talk: Talk, store: Store) -> None:
    await talk.hears(incoming("o1", type=MessageType.IMAGE, msg_type="image"))
    assert (await store.inbox.day_counts(T0.replace(microsecond=0))).messages == 1


async def test_a_message_that_a_rule_left_silent_does_not_wait(talk: Talk, store: Store) -> None:
    await talk.says("o1", "在吗", at=second(0))
    nod = (await talk.says("o2", "嗯嗯", at=second(10))).message
    await talk.decides(nod, outcome=Outcome.SILENT)
    assert (await store.inbox.counts()).waiting == 1
