"""Whatever answers in WeChat's place, each call ends in a declared error, is made once, and holds no secret."""

import asyncio
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from itertools import chain, repeat

import pytest

from tests.campaign.outsiders.answer_grammar import OddAnswer, answers
from tests.campaign.outsiders.test_parsers import memory, reset_peak
from tests.conftest import Sized
from tests.wechat.worlds import (
    ACCOUNT,
    CREDENTIALS,
    HELLO,
    OPENID,
    TOKEN_ANSWER,
    Heard,
    client_to,
    http_answer,
    read_request,
)
from wxdesk import logs
from wxdesk.core.errors import BadPicture, DeliveryUnknown, NotSent, Refused
from wxdesk.core.model.picture import PictureFormat
from wxdesk.wechat.client import WeChatClient

ANSWERS = (40, 120, 4000)
"""How many answers each kind of call gets in each size of the campaign; they are the same each time."""

AT_ONCE = 8
MEBIBYTES = 60  # eight calls at once, each of which may read a picture

type Call = Callable[[WeChatClient], Awaitable[object]]

CALLS: dict[str, tuple[Call, dict[str, object]]] = {
    "send": (lambda client: client.send(ACCOUNT, OPENID, HELLO), {"errcode": 0, "errmsg": "ok"}),
    "token": (lambda client: client.check(ACCOUNT), {"access_token": "71_x", "expires_in": 7200}),
    "typing": (lambda client: client.typing(ACCOUNT, OPENID, on=True), {"errcode": 0, "errmsg": "ok"}),
    "upload": (
        lambda client: client.upload(ACCOUNT, b"\x89PNG", PictureFormat.PNG),
        {"type": "image", "media_id": "m1", "created_at": 1},
    ),
    "fetch": (lambda client: client.fetch(ACCOUNT, "m1"), {"errcode": 40007, "errmsg": "invalid media_id"}),
    "saved URL": (lambda client: client.check_saved_url(ACCOUNT), {"errcode": 0, "dns": []}),
}
DECLARED = (Refused, NotSent, DeliveryUnknown, BadPicture)


@asynccontextmanager
async def answering(call: str, made: Iterator[OddAnswer]) -> AsyncIterator[tuple[str, Counter[bytes]]]:
    """A server whose answers to `call` are `made`; its URL, and how often each path was asked for."""
    asked: Counter[bytes] = Counter()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head, _ = await read_request(reader)
                path = head.split(b" ")[1].partition(b"?")[0]
                asked[path] += 1
                if path.endswith(b"stable_token") and call != "token":
                    writer.write(http_answer(TOKEN_ANSWER))
                    continue
                writer.write(next(made).raw)
                await writer.drain()
                return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        await server.wait_closed()


@pytest.mark.campaign
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", CALLS)
async def test_every_call_ends_in_a_declared_way(name: str, sized: Sized, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    for library in logs.CHATTY:
        caplog.set_level("WARNING", library)
    count = sized(*ANSWERS)
    call, right = CALLS[name]
    ends: Counter[str] = Counter()
    said: list[str] = []
    before = memory("VmRSS") if reset_peak() else 0
    made = chain(answers(count, right), repeat(OddAnswer(-1, http_answer(b""), "the end")))
    async with answering(name, made) as (url, asked):
        left = iter(range(count))

        async def ask() -> None:
            for _ in left:
                heard = Heard()
                async with client_to(url, heard, deadline=2.0) as client:
                    try:
                        await call(client)
                        ends["done"] += 1
                    except DECLARED as error:
                        ends[type(error).__name__] += 1
                        said.append("".join(traceback.format_exception(error)) + str(error))
                said.append(repr(heard.events))

        await asyncio.gather(*(ask() for _ in range(AT_ONCE)))
    assert ends.total() == count
    assert 0 < ends["done"] < count
    if before:
        assert memory("VmHWM") - before < MEBIBYTES * 1024
    tokens = asked.pop(b"/cgi-bin/stable_token", 0)
    # Once, and once more with a new token where the old one was refused, or at typing's other address.
    assert asked.total() <= 2 * tokens
    everything = "\n".join([*said, caplog.text])
    for secret in (*CREDENTIALS.secrets, "71_raw", "71_x", OPENID):
        assert secret not in everything
