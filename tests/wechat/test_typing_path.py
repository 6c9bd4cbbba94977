"""Typing: the documented address first, the other where that one is not meant for the account."""

from collections.abc import AsyncIterator

import msgspec
import pytest
from aiohttp import web

from tests.wechat.serving import serving
from tests.wechat.worlds import ACCOUNT, OPENID, Heard, client_to
from wxdesk.core.errors import NotSent, Refused
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox
from wxdesk.wechat.client import TYPING_PATHS, WeChatClient

BUSINESS, PLAIN = TYPING_PATHS


class Answers:
    """A WeChat where each address has its own code."""

    def __init__(self) -> None:
        self.codes = {BUSINESS: 0, PLAIN: 0}
        self.asked: list[tuple[str, dict[str, str]]] = []

    async def answer(self, request: web.Request) -> web.Response:
        name = request.path.removeprefix("/cgi-bin/message/")
        self.asked.append((name, msgspec.json.decode(await request.read())))
        return web.Response(text=f'{{"errcode":{self.codes[name]},"errmsg":"x"}}')

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.asked]


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
async def typist(answers: Answers, heard: Heard) -> AsyncIterator[WeChatClient]:
    async with serving(answers.answer) as url, client_to(url, heard) as client:
        yield client


async def test_a_typing_call_has_the_contact_and_the_command(typist: WeChatClient, answers: Answers) -> None:
    await typist.typing(ACCOUNT, OPENID, on=True)
    await typist.typing(ACCOUNT, OPENID, on=False)
    assert answers.asked == [
        (BUSINESS, {"touser": OPENID, "command": "Typing"}),
        (BUSINESS, {"touser": OPENID, "command": "CancelTyping"}),
    ]


@pytest.mark.parametrize("code", [40101, 40097, 48001, 40200])
async def test_the_other_address_is_tried_once_and_remembered(
    typist: WeChatClient, answers: Answers, code: int
) -> None:
    answers.codes[BUSINESS] = code
    await typist.typing(ACCOUNT, OPENID, on=True)
    await typist.typing(ACCOUNT, OPENID, on=False)
    assert answers.names == [BUSINESS, PLAIN, PLAIN]


async def test_an_account_that_may_use_neither_is_not_asked_for_again(typist: WeChatClient, answers: Answers) -> None:
    answers.codes.update({BUSINESS: 40101, PLAIN: 48001})
    await typist.typing(ACCOUNT, OPENID, on=True)
    await typist.typing(ACCOUNT, OPENID, on=True)
    assert answers.names == [BUSINESS, PLAIN]


@pytest.mark.parametrize("code", [45080, 45081, 45072, 45015])
async def test_a_refusal_of_this_moment_says_that_the_address_is_right(
    typist: WeChatClient, answers: Answers, code: int
) -> None:
    answers.codes[BUSINESS] = code
    with pytest.raises(Refused) as refused:
        await typist.typing(ACCOUNT, OPENID, on=True)
    assert refused.value.errcode == code
    assert answers.names == [BUSINESS]


async def test_an_answer_that_cannot_be_read_decides_nothing(heard: Heard) -> None:
    async def answer(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(text="{}")

    async with serving(answer) as url, client_to(url, heard) as client:
        with pytest.raises(NotSent):
            await client.typing(ACCOUNT, OPENID, on=True)
    assert heard.calls() == ["stable_token", BUSINESS]


async def test_a_refused_token_is_renewed_once(sandbox: Sandbox, client: WeChatClient, heard: Heard) -> None:
    await client.check(ACCOUNT)
    sandbox.platform.tokens.expire(ACCOUNT.app_id)
    sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "typing", errcode=42001))
    await client.typing(ACCOUNT, OPENID, on=True)
    assert heard.calls()[:4] == ["stable_token", BUSINESS, "stable_token", BUSINESS]
