"""Pictures both ways, over real HTTP: what a customer sends is kept, what the operator sends arrives."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desk.pictures.test_conversion import noise, saved
from tests.flow.conftest import World, setup_for
from tests.sandbox.pictures import cover, torn_box
from wxdesk.app import OpenDesk, open_desk
from wxdesk.core.errors import BadContent, NotFound
from wxdesk.core.events import ApiCalled, Event, MessageKept, PictureChanged, ReplyChanged
from wxdesk.core.model.message import Message
from wxdesk.core.model.picture import PictureState
from wxdesk.core.model.reply import Content, Reply, ReplyKind, ReplyState
from wxdesk.desk.pictures.uploads import CLOSED, GONE, LARGEST_UPLOAD
from wxdesk.sandbox.demo_customers import COVER_MEDIA_ID, LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox
from wxdesk.store import open_store

OPENID = LI_LEI.openid


class Heard:
    """All events of a desk from now on."""

    def __init__(self, opened: OpenDesk) -> None:
        self.events: list[Event] = []
        self._more = asyncio.Event()
        opened.desk.bus.subscribe(self._hear)

    def _hear(self, event: Event) -> None:
        self.events.append(event)
        self._more.set()

    async def until(self, wanted: Callable[[Event], bool]) -> None:
        async with asyncio.timeout(10):
            while not any(map(wanted, self.events)):
                self._more.clear()
                await self._more.wait()

    async def picture(self, state: PictureState) -> None:
        await self.until(lambda event: isinstance(event, PictureChanged) and event.state is state)

    async def reply(self, *states: ReplyState) -> None:
        await self.until(lambda event: isinstance(event, ReplyChanged) and event.state in states)

    def calls(self, *names: str) -> list[str]:
        return [event.call for event in self.events if isinstance(event, ApiCalled) and event.call in names]


@pytest.fixture
def heard(world: World) -> Heard:
    return Heard(world.opened)


async def _timeline(world: World, openid: str = OPENID) -> list[Message | Reply]:
    row = await world.row_of(openid)
    return list(await world.opened.store.inbox.timeline(row.conversation.id))


async def _message(world: World) -> Message:
    (message,) = [item for item in await _timeline(world) if isinstance(item, Message)]
    return message


async def _reply(world: World) -> Reply:
    return [item for item in await _timeline(world) if isinstance(item, Reply)][-1]


async def _conversation(world: World, openid: str = OPENID) -> int:
    kept = await world.hears(openid, "在吗", lambda event: isinstance(event, MessageKept))
    assert isinstance(kept, MessageKept)
    return kept.conversation_id


async def _writes_picture(world: World, data: bytes) -> int:
    conversation_id = await _conversation(world)
    picture = await world.opened.desk.pictures.add(data)
    content = Content(ReplyKind.IMAGE, picture=picture.digest)
    return (await world.opened.desk.replies.write(conversation_id, content)).id


async def _bytes_of(world: World, digest: str) -> bytes:
    path = await world.opened.desk.pictures.path(digest)
    assert path is not None
    return path.read_bytes()


# -- arriving


async def test_a_customers_picture_is_kept_and_told(world: World, heard: Heard) -> None:
    await world.sandbox.show(OPENID)
    await heard.picture(PictureState.KEPT)
    message = await _message(world)
    assert (message.picture_state, message.picture_problem) == (PictureState.KEPT, "")
    assert await _bytes_of(world, message.picture) == torn_box()
    assert (await world.opened.desk.pictures.get(message.picture)).width == 360
    assert [event.state for event in heard.events if isinstance(event, PictureChanged)] == [
        PictureState.AWAITED,
        PictureState.KEPT,
    ]


async def test_a_cards_cover_is_kept_too(world: World, heard: Heard) -> None:
    fields = {"MsgType": "miniprogrampage", "MsgId": "1", "Title": "茶具", "AppId": "wx", "PagePath": "pages/a"}
    await world.sandbox.push(OPENID, fields | {"ThumbUrl": "http://a.example/t", "ThumbMediaId": COVER_MEDIA_ID})
    await heard.picture(PictureState.KEPT)
    assert await _bytes_of(world, (await _message(world)).picture) == cover()


async def test_a_picture_that_wechat_no_longer_has_is_missing_with_the_reason(world: World, heard: Heard) -> None:
    fields = {"MsgType": "image", "MsgId": "1", "PicUrl": f"{world.sandbox.url}/pictures/x", "MediaId": "gone"}
    await world.sandbox.push(OPENID, fields)
    await heard.picture(PictureState.MISSING)
    assert (await _message(world)).picture_problem == "the picture has expired at WeChat"
    assert heard.calls("media/get", "PicUrl") == ["media/get", "PicUrl"]


async def test_an_outage_is_waited_out(world: World, heard: Heard) -> None:
    world.sandbox.faults.plan(SimulatedFault(FaultKind.GATEWAY, "media"))
    await world.sandbox.show(OPENID)
    await heard.picture(PictureState.KEPT)
    assert len(heard.calls("media/get")) == 2


async def test_a_restart_in_the_middle_of_a_fetch_fetches_again(sandbox: Sandbox, tmp_path: Path) -> None:
    setup = setup_for(sandbox, tmp_path)
    opened = await open_desk(setup)
    sandbox.set_push_url(f"{opened.url}/wx/shop")
    asked, take = asyncio.Event(), sandbox.faults.take

    def take_and_tell(call: str) -> tuple[SimulatedFault, ...]:
        if call == "media":
            asked.set()
        return take(call)

    sandbox.faults.take = take_and_tell  # type: ignore[method-assign]
    sandbox.faults.plan(SimulatedFault(FaultKind.BEFORE, "media"))
    await sandbox.show(OPENID)
    async with asyncio.timeout(10):
        await asked.wait()
    await opened.stop()

    again = await open_desk(setup)
    try:
        found, world = Heard(again), World(sandbox, again, setup)
        if (await _message(world)).picture_state is PictureState.AWAITED:
            await found.picture(PictureState.KEPT)
        assert await _bytes_of(world, (await _message(world)).picture) == torn_box()
    finally:
        await again.stop()


# -- leaving


async def test_a_picture_is_uploaded_and_arrives(world: World, heard: Heard) -> None:
    await _writes_picture(world, torn_box())
    sent = await world.sandbox.wait_for_reply(OPENID)
    assert sent.msgtype == "image"
    assert world.sandbox.platform.media.get(str(sent.content["media_id"])).data == torn_box()
    await heard.reply(ReplyState.SENT)
    assert heard.calls("media/upload", "custom/send") == ["media/upload", "custom/send"]


async def test_the_second_reply_needs_no_second_upload(world: World, heard: Heard) -> None:
    await _writes_picture(world, torn_box())
    first = await world.sandbox.wait_for_reply(OPENID)
    await _writes_picture(world, torn_box())
    second = await world.sandbox.wait_for_reply(OPENID, after=1)
    assert first.content == second.content
    assert heard.calls("media/upload") == ["media/upload"]


async def test_a_large_picture_is_made_smaller_on_its_way(world: World) -> None:
    data = saved(noise(1500, 1200), "PNG")
    await _writes_picture(world, data)
    sent = await world.sandbox.wait_for_reply(OPENID)
    arrived = world.sandbox.platform.media.get(str(sent.content["media_id"]))
    assert (len(arrived.data) <= LARGEST_UPLOAD < len(data), arrived.content_type) == (True, "image/jpeg")


async def test_a_card_carries_its_cover(world: World) -> None:
    conversation_id = await _conversation(world)
    picture = await world.opened.desk.pictures.add(cover())
    card = Content(ReplyKind.CARD, title="茶具", page_path="pages/a?id=1", thumb_picture=picture.digest)
    await world.opened.desk.replies.write(conversation_id, card)
    sent = await world.sandbox.wait_for_reply(OPENID)
    assert (sent.msgtype, sent.content["title"], sent.content["pagepath"]) == (
        "miniprogrampage",
        "茶具",
        "pages/a?id=1",
    )
    assert world.sandbox.platform.media.get(str(sent.content["thumb_media_id"])).data == cover()


async def test_a_link_arrives(world: World) -> None:
    conversation_id = await _conversation(world)
    link = Content(ReplyKind.LINK, title="退货", description="七天内", url="https://shop.example/r")
    await world.opened.desk.replies.write(conversation_id, link)
    sent = await world.sandbox.wait_for_reply(OPENID)
    assert (sent.msgtype, sent.content["url"]) == ("link", "https://shop.example/r")


async def test_wrong_content_is_refused_before_anything_is_stored(world: World) -> None:
    conversation_id = await _conversation(world)
    with pytest.raises(BadContent):
        await world.opened.desk.replies.write(conversation_id, Content(ReplyKind.LINK, title="a", url="b"))
    missing = Content(ReplyKind.IMAGE, picture="0" * 64)
    with pytest.raises(NotFound):
        await world.opened.desk.replies.write(conversation_id, missing)
    assert not [item for item in await _timeline(world) if isinstance(item, Reply)]
    assert not (await world.row_of(OPENID)).conversation.taken_over


async def test_a_media_id_that_wechat_forgot_is_uploaded_once_and_sent_once(world: World, heard: Heard) -> None:
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=40007))
    await _writes_picture(world, torn_box())
    await world.sandbox.wait_for_reply(OPENID)
    await heard.reply(ReplyState.SENT)
    assert heard.calls("media/upload", "custom/send") == ["media/upload", "custom/send"] * 2
    assert len(world.sandbox.sent) == 1


async def test_the_second_refusal_of_the_media_id_is_final(world: World, heard: Heard) -> None:
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=40007, times=None))
    await _writes_picture(world, torn_box())
    await heard.reply(ReplyState.FAILED)
    reply = await _reply(world)
    assert (reply.errcode, reply.attempts) == (40007, 1)
    assert heard.calls("custom/send") == ["custom/send"] * 2


async def test_a_media_id_from_a_rule_is_sent_as_it_is(world: World, heard: Heard) -> None:
    rules = f'[[rules]]\nname = "menu"\nwhen = {{ any = ["菜单"] }}\nthen = [{{ image = "{COVER_MEDIA_ID}" }}]\n'
    await world.opened.desk.rules.exchange.take_in(rules, "rules.toml")
    await world.sandbox.say(OPENID, "菜单")
    sent = await world.sandbox.wait_for_reply(OPENID)
    assert sent.content == {"media_id": COVER_MEDIA_ID}
    assert heard.calls("media/upload") == []


@pytest.mark.parametrize("kind", [FaultKind.RESET_BEFORE, FaultKind.RESET_AFTER, FaultKind.GATEWAY])
async def test_an_upload_that_fails_is_tried_again_and_never_unknown(
    world: World, heard: Heard, kind: FaultKind
) -> None:
    world.sandbox.faults.plan(SimulatedFault(kind, "upload"))
    await _writes_picture(world, torn_box())
    await world.sandbox.wait_for_reply(OPENID)
    await heard.reply(ReplyState.SENT)
    assert not [e for e in heard.events if isinstance(e, ReplyChanged) and e.state is ReplyState.UNKNOWN]
    assert heard.calls("media/upload", "custom/send") == ["media/upload", "media/upload", "custom/send"]


async def test_an_upload_that_wechat_refuses_fails_the_reply(world: World, heard: Heard) -> None:
    world.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "upload", errcode=40009))
    await _writes_picture(world, torn_box())
    await heard.reply(ReplyState.FAILED)
    assert (await _reply(world)).errcode == 40009
    assert heard.calls("custom/send") == []


async def test_a_picture_that_is_gone_fails_the_reply_at_once(world: World, heard: Heard) -> None:
    conversation_id = await _conversation(world)
    picture = await world.opened.desk.pictures.add(torn_box())
    path = await world.opened.desk.pictures.path(picture.digest)
    assert path is not None
    path.unlink()
    await world.opened.desk.replies.write(conversation_id, Content(ReplyKind.IMAGE, picture=picture.digest))
    await heard.reply(ReplyState.FAILED)
    reply = await _reply(world)
    assert (reply.errcode, GONE in reply.error) == (None, True)


async def test_a_desk_that_is_closed_during_an_upload_sends_after_the_restart(world: World, heard: Heard) -> None:
    world.sandbox.faults.plan(SimulatedFault(FaultKind.BEFORE, "upload"))
    await _writes_picture(world, torn_box())
    await heard.reply(ReplyState.SENDING)
    await world.opened.stop()
    left = await _after_stop(world)
    assert (left.state, CLOSED in left.error) == (ReplyState.QUEUED, True)
    world.sandbox.faults.clear()
    world.opened = await open_desk(world.setup)
    await world.sandbox.wait_for_reply(OPENID)
    assert len(world.sandbox.sent) == 1


async def _after_stop(world: World) -> Reply:
    """The reply as the closed desk left it."""
    store = await open_store(world.setup.config.store.url, world.setup.home)
    try:
        items = await store.inbox.timeline(1)
    finally:
        await store.close()
    return next(item for item in items if isinstance(item, Reply))


async def test_many_people_at_once_share_one_upload(world: World, heard: Heard) -> None:
    people = [f"oW7hT5{n:022d}" for n in range(8)]
    ids = [await _conversation(world, openid) for openid in people]
    picture = await world.opened.desk.pictures.add(torn_box())
    content = Content(ReplyKind.IMAGE, picture=picture.digest)
    await asyncio.gather(*(world.opened.desk.replies.write(each, content) for each in ids))
    await asyncio.gather(*(world.sandbox.wait_for_reply(openid) for openid in people))
    assert heard.calls("media/upload") == ["media/upload"]


# -- typing


async def test_the_customer_sees_that_somebody_types(world: World, heard: Heard) -> None:
    conversation_id = await _conversation(world, WANG_FANG.openid)
    for _ in range(5):
        await world.opened.desk.typing.show(conversation_id)
    await world.opened.desk.typing.stop(conversation_id)

    def shown() -> list[str]:
        return [e.outcome for e in heard.events if isinstance(e, ApiCalled) and e.call.endswith("typing")]

    await heard.until(lambda _: shown()[-2:] == ["0 ok", "0 ok"])
    assert len(shown()) <= 3
