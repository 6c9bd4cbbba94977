"""`transfer_customer_service` in the answer of a push: verified as WeChat does, and what it then withholds."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from wechatpy.crypto import WeChatCrypto

from tests.sandbox.worlds import ACCOUNT, CREDENTIALS, OPENID, HandClock, listening, program
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.sandbox.platform.contacts import ChatSide, KfState
from wxdesk.sandbox.platform.program import ProgramSettings
from wxdesk.sandbox.push.passive_answer import AnswerVerdict, read_answer
from wxdesk.sandbox.server import Sandbox

FIELDS = {
    "ToUserName": OPENID,
    "FromUserName": ACCOUNT.original_id,
    "CreateTime": 1713424427,
    "MsgType": "transfer_customer_service",
}
PUSHED = {"ToUserName": ACCOUNT.original_id, "FromUserName": OPENID, "MsgType": "text"}


def clear(form: BodyFormat, **change: object) -> str:
    fields = FIELDS | change
    if form is BodyFormat.JSON:
        return json.dumps(fields, ensure_ascii=False)
    return "<xml>" + "".join(f"<{name}><![CDATA[{value}]]></{name}>" for name, value in fields.items()) + "</xml>"


def encrypted(form: BodyFormat, inner: str = "", app_id: str = ACCOUNT.app_id) -> str:
    """An answer encrypted by wechatpy, which knows XML only, put into JSON where that is due."""
    crypto = WeChatCrypto(CREDENTIALS.push_token, CREDENTIALS.encoding_aes_key, app_id)
    xml: str = crypto.encrypt_message(inner or clear(form), "415670741", "1713424427")
    if form is BodyFormat.XML:
        return xml
    names = ("Encrypt", "MsgSignature", "TimeStamp", "Nonce")
    return json.dumps({name: between(xml, name) for name in names})


def between(xml: str, name: str) -> str:
    inner = xml.split(f"<{name}>")[1].split(f"</{name}>")[0]
    return inner.removeprefix("<![CDATA[").removesuffix("]]>")


type Answer = Callable[[BodyFormat], str]


@pytest.mark.parametrize("form", BodyFormat)
@pytest.mark.parametrize(
    ("mode", "answer", "understood"),
    [
        (PushMode.PLAIN, clear, AnswerVerdict.TRANSFER),
        (PushMode.PLAIN, encrypted, AnswerVerdict.WRONG),
        (PushMode.SECURE, encrypted, AnswerVerdict.TRANSFER),
        (PushMode.SECURE, clear, AnswerVerdict.WRONG),
        (PushMode.COMPAT, encrypted, AnswerVerdict.TRANSFER),
        (PushMode.COMPAT, clear, AnswerVerdict.TRANSFER),
        (PushMode.SECURE, lambda form: encrypted(form, "success"), AnswerVerdict.WRONG),
        (PushMode.SECURE, lambda form: encrypted(form, app_id="wx0000000000000000"), AnswerVerdict.WRONG),
        (PushMode.SECURE, lambda form: encrypted(form, clear(other(form))), AnswerVerdict.WRONG),
        (PushMode.PLAIN, lambda form: clear(other(form)), AnswerVerdict.WRONG),
        (PushMode.PLAIN, lambda form: clear(form, MsgType="text"), AnswerVerdict.WRONG),
        (PushMode.PLAIN, lambda form: clear(form, ToUserName="o_another"), AnswerVerdict.WRONG),
        (PushMode.PLAIN, lambda form: clear(form, FromUserName=ACCOUNT.app_id), AnswerVerdict.WRONG),
        (PushMode.PLAIN, lambda form: clear(form, CreateTime="now"), AnswerVerdict.WRONG),
        (PushMode.SECURE, lambda _: "success", AnswerVerdict.ACKNOWLEDGED),
        (PushMode.SECURE, lambda _: "", AnswerVerdict.ACKNOWLEDGED),
        (PushMode.SECURE, lambda _: "success\n", AnswerVerdict.WRONG),
        (PushMode.SECURE, lambda _: "\N{ZERO WIDTH NO-BREAK SPACE}success", AnswerVerdict.WRONG),
        (PushMode.SECURE, lambda _: "<html>oops</html>", AnswerVerdict.WRONG),
    ],
)
def test_answers_to_pushes_are_understood(
    form: BodyFormat, mode: PushMode, answer: Answer, understood: AnswerVerdict
) -> None:
    reading = read_answer(program(mode, form), PUSHED, 200, answer(form))
    assert reading.understood is understood
    assert bool(reading.reason) is (understood is AnswerVerdict.WRONG)


def other(form: BodyFormat) -> BodyFormat:
    return BodyFormat.XML if form is BodyFormat.JSON else BodyFormat.JSON


def test_success_stays_in_clear() -> None:
    answer = encrypted(BodyFormat.JSON, "success")
    assert read_answer(program(), PUSHED, 200, answer).reason == "success must not be encrypted"


def test_a_changed_signature_is_no_answer() -> None:
    answer = json.loads(encrypted(BodyFormat.JSON))
    answer["MsgSignature"] = "0" * 40
    assert read_answer(program(), PUSHED, 200, json.dumps(answer)).understood is AnswerVerdict.WRONG
    del answer["Nonce"]
    assert "Nonce" in read_answer(program(), PUSHED, 200, json.dumps(answer)).reason


def test_an_event_cannot_be_handed_over() -> None:
    pushed = PUSHED | {"MsgType": "event"}
    assert read_answer(program(), pushed, 200, encrypted(BodyFormat.JSON)).understood is AnswerVerdict.WRONG


def test_an_agent_can_be_named() -> None:
    answer = clear(BodyFormat.JSON, TransInfo={"KfAccount": "kf1@shop"})
    assert read_answer(program(PushMode.PLAIN), PUSHED, 200, answer).kf_account == "kf1@shop"
    answer = clear(BodyFormat.XML).replace("</xml>", "<TransInfo><KfAccount>kf1@shop</KfAccount></TransInfo></xml>")
    assert read_answer(program(PushMode.PLAIN, BodyFormat.XML), PUSHED, 200, answer).kf_account == "kf1@shop"


def contents(ears: Any) -> list[str]:
    return [json.loads(got.body).get("Content") or json.loads(got.body)["Event"] for got in ears.got]


async def test_nothing_is_pushed_while_the_tool_has_a_customer(clock: HandClock) -> None:
    transfer = clear(BodyFormat.JSON)
    async with listening((200, transfer), (200, "success")) as ears:
        sandbox = Sandbox([program(PushMode.PLAIN, push_url=ears.url)], clock=clock)
        session = sandbox.platform.contact(sandbox.platform.program(), OPENID).session
        outcome = await sandbox.say(OPENID, "转人工")
        assert outcome.reading.understood is AnswerVerdict.TRANSFER
        assert session.state(clock()) is KfState.OPEN
        assert (await sandbox.say(OPENID, "在吗")).attempts == ()
        sandbox.say_from_tool(OPENID, "在的")
        await sandbox.say("o_another", "别人的")
        assert sandbox.dispatcher.end(sandbox.platform.program(), OPENID)
        await sandbox.say(OPENID, "回来了")
        await sandbox.stop()
    assert contents(ears) == ["转人工", "别人的", "回来了"]
    lines = sandbox.platform.contact(sandbox.platform.program(), OPENID).lines
    assert [(line.side, line.text, line.to_tool) for line in lines] == [
        (ChatSide.CONTACT, "转人工", False),
        (ChatSide.CONTACT, "在吗", True),
        (ChatSide.TOOL, "在的", False),
        (ChatSide.CONTACT, "回来了", False),
    ]


async def test_an_idle_session_ends_after_thirty_minutes(clock: HandClock) -> None:
    async with listening((200, clear(BodyFormat.JSON)), (200, "success")) as ears:
        sandbox = Sandbox([program(PushMode.PLAIN, push_url=ears.url)], clock=clock)
        await sandbox.say(OPENID, "转人工")
        clock.forward(minutes=29)
        await sandbox.say(OPENID, "还在")
        clock.forward(minutes=29, seconds=59)
        await sandbox.say(OPENID, "还在吗")
        clock.forward(minutes=30)
        await sandbox.say(OPENID, "有人吗")
        await sandbox.stop()
    assert contents(ears) == ["转人工", "有人吗"]


async def test_pushes_go_on_while_a_customer_queues_for_the_tool(clock: HandClock) -> None:
    one = replace(program(PushMode.PLAIN), settings=ProgramSettings(kf_takes_at_once=False))
    async with listening((200, clear(BodyFormat.JSON)), (200, "success")) as ears:
        sandbox = Sandbox([replace(one, push_url=ears.url)], clock=clock)
        await sandbox.say(OPENID, "转人工")
        await sandbox.say(OPENID, "还要多久")
        assert sandbox.dispatcher.accept(sandbox.platform.program(), OPENID)
        assert not sandbox.dispatcher.accept(sandbox.platform.program(), OPENID)
        await sandbox.say(OPENID, "你好")
        await sandbox.stop()
    assert contents(ears) == ["转人工", "还要多久"]


async def test_begin_and_end_of_a_tool_session_can_be_pushed(clock: HandClock) -> None:
    one = replace(program(PushMode.PLAIN), settings=ProgramSettings(kf_events=True, kf_account="kf9@shop"))
    async with listening((200, clear(BodyFormat.JSON)), (200, "success")) as ears:
        sandbox = Sandbox([replace(one, push_url=ears.url)], clock=clock)
        await sandbox.say(OPENID, "转人工")
        await ears.heard(2)
        sandbox.dispatcher.end(sandbox.platform.program(), OPENID)
        await ears.heard(3)
        await sandbox.stop()
    assert contents(ears) == ["转人工", "kf_create_session", "kf_close_session"]
    assert json.loads(ears.got[1].body)["KfAccount"] == "kf9@shop"
