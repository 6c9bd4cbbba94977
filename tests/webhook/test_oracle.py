"""Both directions against wechatpy, which shares no line with this program."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
import wechatpy
import xmltodict
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

from tests.webhook.pushing import APP_ID, CIPHER, KEY, NOW, TOKEN
from wxdesk.core.credentials import Credentials
from wxdesk.core.model import Account, BodyFormat, PushMode
from wxdesk.webhook.door import Door
from wxdesk.webhook.envelope import push_envelope, reply_envelope

ORACLE = WeChatCrypto(TOKEN, KEY, APP_ID)
DOOR = Door(Account("shop", APP_ID, "gh", PushMode.SECURE), Credentials("", TOKEN, KEY))
PIECES = ["你好", "😀", "👨‍👩‍👧", "/::)", "[微笑]", "<b>&", '"\\', "]]>", "\n", " ", "abc", "\u2028", "٣"]


def generated(number: int) -> tuple[dict[str, str], bytes, bytes]:
    """Fields of a message, and the same written as JSON and as XML."""
    chance = random.Random(number)
    fields = {
        "ToUserName": f"gh_{chance.randrange(16**12):012x}",
        "FromUserName": "o" + "".join(chance.choices("ABCxyz019-_", k=27)),
        "CreateTime": str(chance.randrange(1, 2**31)),
        "MsgType": "text",
        "Content": "x" + "".join(chance.choices(PIECES, k=chance.randrange(9))) + "x",
        "MsgId": str(chance.randrange(2**63)),
    }
    as_json = fields | {name: int(fields[name]) for name in ("CreateTime", "MsgId")}
    written = json.dumps(as_json, ensure_ascii=chance.random() < 0.5).encode()
    return fields, written, xmltodict.unparse({"xml": fields}).encode()


@pytest.mark.parametrize("start", range(0, 200, 40))
def test_pushes_that_wechatpy_encrypted(start: int) -> None:
    for number in range(start, start + 40):
        fields, as_json, as_xml = generated(number)
        for body in (as_json, as_xml):
            sealed = xmltodict.parse(ORACLE.encrypt_message(body.decode(), str(number), fields["CreateTime"]))["xml"]
            query = {
                "msg_signature": sealed["MsgSignature"],
                "timestamp": sealed["TimeStamp"],
                "nonce": sealed["Nonce"],
            }
            for written in BodyFormat:
                push = DOOR.receive(query, push_envelope("gh", sealed["Encrypt"], written), NOW)
                assert push.body == body
                assert push.incoming is not None
                assert dict(push.incoming.fields) == fields


@pytest.mark.parametrize("start", range(0, 200, 40))
def test_pushes_and_replies_that_wechatpy_decrypts(start: int) -> None:
    for number in range(start, start + 40):
        _, as_json, as_xml = generated(number)
        for body in (as_json, as_xml):
            encrypted = CIPHER.encrypt(body)
            given = (CIPHER.sign_encrypted("17", str(number), encrypted), "17", str(number))
            assert ORACLE.decrypt_message({"Encrypt": encrypted}, *given) == body.decode()
            assert ORACLE.decrypt_message(push_envelope("gh", encrypted, BodyFormat.XML), *given) == body.decode()
            reply = xmltodict.parse(reply_envelope(CIPHER, body, BodyFormat.XML, 17, str(number)))["xml"]
            answered = (reply["MsgSignature"], reply["TimeStamp"], reply["Nonce"])
            assert ORACLE.decrypt_message(reply, *answered) == body.decode()


def test_wechatpy_reads_the_same_message() -> None:
    for number in range(100):
        _, _, as_xml = generated(number)
        theirs = wechatpy.parse_message(as_xml)
        encrypted = CIPHER.encrypt(as_xml)
        query = {"msg_signature": CIPHER.sign_encrypted("1", "2", encrypted), "timestamp": "1", "nonce": "2"}
        ours = DOOR.receive(query, push_envelope("gh", encrypted, BodyFormat.JSON), NOW).incoming
        assert ours is not None
        assert (ours.openid, ours.to_user, ours.text) == (theirs.source, theirs.target, theirs.content)
        assert (ours.msg_id, ours.created_at) == (str(theirs.id), datetime.fromtimestamp(int(theirs.time), UTC))


def test_wechatpy_agrees_on_plain_signatures() -> None:
    for number in range(200):
        timestamp, nonce = str(1760000000 + number), str(number * 7919)
        check_signature(TOKEN, CIPHER.sign(timestamp, nonce), timestamp, nonce)
        with pytest.raises(InvalidSignatureException):
            check_signature(TOKEN, CIPHER.sign(timestamp, nonce), timestamp, nonce + "1")
