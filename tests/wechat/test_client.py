"""The client against a WeChat in the same loop."""

import asyncio
from typing import Literal

import pytest
from msgspec.structs import replace

from tests.wechat.worlds import ACCOUNT, CREDENTIALS, HELLO, OPENID, Heard, client_to, now, raw_server
from wxdesk.config.reading import WeChatSettings
from wxdesk.core.errors import NotSent, Refused
from wxdesk.core.events import ApiCalled, TokenChanged
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.i18n import tr
from wxdesk.sandbox.demo_customers import COVER_MEDIA_ID
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.server import Sandbox
from wxdesk.wechat.client import WeChatClient

type Endpoint = Literal["stable", "classic"]


@pytest.mark.parametrize(
    ("content", "msgtype", "fields"),
    [
        (Content(text="好的\n马上"), "text", {"content": "好的\n马上"}),
        (Content(ReplyKind.IMAGE, media_id=COVER_MEDIA_ID), "image", {"media_id": COVER_MEDIA_ID}),
        (
            Content(ReplyKind.LINK, title="店", description="地址", url="https://a.example", thumb_url="https://b"),
            "link",
            {"title": "店", "description": "地址", "url": "https://a.example", "thumb_url": "https://b"},
        ),
        (
            Content(ReplyKind.CARD, title="茶具", page_path="pages/a?id=1", thumb_media_id=COVER_MEDIA_ID),
            "miniprogrampage",
            {"title": "茶具", "pagepath": "pages/a?id=1", "thumb_media_id": COVER_MEDIA_ID},
        ),
    ],
)
async def test_every_kind_of_reply_arrives(
    sandbox: Sandbox, client: WeChatClient, content: Content, msgtype: str, fields: dict[str, str]
) -> None:
    await client.send(ACCOUNT, OPENID, content)
    (sent,) = sandbox.sent
    assert (sent.openid, sent.msgtype, sent.content) == (OPENID, msgtype, fields)


async def test_every_call_is_reported(client: WeChatClient, heard: Heard) -> None:
    await client.send(ACCOUNT, OPENID, HELLO)
    with pytest.raises(Refused):
        await client.send(ACCOUNT, "o_nobody", HELLO)
    told = heard.of(ApiCalled)
    assert [(event.call, event.outcome, event.account) for event in told] == [
        ("stable_token", "0 ok", "shop"),
        ("custom/send", "0 ok", "shop"),
        ("custom/send", "40003 this openid does not belong to this mini program", "shop"),
    ]
    assert all(event.milliseconds > 0 for event in told)


async def test_a_refusal_carries_code_message_and_rid(client: WeChatClient) -> None:
    with pytest.raises(Refused) as refused:
        await client.send(ACCOUNT, OPENID, Content(text="太" * 683))
    assert refused.value.errcode == 45002
    assert refused.value.errmsg == "content size out of limit"
    assert len(refused.value.rid.split("-")) == 3


@pytest.mark.parametrize("code", [40001, 40014, 41001, 42001])
async def test_a_refused_token_costs_one_renewal_and_one_repeat(
    sandbox: Sandbox, client: WeChatClient, heard: Heard, code: int
) -> None:
    await client.check(ACCOUNT)
    sandbox.platform.tokens.expire(ACCOUNT.app_id)
    sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=code))
    await client.send(ACCOUNT, OPENID, HELLO)
    assert heard.calls() == ["stable_token", "custom/send", "stable_token", "custom/send"]
    assert len(sandbox.sent) == 1


async def test_the_second_refusal_is_final(sandbox: Sandbox, client: WeChatClient, heard: Heard) -> None:
    await client.check(ACCOUNT)
    sandbox.platform.tokens.revoke(ACCOUNT.app_id)
    sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=40001, times=2))
    with pytest.raises(Refused) as refused:
        await client.send(ACCOUNT, OPENID, HELLO)
    assert refused.value.errcode == 40001
    assert heard.calls().count("custom/send") == 2


