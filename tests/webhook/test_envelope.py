"""Envelopes of pushes and passive replies in each mode."""

import json

import pytest
import xmltodict

from tests.webhook.envelopes import compat_body, push_envelope
from tests.webhook.pushing import CIPHER, TEXT, message, vector
from wxdesk.core.model.push import BodyFormat
from wxdesk.webhook.crypto import PushCipher
from wxdesk.webhook.envelope import reply_envelope
from wxdesk.webhook.parse import read_fields

SECURE = vector("official-secure-post-json")


def test_a_push_in_secure_mode() -> None:
    to_user, encrypted = SECURE["envelope_json"]["ToUserName"], SECURE["encrypted"]
    assert json.loads(push_envelope(to_user, encrypted, BodyFormat.JSON)) == SECURE["envelope_json"]
    assert xmltodict.parse(push_envelope(to_user, encrypted, BodyFormat.XML))["xml"] == SECURE["envelope_json"]


@pytest.mark.parametrize("name", ["official-reply-encrypt-json", "gen-reply-transfer-json"])
def test_a_passive_reply(name: str) -> None:
    entry = vector(name)
    cipher = PushCipher(entry["token"], entry["encoding_aes_key"], entry["appid"])
    expected = entry["reply_envelope_json"]

    def envelope(form: BodyFormat) -> bytes:
        moment, random = int(entry["timestamp"]), entry["random16"].encode()
        return reply_envelope(cipher, entry["plaintext"].encode(), form, moment, entry["nonce"], random)

    assert json.loads(envelope(BodyFormat.JSON)) == expected
    as_xml = xmltodict.parse(envelope(BodyFormat.XML))["xml"]
    assert as_xml == expected | {"TimeStamp": str(expected["TimeStamp"])}


@pytest.mark.parametrize("body", [TEXT, TEXT + b"\n", message("official-text-xml"), message("official-text-json")])
def test_a_push_in_compat_mode_has_both(body: bytes) -> None:
    fields = read_fields(compat_body(body, "a/b+c=="))
    assert fields.pop("Encrypt") == "a/b+c=="
    assert fields == read_fields(body)


def test_compat_mode_with_nothing_in_the_clear() -> None:
    assert json.loads(compat_body(b"{ }", "x")) == {"Encrypt": "x"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"<xml/>"])
def test_compat_mode_needs_a_body_to_add_to(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^b['\"]"):
        compat_body(body, "x")


def test_text_cannot_leave_its_cdata() -> None:
    body = push_envelope("]]><evil/>", CIPHER.encrypt(b"{}"), BodyFormat.XML)
    assert read_fields(body)["ToUserName"] == "]]><evil/>"
