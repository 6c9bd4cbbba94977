"""Pushes as WeChat makes them, read by an independent library, and its rule for trying again."""

import asyncio
import hashlib
import json
from itertools import count
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from tests.sandbox.worlds import ACCOUNT, CREDENTIALS, OPENID, START, Ears, Got, HandClock, listening, program
from wxdesk.core.conversations.transfer import Receipt
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.sandbox.push import bodies
from wxdesk.sandbox.push.pusher import DEADLINE_SECONDS, TRIES, Pusher, PushOutcome
from wxdesk.sandbox.server import Sandbox
from wxdesk.webhook.listener import Listener

WORDS = "订单 20461 到哪了 <b> & ]]> \\n 😊"


async def push(ears: Ears, mode: PushMode, form: BodyFormat, fields: bodies.Fields, deadline: float = 5) -> PushOutcome:
    numbers = count(1000)
    pusher = Pusher(HandClock(), deadline=deadline, nonce=lambda: str(next(numbers)))
    try:
        return await pusher.deliver(pusher.delivery(program(mode, form, ears.url), OPENID, fields))
    finally:
        await pusher.close()


def fields_in(body: bytes, form: BodyFormat) -> dict[str, Any]:
    if form is BodyFormat.JSON:
        found: dict[str, Any] = json.loads(body)
        return found
    return {element.tag: element.text or "" for element in ET.fromstring(body)}  # noqa: S314


def decrypted(got: Got, form: BodyFormat) -> bytes:
    """The inner body, by wechatpy."""
    crypto = WeChatCrypto(CREDENTIALS.push_token, CREDENTIALS.encoding_aes_key, ACCOUNT.app_id)
    body = got.body.decode() if form is BodyFormat.XML else json.loads(got.body)
    inner = crypto.decrypt_message(body, got.query["msg_signature"], got.query["timestamp"], got.query["nonce"])
    return inner if isinstance(inner, bytes) else inner.encode()


@pytest.mark.parametrize("form", BodyFormat)
@pytest.mark.parametrize("mode", PushMode)
async def test_another_library_reads_pushes_of_every_mode_and_format(mode: PushMode, form: BodyFormat) -> None:
    async with listening() as ears:
        outcome = await push(ears, mode, form, bodies.text(WORDS, "24051524690104385"))
    assert outcome.accepted
    (got,) = ears.got
    assert got.content_type.startswith("text/xml")
    assert got.query["openid"] == OPENID
    check_signature(CREDENTIALS.push_token, got.query["signature"], got.query["timestamp"], got.query["nonce"])
    inner = got.body if mode is PushMode.PLAIN else decrypted(got, form)
    found = fields_in(inner, form)
    assert found["Content"] == WORDS
    assert str(found["MsgId"]) == "24051524690104385"
    assert (found["ToUserName"], found["FromUserName"]) == (ACCOUNT.original_id, OPENID)
    assert int(found["CreateTime"]) == int(START.timestamp())
    if form is BodyFormat.XML:
        assert parse_message(inner).content == WORDS


@pytest.mark.parametrize("form", BodyFormat)
@pytest.mark.parametrize(
    ("mode", "clear"),
    [(PushMode.SECURE, {"ToUserName"}), (PushMode.COMPAT, {"ToUserName", "FromUserName", "CreateTime", "MsgType"})],
)
async def test_each_mode_has_its_fields_beside_the_encrypted_part(
    mode: PushMode, clear: set[str], form: BodyFormat
) -> None:
    async with listening() as ears:
        await push(ears, mode, form, {"MsgType": "text"})
    assert fields_in(ears.got[0].body, form).keys() == {*clear, "Encrypt"}
    assert ears.got[0].query["encrypt_type"] == "aes"


