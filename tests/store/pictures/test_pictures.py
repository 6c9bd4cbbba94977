"""What is known about pictures, on both engines: kept, uploaded, awaited, missing."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from tests.store.chats import T0, Talk, incoming, second
from wxdesk.core.errors import NotFound
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.picture import Picture, PictureFormat, PictureState
from wxdesk.store import Store
from wxdesk.store.pictures.pictures import AwaitedPicture, Uploaded

PICTURE = Picture("d" * 64, PictureFormat.JPEG, 640, 480, 12345)


async def shows(talk: Talk, openid: str, media_id: str | None = "M", at: datetime = T0, **fields: Any) -> Message:
    """A customer sends a picture."""
    values: dict[str, Any] = {"type": MessageType.IMAGE, "msg_type": "image", "media_id": media_id, "at": at}
    said = incoming(openid, **(values | fields))
    return (await talk.hears(said, at)).message


async def message_of(store: Store, message: Message) -> Message:
    """The message as the timeline has it now."""
    items = await store.inbox.timeline(message.conversation_id)
    return next(item for item in items if isinstance(item, Message) and item.id == message.id)


async def test_a_kept_picture_is_known_by_its_digest(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.pictures.get(PICTURE.digest)
    await store.pictures.add(PICTURE, T0)
    await store.pictures.add(replace(PICTURE, width=1), T0)
    assert await store.pictures.get(PICTURE.digest) == PICTURE


async def test_uploads_are_one_an_account(store: Store) -> None:
    assert await store.pictures.upload("shop", PICTURE.digest) is None
    await store.pictures.note_upload("shop", PICTURE.digest, "M1", second(1))
    await store.pictures.note_upload("other", PICTURE.digest, "M2", second(2))
    await store.pictures.note_upload("shop", PICTURE.digest, "M3", second(3))
    assert await store.pictures.upload("shop", PICTURE.digest) == Uploaded("M3", second(3))
    assert await store.pictures.upload("other", PICTURE.digest) == Uploaded("M2", second(2))


async def test_messages_that_name_a_picture_await_it_oldest_first(store: Store, talk: Talk) -> None:
    first = await shows(talk, "o1")
    await talk.says("o1", "看这张")
    second_ = await shows(talk, "o2", None, pic_url="http://mmbiz.qpic.cn/a/0")
    card = await shows(talk, "o1", "T", type=MessageType.CARD, msg_type="miniprogrampage", text="茶具")
    await shows(talk, "o1", None)
    await shows(talk, "o1", "V", type=MessageType.OTHER, msg_type="voice")
    awaited = [
        AwaitedPicture(first.id, first.conversation_id, "shop", "M", ""),
        AwaitedPicture(second_.id, second_.conversation_id, "shop", "", "http://mmbiz.qpic.cn/a/0"),
        AwaitedPicture(card.id, card.conversation_id, "shop", "T", ""),
    ]
    assert (first.picture_state, card.picture_state) == (PictureState.AWAITED, PictureState.AWAITED)
    assert await store.pictures.awaited(["shop"], without=(), limit=10) == awaited
    assert await store.pictures.awaited(["shop"], without=(), limit=2) == awaited[:2]
    assert await store.pictures.awaited(["shop"], without=[first.id], limit=10) == awaited[1:]
    assert await store.pictures.awaited(["other"], without=(), limit=10) == []
    assert await store.pictures.awaited([], without=(), limit=10) == []


async def test_a_fetched_picture_is_named_by_its_message(store: Store, talk: Talk) -> None:
    message = await shows(talk, "o1")
    await store.pictures.add_to_message(message.id, PICTURE, T0)
    found = await message_of(store, message)
    assert (found.picture, found.picture_state, found.picture_problem) == (PICTURE.digest, PictureState.KEPT, "")
    assert await store.pictures.get(PICTURE.digest) == PICTURE
    assert await store.pictures.awaited(["shop"], without=(), limit=10) == []


async def test_a_missing_picture_has_its_reason(store: Store, talk: Talk) -> None:
    message, other = await shows(talk, "o1"), await shows(talk, "o1")
    await store.pictures.mark_missing(message.id, "the picture has expired at WeChat")
    found = await message_of(store, message)
    assert (found.picture_state, found.picture_problem) == (PictureState.MISSING, "the picture has expired at WeChat")
    assert (await message_of(store, other)).picture_state is PictureState.AWAITED


async def test_a_kept_picture_is_not_marked_missing_again(store: Store, talk: Talk) -> None:
    message = await shows(talk, "o1")
    await store.pictures.add_to_message(message.id, PICTURE, T0)
    await store.pictures.mark_missing(message.id, "too late")
    assert await store.pictures.give_up(T0 + timedelta(days=9), "too late") == []
    assert (await message_of(store, message)).picture_state is PictureState.KEPT


async def test_a_picture_awaited_too_long_is_given_up(store: Store, talk: Talk) -> None:
    old, young = await shows(talk, "o1"), await shows(talk, "o1", at=second(1))
    assert await store.pictures.give_up(old.received_at, "too late") == []
    assert [each.message_id for each in await store.pictures.give_up(young.received_at, "too late")] == [old.id]
    assert (await message_of(store, old)).picture_problem == "too late"
    assert (await message_of(store, young)).picture_state is PictureState.AWAITED


async def test_text_from_outside_does_not_keep_a_picture_from_being_awaited(store: Store, talk: Talk) -> None:
    message = await shows(talk, "o1", "M\0\ud83d", pic_url="http://\0")
    (awaited,) = await store.pictures.awaited(["shop"], without=(), limit=10)
    assert (awaited.message_id, awaited.media_id) == (message.id, "M\ufffd\ufffd")


async def test_deriving_again_after_a_crash_awaits_once(store: Store, talk: Talk) -> None:
    kept = await talk.kept(incoming("o1", type=MessageType.IMAGE, msg_type="image", media_id="M"))
    await store.pushes.derive([kept])
    await store.pushes.derive([kept])
    assert len(await store.pictures.awaited(["shop"], without=(), limit=10)) == 1
