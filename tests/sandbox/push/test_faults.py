"""What can befall a push: each fault seen from the listener's side, with wechatpy to tell what is genuine."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException

from tests.sandbox.worlds import ACCOUNT, CREDENTIALS, OPENID, Ears, Got, HandClock, listening, program
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.sandbox.platform.contacts import NOT_AVAILABLE, ChatSide
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.server import Sandbox


def opened(got: Got) -> Any:
    """The message that wechatpy finds in a push."""
    crypto = WeChatCrypto(CREDENTIALS.push_token, CREDENTIALS.encoding_aes_key, ACCOUNT.app_id)
    body = json.loads(got.body.decode("utf-8-sig"))
    inner = crypto.decrypt_message(body, got.query["msg_signature"], got.query["timestamp"], got.query["nonce"])
    return json.loads((inner if isinstance(inner, bytes) else inner.encode()).decode("utf-8-sig"))


@pytest.fixture
async def ears() -> AsyncIterator[Ears]:
    async with listening() as ears:
        yield ears


@pytest.fixture
async def wechat(ears: Ears, clock: HandClock) -> AsyncIterator[Sandbox]:
    sandbox = Sandbox([program(push_url=ears.url)], clock=clock)
    yield sandbox
    await sandbox.stop()


def plan(sandbox: Sandbox, *kinds: FaultKind, **more: Any) -> None:
    for kind in kinds:
        sandbox.faults.plan(SimulatedFault(kind, "push", **more))


async def test_a_lost_push_does_not_arrive(wechat: Sandbox, ears: Ears) -> None:
    plan(wechat, FaultKind.DROP)
    assert (await wechat.say(OPENID, "一")).attempts == ()
    await wechat.say(OPENID, "二")
    assert [opened(got)["Content"] for got in ears.got] == ["二"]


@pytest.mark.parametrize(
    ("kind", "nonces"), [(FaultKind.DUPLICATE, 2), (FaultKind.RETRY, 2), (FaultKind.RETRY_SAME_NONCE, 1)]
)
async def test_a_doubled_push_arrives_twice(wechat: Sandbox, ears: Ears, kind: FaultKind, nonces: int) -> None:
    plan(wechat, kind)
    outcome = await wechat.say(OPENID, "一")
    assert (outcome.accepted, len(outcome.attempts)) == (True, 2)
    one, other = ears.got
    assert opened(one) == opened(other)
    assert len({got.query["nonce"] for got in ears.got}) == nonces
    assert (one == other) is (kind is FaultKind.RETRY_SAME_NONCE)
    await wechat.say(OPENID, "二")
    assert len(ears.got) == 3


async def test_reordered_pushes_arrive_in_another_order(wechat: Sandbox, ears: Ears) -> None:
    plan(wechat, FaultKind.REORDER, milliseconds=600_000)
    await wechat.say(OPENID, "一")
    await wechat.say(OPENID, "二")
    await ears.heard(2)
    contents = [opened(got) for got in ears.got]
    assert [found["Content"] for found in contents] == ["二", "一"]
    assert int(contents[0]["MsgId"]) > int(contents[1]["MsgId"])


async def test_a_reordered_push_without_another_arrives_all_the_same(wechat: Sandbox, ears: Ears) -> None:
    plan(wechat, FaultKind.REORDER, milliseconds=20)
    await wechat.say(OPENID, "一")
    await ears.heard(1)


async def test_a_delayed_push_arrives_late(wechat: Sandbox, ears: Ears) -> None:
    plan(wechat, FaultKind.DELAY, milliseconds=100)
    loop = asyncio.get_running_loop()
    started = loop.time()
    await wechat.say(OPENID, "一")
    assert loop.time() - started >= 0.1


async def test_a_forged_signature_is_not_retried(wechat: Sandbox, ears: Ears) -> None:
    ears.answers = ((403, ""),)
    plan(wechat, FaultKind.WRONG_SIGNATURE)
    outcome = await wechat.say(OPENID, "一")
    assert len(outcome.attempts) == 1  # who forges does not come again
    contact = wechat.platform.contact(wechat.platform.program(), OPENID)
    assert [line.side for line in contact.lines] == [ChatSide.CONTACT]  # and it is right to refuse the forger
    with pytest.raises(InvalidSignatureException):
        opened(ears.got[0])


async def test_a_push_can_be_sent_in_clear_although_the_mode_is_secure(wechat: Sandbox, ears: Ears) -> None:
    plan(wechat, FaultKind.PLAIN_BODY)
    await wechat.say(OPENID, "一")
    (got,) = ears.got
    assert json.loads(got.body)["Content"] == "一"
    assert "msg_signature" not in got.query
    assert "encrypt_type" not in got.query


async def test_lying_clear_fields_stand_beside_the_encrypted_ones(wechat: Sandbox, ears: Ears) -> None:
    plan(wechat, FaultKind.TWINS)
    await wechat.say(OPENID, "一")
    (got,) = ears.got
    assert json.loads(got.body)["Content"] != "一"
    assert json.loads(got.body)["FromUserName"] != OPENID
    assert (opened(got)["Content"], opened(got)["FromUserName"]) == ("一", OPENID)


async def test_a_push_can_have_a_byte_order_mark_and_a_foreign_content_type(wechat: Sandbox, ears: Ears) -> None:
    plan(wechat, FaultKind.BOM, FaultKind.CONTENT_TYPE)
    await wechat.say(OPENID, "一")
    plan(wechat, FaultKind.CONTENT_TYPE, text="application/json")
    await wechat.say(OPENID, "二")
    marked, typed = ears.got
    assert marked.body.startswith(b"\xef\xbb\xbf{")
    assert opened(marked)["Content"] == "一"
    assert [got.content_type for got in ears.got] == ["application/x-www-form-urlencoded", "application/json"]
    assert typed.body.startswith(b"{")


async def test_faults_of_pushes_combine(wechat: Sandbox, ears: Ears) -> None:
    plan(wechat, FaultKind.DUPLICATE, FaultKind.BOM, FaultKind.TWINS, FaultKind.DELAY)
    await wechat.say(OPENID, "一")
    assert [opened(got)["Content"] for got in ears.got] == ["一", "一"]
    assert all(got.body.startswith(b"\xef\xbb\xbf") for got in ears.got)
    assert wechat.journal.pushes[-1].faults == ("duplicate", "bom", "twins", "delay")


@pytest.mark.parametrize("form", BodyFormat)
@pytest.mark.parametrize("mode", PushMode)
async def test_bent_pushes_have_a_body_in_every_mode(mode: PushMode, form: BodyFormat, clock: HandClock) -> None:
    async with listening() as ears:
        sandbox = Sandbox([program(mode, form, ears.url)], clock=clock)
        plan(sandbox, *(kind for kind in FaultKind if kind.value in ("bom", "twins", "wrong_signature")))
        await sandbox.say(OPENID, "一")
        await sandbox.stop()
    assert ears.got[0].body.lstrip(b"\xef\xbb\xbf")[:1] in (b"{", b"<")


async def test_a_customer_without_an_answer_reads_that_the_service_is_not_available(clock: HandClock) -> None:
    async with listening((500, "")) as ears:
        sandbox = Sandbox([program(push_url=ears.url)], clock=clock)
        await sandbox.say(OPENID, "在吗")
        await sandbox.stop()
    contact = sandbox.platform.contact(sandbox.platform.program(), OPENID)
    assert [(line.side, line.text) for line in contact.lines] == [
        (ChatSide.CONTACT, "在吗"),
        (ChatSide.NOTICE, NOT_AVAILABLE),
    ]