@pytest.mark.parametrize(
    ("answers", "tries", "accepted"),
    [
        ([(200, "success")], 1, True),
        ([(200, "")], 1, True),
        ([(500, "success"), (200, "success")], 2, True),
        ([(200, '"success"'), (403, ""), (200, "success")], 3, True),
        ([(200, "success\n")], 3, False),
        ([(500, "")], 3, False),
        ([(200, "<xml><MsgType><![CDATA[transfer_customer_service]]></MsgType></xml>")], 3, False),
    ],
)
async def test_a_push_is_tried_three_times(answers: list[tuple[int, str]], tries: int, accepted: bool) -> None:
    async with listening(*answers) as ears:
        outcome = await push(ears, PushMode.SECURE, BodyFormat.JSON, bodies.text("在吗", "1"))
    assert (len(ears.got), outcome.accepted) == (tries, accepted)
    assert [attempt.status for attempt in outcome.attempts] == [status for status, _ in (answers * 3)[:tries]]
    assert len({got.query["nonce"] for got in ears.got}) == tries
    assert {decrypted(got, BodyFormat.JSON) for got in ears.got} == {decrypted(ears.got[0], BodyFormat.JSON)}


async def test_silence_counts_as_a_failure() -> None:
    async with listening(None, (200, "success")) as ears:
        outcome = await push(ears, PushMode.PLAIN, BodyFormat.XML, bodies.enter("goods/1024"), deadline=0.5)
    assert [attempt.status for attempt in outcome.attempts] == [None, 200]
    assert 500 <= outcome.attempts[0].milliseconds < DEADLINE_SECONDS * 1000
    assert outcome.attempts[0].trouble == "no answer in time"
    assert (DEADLINE_SECONDS, TRIES) == (5, 3)


async def test_a_push_to_a_closed_port_is_reported_as_not_connected() -> None:
    ears = Ears((), url="http://127.0.0.1:9/wx/shop")
    outcome = await push(ears, PushMode.PLAIN, BodyFormat.JSON, bodies.text("在吗", "1"))
    assert [attempt.status for attempt in outcome.attempts] == [None, None, None]
    assert outcome.reading.reason == "no connection"


async def test_without_a_push_url_nothing_leaves(sandbox: Sandbox) -> None:
    assert await sandbox.say(OPENID, "在吗") == PushOutcome()


async def test_saving_a_push_url_sends_the_signed_url_check(sandbox: Sandbox) -> None:
    async with listening((200, "success")) as ears:
        sandbox.set_push_url(ears.url)
        assert not await sandbox.verify_push_url()
    query = ears.got[0].query
    joined = "".join(sorted([CREDENTIALS.push_token, query["timestamp"], query["nonce"]]))
    assert query["signature"] == hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324
    assert query["echostr"].isdigit()


@pytest.mark.parametrize("form", BodyFormat)
@pytest.mark.parametrize("mode", PushMode)
async def test_the_real_listener_takes_pushes(mode: PushMode, form: BodyFormat) -> None:
    kept: list[Any] = []
    seen = asyncio.Event()

    async def keep(one: Any) -> Receipt:
        kept.append(one)
        return Receipt(new=True)

    account = program(mode).account
    clock = HandClock()
    listener = Listener({"shop": (account, CREDENTIALS)}, keep, lambda _: seen.set(), clock, "127.0.0.1", 0)
    url = await listener.start()
    sandbox = Sandbox([program(mode, form, f"{url}/wx/shop")], clock=clock)
    try:
        assert await sandbox.verify_push_url()
        outcomes = [
            await sandbox.say(OPENID, WORDS),
            await sandbox.enter(OPENID, "goods/1024"),
            await sandbox.show(OPENID),
            await sandbox.send_card(OPENID, "茶具", "pages/a?id=1"),
        ]
    finally:
        await sandbox.stop()
        await listener.stop()
    assert [(outcome.accepted, len(outcome.attempts)) for outcome in outcomes] == [(True, 1)] * 4
    assert [one.incoming.type.value for one in kept] == ["text", "enter_session", "image", "card"]
    assert kept[0].incoming.text == WORDS
    assert kept[1].incoming.session_from == "goods/1024"
