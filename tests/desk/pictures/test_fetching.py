"""What becomes of each picture that a message names, with a WeChat that answers as the test wants."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from msgspec.structs import replace

from tests.core.content.test_picture_header import png_that_claims
from tests.prepared import SQLITE, prepare
from tests.sandbox.pictures import cover, torn_box
from tests.sandbox.worlds import HandClock
from tests.store.chats import Talk, incoming
from tests.wechat.serving import serving
from tests.wechat.worlds import ACCOUNT, CREDENTIALS, Heard, now
from wxdesk.config.reading import WeChatSettings
from wxdesk.core.content.picture_header import NOT_A_PICTURE, TOO_MANY_PIXELS
from wxdesk.core.events import PictureChanged, TroubleRaised
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.picture import PictureState
from wxdesk.desk.pictures.fetching import SIDE_BY_SIDE, TOO_LATE, PictureFetching
from wxdesk.i18n import tr
from wxdesk.store import Store, open_store
from wxdesk.store.pictures.files import PictureFiles
from wxdesk.wechat.client import NO_PICTURE_NAMED, WeChatClient
from wxdesk.wechat.http import TOO_LARGE

type Answer = Callable[[str], Awaitable[web.StreamResponse]]


class World:
    """A store, and a WeChat whose media/get is `answer`, which is given the media_id."""

    def __init__(self, store: Store, folder: Path, clock: HandClock) -> None:
        self.store, self.folder, self.clock = store, folder, clock
        self.heard = Heard()
        self.talk = Talk(store)
        self._more = asyncio.Event()
        self.asked: list[str] = []
        self.answer: Answer = picture
        self.accounts = {ACCOUNT.name: ACCOUNT}
        self.fetching: PictureFetching
        self._task: asyncio.Task[None]

    async def get(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request.query["media_id"])
        self._more.set()
        return await self.answer(request.query["media_id"])

    async def shows(self, media_id: str | None, account: str = "shop", **fields: Any) -> Message:
        """A customer sends a picture, and the desk keeps the message."""
        values: dict[str, Any] = {"type": MessageType.IMAGE, "msg_type": "image", "media_id": media_id}
        said = incoming("o_li", at=self.clock.now, **(values | fields))
        return (await self.talk.hears(said, self.clock.now, account)).message

    def open(self, client: WeChatClient) -> None:
        files = PictureFiles(self.folder / "pictures")
        self.fetching = PictureFetching(
            self.store.pictures, files, client, lambda: self.accounts, self.heard, self.clock
        )
        self._task = asyncio.create_task(self.fetching.run())

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def look(self) -> None:
        """What the desk does for each picture that is awaited."""
        self.fetching.on_event(PictureChanged(1, 1, PictureState.AWAITED))

    async def is_asked(self, times: int) -> None:
        async with asyncio.timeout(10):
            while len(self.asked) < times:
                self._more.clear()
                await self._more.wait()

    async def rests(self) -> None:
        """Return when nothing is under way."""
        while under_way := tuple(self.fetching._under_way.values()):
            await asyncio.gather(*under_way)

    async def ends(self, count: int = 1) -> None:
        await self.heard.wait_for(PictureChanged, count)

    async def as_it_is(self, message: Message) -> Message:
        items = await self.store.inbox.timeline(message.conversation_id)
        return next(item for item in items if isinstance(item, Message) and item.id == message.id)


async def picture(media_id: str) -> web.StreamResponse:
    return web.Response(body=torn_box(), content_type="image/png")


def always(body: bytes, content_type: str = "image/jpeg") -> Answer:
    async def answer(media_id: str) -> web.StreamResponse:
        return web.Response(body=body, content_type=content_type)

    return answer


def code(errcode: int) -> Answer:
    return always(f'{{"errcode":{errcode},"errmsg":"x"}}'.encode(), "text/plain")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    prepare(tmp_path)
    opened = await open_store(SQLITE, tmp_path)
    yield opened
    await opened.close()


@pytest.fixture
async def world(store: Store, tmp_path: Path) -> AsyncIterator[World]:
    made = World(store, tmp_path, HandClock())
    async with serving(made.get) as url:
        client = WeChatClient(WeChatSettings(url), {"shop": CREDENTIALS}, lambda event: None, now, deadline=2.0)
        made.open(client)
        yield made
        await made.close()
        await client.close()


def _files(folder: Path) -> list[Path]:
    return [path for path in (folder / "pictures").rglob("*") if path.is_file()]


async def test_a_picture_that_a_message_names_is_kept_and_told(world: World) -> None:
    message = await world.shows("M")
    world.look()
    await world.ends()
    found = await world.as_it_is(message)
    assert found.picture_state is PictureState.KEPT
    assert [path.read_bytes() for path in _files(world.folder)] == [torn_box()]
    assert world.heard.events == [PictureChanged(message.conversation_id, message.id, PictureState.KEPT)]


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"<html><script>alert(1)</script></html>", NOT_A_PICTURE),
        (b"MZ\x90\0" + bytes(500), NOT_A_PICTURE),
        (b'{"video_url":"http://example.com/v"}', NOT_A_PICTURE),
        (png_that_claims(60_000, 60_000), TOO_MANY_PIXELS),
        (torn_box() + bytes(11 * 1024 * 1024), TOO_LARGE),
    ],
)
async def test_an_answer_that_is_no_picture_is_not_kept_whatever_its_type(
    world: World, body: bytes, problem: str, tmp_path: Path
) -> None:
    world.answer = always(body)
    message = await world.shows("M")
    world.look()
    await world.ends()
    found = await world.as_it_is(message)
    assert (found.picture_state, found.picture_problem, found.picture) == (PictureState.MISSING, problem, "")
    assert _files(world.folder) == []
    assert world.asked == ["M"]


@pytest.mark.parametrize(
    ("errcode", "problem"),
    [
        (40007, "the picture has expired at WeChat"),
        (41006, "the picture's media_id is missing"),
        (99999, "a code that wxdesk does not know"),
    ],
)
async def test_a_picture_that_wechat_refuses_for_good_is_missing(world: World, errcode: int, problem: str) -> None:
    world.answer = code(errcode)
    message = await world.shows("M")
    world.look()
    await world.ends()
    assert (await world.as_it_is(message)).picture_problem == problem
    assert world.asked == ["M"]


async def test_an_address_that_is_not_wechats_is_not_followed(world: World) -> None:
    message = await world.shows(None, pic_url="http://127.0.0.1/a.png")
    world.look()
    await world.ends()
    assert (await world.as_it_is(message)).picture_problem == NO_PICTURE_NAMED


async def _outage(media_id: str) -> web.StreamResponse:
    return web.Response(status=502, text="<html>")


@pytest.mark.parametrize("trouble", [_outage, code(-1), code(45011), code(48001), code(45009)])
async def test_an_outage_costs_few_calls_and_ends_by_itself(world: World, trouble: Answer) -> None:
    world.answer = trouble
    messages = [await world.shows(f"M{n}") for n in range(9)]
    world.look()
    await world.is_asked(1)
    await world.rests()
    assert len(world.asked) <= SIDE_BY_SIDE, "the account rests"

    world.answer = picture
    while (done := len(world.heard.of(PictureChanged))) < 9:
        world.clock.forward(minutes=2)
        world.look()
        await world.ends(done + 1)
    states = {(await world.as_it_is(message)).picture_state for message in messages}
    assert states == {PictureState.KEPT}


async def test_a_picture_that_always_fails_holds_up_no_other(world: World) -> None:
    async def answer(media_id: str) -> web.StreamResponse:
        await world.is_asked(2)  # an account rests after a failure, and the search at the start may see one alone
        return await (_outage if media_id == "bad" else picture)(media_id)

    world.answer = answer
    bad, good = await world.shows("bad"), await world.shows("good")
    world.look()
    await world.ends()
    assert (await world.as_it_is(good)).picture_state is PictureState.KEPT
    assert (await world.as_it_is(bad)).picture_state is PictureState.AWAITED


async def test_an_account_whose_downloads_hang_leaves_room_for_the_others(world: World) -> None:
    never = asyncio.Event()

    async def answer(media_id: str) -> web.StreamResponse:
        if media_id.startswith("hangs"):
            await never.wait()
        return await picture(media_id)

    world.answer = answer
    world.accounts["other"] = replace(ACCOUNT, name="other")
    for number in range(SIDE_BY_SIDE):
        await world.shows(f"hangs{number}")
    good = await world.shows("good", "other")
    world.look()
    await world.ends()
    assert (await world.as_it_is(good)).picture_state is PictureState.KEPT
    assert len(world.asked) < SIDE_BY_SIDE
    never.set()


async def test_pictures_that_failed_wait_for_those_that_did_not(world: World) -> None:
    go = asyncio.Event()

    async def answer(media_id: str) -> web.StreamResponse:
        await go.wait()
        return await (_outage if media_id.startswith("bad") else picture)(media_id)

    world.answer = answer
    for number in range(SIDE_BY_SIDE):
        await world.shows(f"bad{number}")
    world.look()
    await world.is_asked(SIDE_BY_SIDE)
    go.set()
    await world.rests()
    good = await world.shows("good")
    world.clock.forward(minutes=2)  # until the failed ones are due again
    world.look()
    await world.ends()
    assert (await world.as_it_is(good)).picture_state is PictureState.KEPT
    assert world.asked[SIDE_BY_SIDE] == "good"


async def test_after_three_days_it_is_given_up_and_not_asked_for(world: World) -> None:
    world.answer = _outage
    message = await world.shows("M")
    world.look()
    await world.is_asked(1)
    await world.rests()
    world.clock.forward(days=3, seconds=1)
    world.look()
    await world.ends()
    found = await world.as_it_is(message)
    assert (found.picture_state, found.picture_problem) == (PictureState.MISSING, TOO_LATE)
    assert world.asked == ["M"]


async def test_only_a_few_are_fetched_at_a_time(world: World) -> None:
    most = here = 0
    go = asyncio.Event()

    async def answer(media_id: str) -> web.StreamResponse:
        nonlocal most, here
        here += 1
        most = max(most, here)
        await go.wait()
        here -= 1
        return await picture(media_id)

    world.answer = answer
    for n in range(10):
        await world.shows(f"M{n}")
    world.look()
    await world.is_asked(SIDE_BY_SIDE)
    go.set()
    await world.ends(10)
    assert most == SIDE_BY_SIDE
    assert sorted(world.asked[:SIDE_BY_SIDE]) == ["M0", "M1", "M2", "M3"]


async def test_the_same_picture_from_two_people_is_one_file(world: World) -> None:
    world.answer = always(cover())
    first, second = await world.shows("A"), await world.shows("B")
    world.look()
    await world.ends(2)
    assert (await world.as_it_is(first)).picture == (await world.as_it_is(second)).picture
    assert len(_files(world.folder)) == 1


async def test_a_fetch_that_was_cut_off_is_done_by_the_next_run(world: World) -> None:
    never = asyncio.Event()

    async def hang(media_id: str) -> web.StreamResponse:
        await never.wait()
        return web.Response()

    world.answer = hang
    message = await world.shows("M")
    world.look()
    await world.is_asked(1)
    await world.close()
    assert (await world.as_it_is(message)).picture_state is PictureState.AWAITED

    world.answer = picture
    world._task = asyncio.create_task(world.fetching.run())
    await world.ends()
    assert (await world.as_it_is(message)).picture_state is PictureState.KEPT


async def test_a_folder_that_takes_no_picture_is_told_until_it_does_and_loses_none(world: World) -> None:
    (world.folder / "pictures").write_bytes(b"in the way")
    message = await world.shows("M")
    world.look()
    await world.is_asked(1)
    await world.rests()
    assert (await world.as_it_is(message)).picture_state is PictureState.AWAITED
    [trouble] = world.heard.of(TroubleRaised)
    assert str(world.folder / "pictures") in tr(trouble.text)
    assert "a file stands where a folder has to be" in tr(trouble.text)

    (world.folder / "pictures").unlink()
    world.clock.forward(minutes=2)
    world.look()
    await world.ends()
    assert (await world.as_it_is(message)).picture_state is PictureState.KEPT
    assert [event.text for event in world.heard.of(TroubleRaised)] == [trouble.text, ""]


@pytest.mark.expects_log("A picture could not be taken in")
async def test_an_unexpected_error_ends_one_fetch_only(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(data: bytes) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("wxdesk.desk.pictures.fetching.picture_record", fails)
    message = await world.shows("M")
    world.look()
    await world.ends()
    assert (await world.as_it_is(message)).picture_state is PictureState.MISSING


async def test_an_account_that_is_not_configured_is_not_asked_for(world: World) -> None:
    other = replace(ACCOUNT, name="other")
    said = incoming("o_li", type=MessageType.IMAGE, msg_type="image", media_id="theirs")
    await world.talk.hears(said, world.clock.now, other.name)
    await world.shows("ours")
    world.look()
    await world.ends()
    assert world.asked == ["ours"]
