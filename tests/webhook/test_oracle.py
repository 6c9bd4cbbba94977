"""Both directions against wechatpy, which shares no line with this program: a thousand pushes in every way."""

import json
from datetime import UTC, datetime

import pytest
import wechatpy
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

from tests.webhook.envelopes import compat_body, push_envelope
from tests.webhook.generated import OWN_FIELDS, Generated, generated
from tests.webhook.pushing import ACCOUNTS, APP_ID, CIPHER, KEY, NOW, TOKEN
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.push import BodyFormat, Incoming, Push
from wxdesk.webhook.envelope import reply_envelope
from wxdesk.webhook.verification import PushVerifier

ORACLE = WeChatCrypto(TOKEN, KEY, APP_ID)
DOORS = {mode: PushVerifier(*ACCOUNTS[mode.value]) for mode in PushMode}
THOUSAND = [range(start, start + 100) for start in range(0, 1000, 100)]
TYPES = {
    "text": MessageType.TEXT,
    "image": MessageType.IMAGE,
    "miniprogrampage": MessageType.CARD,
    "user_enter_tempsession": MessageType.ENTER_SESSION,
}


def bodies(push: Generated) -> tuple[tuple[BodyFormat, bytes], ...]:
    return (BodyFormat.JSON, push.as_json), (BodyFormat.XML, push.as_xml)


def received(mode: PushMode, written: BodyFormat, body: bytes, number: int) -> Push:
    """What the door makes of `body` that wechatpy encrypted and signed, in the way of `mode`."""
    timestamp, nonce = str(1760000000 + number), str(number * 7919)
    sealed = xmltodict.parse(ORACLE.encrypt_message(body.decode(), nonce, timestamp))["xml"]
    encrypted = sealed["Encrypt"]
    query = {"timestamp": timestamp, "nonce": nonce, "openid": "somebody", "encrypt_type": "aes"}
    if mode is PushMode.PLAIN:
        return DOORS[mode].receive(query | {"encrypt_type": "raw", "signature": plain(timestamp, nonce)}, body, NOW)
    query |= {"signature": plain(timestamp, nonce), "msg_signature": sealed["MsgSignature"]}
    if mode is PushMode.SECURE:
        return DOORS[mode].receive(query, push_envelope("gh", encrypted, written), NOW)
    return DOORS[mode].receive(query, compat_body(body, encrypted), NOW)


def plain(timestamp: str, nonce: str) -> str:
    """A signature that wechatpy agrees on."""
    made = CIPHER.sign(timestamp, nonce)
    check_signature(TOKEN, made, timestamp, nonce)
    return made


def check_fields(found: Incoming, expected: Generated) -> None:
    assert found.fields.keys() == expected.fields.keys()
    for name, value in expected.fields.items():
        assert value in (found.fields[name], _parsed(found.fields[name])), name


def _parsed(text: str) -> object:
    return json.loads(text) if text[:1] in "{[" else text


@pytest.mark.parametrize("mode", PushMode)
@pytest.mark.parametrize("numbers", THOUSAND, ids=lambda numbers: numbers.start)
def test_pushes_that_wechatpy_encrypted(mode: PushMode, numbers: range) -> None:
    for number in numbers:
        push = generated(number)
        for written, body in bodies(push):
            found = received(mode, written, body, number)
            assert (found.body, found.format, found.note) == (body, written, "")
            assert found.incoming is not None
            check_fields(found.incoming, push)


@pytest.mark.parametrize("numbers", THOUSAND, ids=lambda numbers: numbers.start)
def test_a_push_has_one_key_whatever_mode_and_format_it_came_in(numbers: range) -> None:
    for number in numbers:
        keys = {
            received(mode, written, body, number).key
            for mode in (PushMode.PLAIN, PushMode.SECURE)
            for written, body in bodies(generated(number))
        }
        assert len(keys) == 1


@pytest.mark.parametrize("numbers", THOUSAND, ids=lambda numbers: numbers.start)
def test_pushes_and_replies_that_wechatpy_decrypts(numbers: range) -> None:
    for number in numbers:
        for _, body in bodies(generated(number)):
            encrypted = CIPHER.encrypt(body)
            given = (CIPHER.sign_encrypted("17", str(number), encrypted), "17", str(number))
            assert ORACLE.decrypt_message({"Encrypt": encrypted}, *given) == body.decode()
            assert ORACLE.decrypt_message(push_envelope("gh", encrypted, BodyFormat.XML), *given) == body.decode()
            for written, read in ((BodyFormat.XML, xmltodict.parse), (BodyFormat.JSON, json.loads)):
                reply = read(reply_envelope(CIPHER, body, written, 17, str(number)))
                reply = reply.get("xml", reply)
                answered = (reply["MsgSignature"], str(reply["TimeStamp"]), reply["Nonce"])
                assert ORACLE.decrypt_message(reply, *answered) == body.decode()


@pytest.mark.parametrize("numbers", THOUSAND, ids=lambda numbers: numbers.start)
def test_wechatpy_reads_the_same_message(numbers: range) -> None:
    for number in numbers:
        push = generated(number)
        theirs = wechatpy.parse_message(push.as_xml.decode("utf-8-sig").lstrip())
        ours = received(PushMode.SECURE, BodyFormat.XML, push.as_xml, number).incoming
        assert ours is not None
        assert (ours.openid, ours.to_user) == (theirs.source, theirs.target)
        assert ours.created_at == datetime.fromtimestamp(int(theirs.time), UTC)
        assert ours.msg_id == (None if ours.event is not None else str(theirs.id))
        assert ours.type is TYPES.get(ours.event or ours.msg_type, MessageType.OTHER)
        if theirs.type in ("text", "image", "miniprogrampage"):
            shown = {"text": "content", "image": "image", "miniprogrampage": "title"}[theirs.type]
            assert (ours.pic_url if theirs.type == "image" else ours.text) == getattr(theirs, shown)
        if ours.type is MessageType.ENTER_SESSION:
            assert ours.session_from == theirs.session_from


def test_the_thousand_hold_every_type() -> None:
    kinds = {(push.flat["MsgType"], push.flat.get("Event", "").lower()) for push in map(generated, range(1000))}
    assert {"/".join(filter(None, kind)) for kind in kinds} == set(OWN_FIELDS)


def test_wechatpy_agrees_on_plain_signatures() -> None:
    for number in range(200):
        timestamp, nonce = str(1760000000 + number), str(number * 7919)
        with pytest.raises(InvalidSignatureException):
            check_signature(TOKEN, plain(timestamp, nonce), timestamp, nonce + "1")
