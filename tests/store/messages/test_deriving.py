"""What a push makes of contact, conversation and message."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from tests.store.chats import T0, Talk, entering, incoming, second
from wxdesk.core.conversations.transfer import SESSION_LASTS
from wxdesk.core.errors import NotFound
from wxdesk.core.model.conversation import Author, ReplyWindow
from wxdesk.core.model.message import MessageType
from wxdesk.store import Store
from wxdesk.store.messages.deriving import UnderivedPush


async def test_a_first_message_makes_contact_conversation_and_message(talk: Talk, store: Store) -> None:
    said = incoming(
        "oLiLei", "请问几点关门", msg_id="24600000000000001", fields={"Content": "请问几点关门", "New": "1"}
    )
    made = await talk.hears(said, second(1))
    message, thread = made.message, made.conversation
    assert (message.text, message.msg_id, message.type) == ("请问几点关门", "24600000000000001", MessageType.TEXT)
    assert message.fields == {"Content": "请问几点关门", "New": "1"}
    assert (message.created_at, message.received_at) == (T0.replace(microsecond=0), second(1))
    assert message.decided is False
    assert message.conversation_id == thread.id
    assert (thread.account, thread.contact.openid, thread.contact.first_seen_at) == ("shop", "oLiLei", second(1))
    assert (thread.contact.alias, thread.contact.tags, thread.contact.blocked) == ("", (), False)
    assert (thread.unread, thread.preview, thread.preview_kind) == (1, "请问几点关门", "text")
    assert (thread.preview_author, thread.mode, thread.taken_over) == (Author.CONTACT, None, False)
    assert thread.last_at == thread.waiting_since == message.at
    # Five replies within 48 hours of CreateTime, not of its arrival.
    assert thread.window == ReplyWindow(5, T0.replace(microsecond=0) + timedelta(hours=48))
    assert await talk.thread(thread.id) == thread


async def test_one_contact_has_one_conversation_an_account(talk: Talk) -> None:
    first = await talk.says("o1", at=second(0))
    again = await talk.says("o1", "在吗", at=second(10))
    other = await talk.says("o1", at=second(20), account="other")
    assert again.conversation.id == first.conversation.id != other.conversation.id
    assert again.conversation.contact.id == first.conversation.contact.id != other.conversation.contact.id
    assert again.conversation.unread == 2
    assert again.conversation.preview == "在吗"
    assert again.conversation.waiting_since == first.message.at
    assert again.conversation.last_at == again.message.at


async def test_a_batch_returns_messages_in_order_with_the_final_conversation(talk: Talk, store: Store) -> None:
    order = ["o2", "o1", "o2", "o3", "o2"]
    batch = [await talk.kept(incoming(o, f"{n}", at=second(n)), second(n)) for n, o in enumerate(order)]
    made = await store.pushes.derive(batch)
    assert [one.message.text for one in made] == ["0", "1", "2", "3", "4"]
    assert [one.message.push_id for one in made] == [push.push_id for push in batch]
    assert [one.conversation.contact.openid for one in made] == order
    assert [one.conversation.unread for one in made] == [3, 1, 3, 1, 3]
    assert [one.conversation.preview for one in made] == ["4", "1", "4", "3", "4"]
    assert made[0].conversation == made[4].conversation == await talk.thread(made[0].conversation.id)
    assert await store.pushes.underived() == []


async def test_a_message_without_text_is_previewed_by_its_kind(talk: Talk) -> None:
    picture = incoming("o1", type=MessageType.IMAGE, msg_type="image", media_id="MEDIA", pic_url="https://p/1")
    thread = (await talk.hears(picture)).conversation
    assert (thread.preview, thread.preview_kind, thread.unread) == ("", "image", 1)
    voice = incoming("o1", type=MessageType.OTHER, msg_type="voice", at=second(5))
    thread = (await talk.hears(voice, second(5))).conversation
    assert (thread.preview, thread.preview_kind, thread.unread) == ("", "voice", 2)


async def test_entering_opens_the_window_and_nobody_waits(talk: Talk) -> None:
    made = await talk.hears(entering("o1", T0, "goods/42"), second(0.2))
    thread = made.conversation
    assert (made.message.type, made.message.event) == (MessageType.ENTER_SESSION, "user_enter_tempsession")
    assert made.message.session_from == "goods/42"
    assert (thread.unread, thread.waiting_since) == (0, None)
    assert (thread.preview, thread.preview_kind, thread.last_at) == ("", "enter_session", made.message.at)
    assert thread.window == ReplyWindow(2, T0.replace(microsecond=0) + timedelta(minutes=1))


async def test_entering_after_a_message_takes_nothing_away(talk: Talk) -> None:
    said = await talk.says("o1")
    entered = await talk.hears(entering("o1", second(30)), second(30))
    assert entered.conversation.window == said.conversation.window
    assert entered.conversation.unread == 1
    assert entered.conversation.waiting_since == said.message.at


async def test_an_event_of_wechats_own_desk_is_kept_and_asks_for_nothing(talk: Talk) -> None:
    said = await talk.says("o1")
    event = incoming("o1", at=second(9), type=MessageType.OTHER, msg_type="event", event="kf_something_new")
    made = await talk.hears(event, second(9))
    assert (made.message.event, made.message.type) == ("kf_something_new", MessageType.OTHER)
    assert made.conversation == replace(said.conversation, last_at=made.message.at)


async def test_the_tools_events_tell_until_when_it_has_the_contact(talk: Talk) -> None:
    def lasts_from(at: float) -> datetime:
        return second(at).replace(microsecond=0) + SESSION_LASTS

    async def after(event: str, at: float) -> datetime | None:
        told = incoming("o1", at=second(at), type=MessageType.OTHER, msg_type="event", event=event)
        return (await talk.hears(told, second(at))).conversation.transferred_until

    assert await after("kf_close_session", 1) is None
    assert await after("kf_create_session", 9) == lasts_from(9)
    assert await after("kf_switch_session", 60) == lasts_from(60)
    assert await after("kf_create_session", 30) == lasts_from(60)  # came late
    assert await after("kf_close_session", 59) == lasts_from(60)  # ended an earlier one
    assert await after("kf_close_session", 61) is None


async def test_a_conversation_has_the_last_known_session_from(talk: Talk) -> None:
    for at, source in ((1, "goods=1"), (2, ""), (3, "goods=3")):
        entered = incoming("o1", at=second(at), type=MessageType.ENTER_SESSION, msg_type="event", session_from=source,
                           event="user_enter_tempsession")  # fmt: skip
        assert (await talk.hears(entered, second(at))).conversation.session_from == source
    assert (await talk.says("o1", at=second(4))).conversation.session_from == "goods=3"


async def test_a_push_that_opens_no_conversation_is_only_marked(talk: Talk, store: Store) -> None:
    audit = incoming("o1", type=MessageType.OTHER, msg_type="event", event="wxa_media_check")
    pushes = [await talk.kept(audit), await talk.kept(None)]
    assert await store.pushes.derive(pushes) == []
    assert [push.derived for push in await talk.raw()] == [True, True]
    assert await store.decisions.undecided() == []
    with pytest.raises(NotFound):
        await store.conversations.get(1)


async def test_deriving_again_makes_nothing_twice(talk: Talk, store: Store) -> None:
    push = await talk.kept(incoming("o1", "一次"))
    [made] = await store.pushes.derive([push, push])
    assert await store.pushes.derive([push]) == []
    assert (await talk.thread(made.conversation.id)).unread == 1
    assert [one.message.id for one in await store.decisions.undecided()] == [made.message.id]


async def test_a_late_message_stands_where_it_was_written(talk: Talk, store: Store) -> None:
    newer = await talk.says("o1", "后写的", at=second(100))
    late = incoming("o1", "先写的", at=second(40))
    made = await talk.hears(late, second(700))
    thread = made.conversation
    assert made.message.at == T0.replace(microsecond=999000) + timedelta(seconds=40)
    assert (thread.preview, thread.last_at) == ("后写的", newer.message.at)
    assert (thread.unread, thread.waiting_since) == (2, made.message.at)
    assert thread.window == newer.conversation.window
    texts = [item.text for item in await store.inbox.timeline(thread.id)]  # type: ignore[union-attr]
    assert texts == ["先写的", "后写的"]


async def test_text_that_no_database_can_hold_does_not_stop_the_queue(talk: Talk, store: Store) -> None:
    odd = incoming("o1", "a\0b\ud800c", fields={"Content": "a\0b\ud800c", "Title": "\udfff"}, session_from="\0")
    made = await talk.hears(odd)
    assert made.message.text == "a\ufffdb\ufffdc"
    assert made.message.fields["Title"] == "\ufffd"
    assert made.conversation.preview == made.message.text
    assert (await store.decisions.undecided())[0].message == made.message


async def test_times_are_exact_to_the_microsecond_at_both_ends_of_time(talk: Talk) -> None:
    for number, at in enumerate(
        [datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=UTC), datetime(2099, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)]
    ):
        made = await talk.says(f"o{number}", at=at)
        assert made.message.received_at == at
        assert (await talk.thread(made.conversation.id)).contact.first_seen_at == at


async def test_a_large_batch_is_one_transaction(talk: Talk, store: Store) -> None:
    pushes = [talk.push(incoming(f"o{n % 40}", f"第 {n} 条", at=second(n)), second(n)) for n in range(400)]
    ids = await asyncio.gather(*map(store.pushes.keep, pushes))
    batch = [UnderivedPush(i or 0, p.account, p.received_at, p.incoming) for i, p in zip(ids, pushes, strict=True)]
    made = await store.pushes.derive(batch)
    assert [one.message.text for one in made] == [f"第 {n} 条" for n in range(400)]
    assert {one.conversation.unread for one in made} == {10}
    assert sorted(one.message.id for one in made) == [one.message.id for one in made]
