"""The answer that hands a contact over: in the mode and format of the push, readable for programs that are not ours."""

import json
from datetime import timedelta

import pytest
import xmltodict
from wechatpy.crypto import WeChatCrypto

from tests.webhook.conftest import Open
from tests.webhook.envelopes import compat_body, push_envelope
from tests.webhook.pushing import (
    APP_ID,
    CIPHER,
    KEY,
    NOW,
    TEXT,
    TOKEN,
    Reply,
    ask,
    message,
    signed,
    signed_for,
    vector,
    written,
)
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.wechat.credentials import Credentials, FormerSecret
from wxdesk.webhook.crypto import PushCipher
from wxdesk.webhook.envelope import transfer_body
from wxdesk.webhook.parse import read_push

XML = message("official-text-xml")
BODIES = {BodyFormat.JSON: TEXT, BodyFormat.XML: XML}
TYPES = {BodyFormat.JSON: "application/json", BodyFormat.XML: "text/xml"}


def pushed(mode: PushMode, form: BodyFormat, cipher: PushCipher = CIPHER) -> bytes:
    body = BODIES[form]
    encrypted = cipher.encrypt(body)
    if mode is PushMode.PLAIN:
        return written("/wx/plain", body, signed(encrypt_type="raw"))
    sealed = push_envelope("gh", encrypted, form) if mode is PushMode.SECURE else compat_body(body, encrypted)
    return written(f"/wx/{mode.value}", sealed, signed_for(encrypted))


def read(body: bytes, form: BodyFormat) -> dict[str, object]:
    """Through readers that this program does not use for it."""
    fields: dict[str, object] = json.loads(body) if form is BodyFormat.JSON else xmltodict.parse(body)["xml"]
    return fields


def handed_over(answer: Reply, mode: PushMode, form: BodyFormat, oracle: WeChatCrypto) -> dict[str, object]:
    """The message in the answer, decrypted by wechatpy where it must be encrypted."""
    assert (answer.status, answer.headers["content-type"]) == (200, TYPES[form])
    outer = read(answer.body, form)
    if mode is PushMode.PLAIN:
        return outer
    assert set(outer) == {"Encrypt", "MsgSignature", "TimeStamp", "Nonce"}
    assert isinstance(outer["TimeStamp"], int if form is BodyFormat.JSON else str)
    assert outer["Nonce"] == signed()["nonce"]
    sealed = (str(outer["MsgSignature"]), str(outer["TimeStamp"]), str(outer["Nonce"]))
    inner: str = oracle.decrypt_message(outer, *sealed)
    return read(inner.encode(), form)


def expected(form: BodyFormat) -> dict[str, object]:
    came = read(BODIES[form], form)
    seconds = int(NOW.timestamp())
    return {
        "ToUserName": came["FromUserName"],
        "FromUserName": came["ToUserName"],
        "CreateTime": seconds if form is BodyFormat.JSON else str(seconds),
        "MsgType": "transfer_customer_service",
    }


@pytest.mark.parametrize("form", BodyFormat)
@pytest.mark.parametrize("mode", PushMode)
async def test_a_transfer_in_every_mode_and_format(open_desk: Open, mode: PushMode, form: BodyFormat) -> None:
    desk = await open_desk()
    desk.shelf.transfers = True
    oracle = WeChatCrypto(TOKEN, KEY, APP_ID)
    for outcome in ("transferred", "duplicate"):
        answer = await ask(desk, pushed(mode, form))
        assert handed_over(answer, mode, form, oracle) == expected(form)
        assert desk.outcomes[-1] == outcome
    desk.shelf.transfers = False
    assert (await ask(desk, pushed(mode, form))).body == b"success"


async def test_a_push_that_cannot_be_read_is_acknowledged_and_hands_nobody_over(open_desk: Open) -> None:
    desk = await open_desk()
    desk.shelf.transfers = True
    assert (await ask(desk, written("/wx/plain", b"nothing known", signed()))).body == b"success"
    assert desk.outcomes == ["kept"]


async def test_a_transfer_is_encrypted_with_the_secrets_of_its_push(open_desk: Open) -> None:
    former = (FormerSecret(TOKEN, NOW + timedelta(hours=1)),), (FormerSecret(KEY, NOW + timedelta(hours=1)),)
    changed = Credentials("", "the_new_token", "Z" * 43, *former)
    desk = await open_desk(accounts={"secure": (Account("secure", APP_ID, "gh"), changed)})
    desk.shelf.transfers = True
    answer = await ask(desk, pushed(PushMode.SECURE, BodyFormat.JSON))
    oracle = WeChatCrypto(TOKEN, KEY, APP_ID)
    assert handed_over(answer, PushMode.SECURE, BodyFormat.JSON, oracle) == expected(BodyFormat.JSON)


@pytest.mark.parametrize(
    ("name", "form"), [("gen-reply-transfer-json", BodyFormat.JSON), ("gen-reply-transfer-xml", BodyFormat.XML)]
)
def test_the_message_says_what_the_vectors_say(name: str, form: BodyFormat) -> None:
    entry = vector(name)
    said = read(entry["plaintext"].encode(), form)
    said.pop("TransInfo", None)  # names an agent, which may be left out
    incoming = read_push(TEXT.replace(b"oABC-_def", str(said["ToUserName"]).encode()))
    assert incoming.to_user == said["FromUserName"]
    at = NOW.fromtimestamp(int(str(said["CreateTime"])), NOW.tzinfo)
    assert read(transfer_body(incoming, form, at), form) == said


def test_an_openid_cannot_leave_its_place() -> None:
    incoming = read_push(TEXT.replace(b"oABC-_def", b"]]><evil/>&"))
    for form in BodyFormat:
        assert read(transfer_body(incoming, form, NOW), form)["ToUserName"] == "]]><evil/>&"