async def test_one_repeat_also_where_the_stable_endpoint_insists_on_its_token(
    sandbox: Sandbox, client: WeChatClient, heard: Heard
) -> None:
    sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=40001, times=None))
    with pytest.raises(Refused):
        await client.send(ACCOUNT, OPENID, HELLO)
    assert heard.calls() == ["stable_token", "custom/send", "stable_token", "custom/send"]


@pytest.mark.parametrize("endpoint", ["stable", "classic"])
async def test_fifty_sends_on_an_expired_token_renew_it_once(
    sandbox: Sandbox, heard: Heard, endpoint: Endpoint
) -> None:
    customers = [f"oW7hT5{n:022d}" for n in range(50)]
    for openid in customers:
        await sandbox.say(openid, "在吗")
    async with client_to(sandbox.url, heard, endpoint) as client:
        await client.check(ACCOUNT)
        sandbox.platform.tokens.expire(ACCOUNT.app_id)
        heard.events.clear()
        await asyncio.gather(*(client.send(ACCOUNT, openid, HELLO) for openid in customers))
    assert len(heard.of(TokenChanged)) == 1
    assert sorted(sent.openid for sent in sandbox.sent) == customers


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (Credentials("wrong", "t"), 40125),
        (Credentials("", "t"), 41004),
    ],
)
async def test_a_wrong_secret_is_reported_by_wechat(
    sandbox: Sandbox, heard: Heard, credentials: Credentials, code: int
) -> None:
    async with client_to(sandbox.url, heard, credentials=credentials) as client:
        with pytest.raises(Refused) as refused:
            await client.send(ACCOUNT, OPENID, HELLO)
    assert refused.value.errcode == code
    (changed,) = heard.of(TokenChanged)
    assert changed.expires_at is None
    assert str(code) in tr(changed.error)


async def test_check_tells_how_long_the_token_lasts(client: WeChatClient) -> None:
    assert 7190 < await client.check(ACCOUNT) <= 7200


async def test_the_classic_endpoint_works_too(sandbox: Sandbox, heard: Heard) -> None:
    async with client_to(sandbox.url, heard, "classic") as client:
        await client.send(ACCOUNT, OPENID, HELLO)
    assert heard.calls() == ["token", "custom/send"]


async def test_a_token_that_never_comes_means_not_sent(sandbox: Sandbox, heard: Heard) -> None:
    sandbox.faults.plan(SimulatedFault(FaultKind.BEFORE, "token"))
    async with client_to(sandbox.url, heard, deadline=0.2) as client:
        with pytest.raises(NotSent):
            await client.send(ACCOUNT, OPENID, HELLO)


async def test_the_client_serves_several_accounts(heard: Heard) -> None:
    other = replace(ACCOUNT, name="other", app_id="wx" + "0" * 16)
    sandbox = Sandbox([MiniProgram(ACCOUNT, CREDENTIALS), MiniProgram(other, CREDENTIALS)])
    await sandbox.start()
    try:
        await sandbox.say(OPENID, "一")
        await sandbox.say("o_other", "二", "other")
        both = {"shop": CREDENTIALS, "other": CREDENTIALS}
        client = WeChatClient(WeChatSettings(sandbox.url), both, heard, now)
        try:
            await client.send(other, "o_other", HELLO)
            with pytest.raises(Refused):
                await client.send(other, OPENID, HELLO)
        finally:
            await client.close()
    finally:
        await sandbox.stop()
    assert [sent.account for sent in sandbox.sent] == ["other"]


async def never(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    raise AssertionError("nothing is sent here")


@pytest.mark.parametrize("seconds", [10**12, 10**30])
async def test_a_token_is_not_believed_to_last_for_ever(heard: Heard, seconds: int) -> None:
    answer = b'{"access_token":"t","expires_in":%d}' % seconds
    async with raw_server(never, token=answer) as (url, _), client_to(url, heard) as client:
        assert 86_000 < await client.check(ACCOUNT) <= 86_400
