"""Verification of requests: signatures, modes, queries and forgeries."""

import random
from typing import Any
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.webhook.envelopes import compat_body, push_envelope
from tests.webhook.pushing import (
    ACCOUNTS,
    APP_ID,
    CIPHER,
    KEY,
    NOW,
    TEXT,
    TOKEN,
    enveloped,
    message,
    signed,
    signed_for,
    vector,
)
from wxdesk.core.errors import PushRefused
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.webhook.verification import PushVerifier, read_query

PLAIN, COMPAT, SECURE = (
    PushVerifier(*ACCOUNTS[mode.value]) for mode in (PushMode.PLAIN, PushMode.COMPAT, PushMode.SECURE)
)
ENCRYPTED = CIPHER.encrypt(TEXT)


def door_of(entry: dict[str, Any], mode: PushMode) -> PushVerifier:
    account = Account("shop", entry.get("appid", ""), "gh", mode)
    return PushVerifier(account, Credentials("", entry["token"], entry.get("encoding_aes_key", "")))


def why_not(door: PushVerifier, query: dict[str, str], body: bytes) -> str:
    with pytest.raises(PushRefused) as refused:
        door.receive(query, body, NOW)
    return refused.value.why


@pytest.mark.parametrize("name", ["official-url-verify", "go-webhook-url-verify"])
@pytest.mark.parametrize("mode", PushMode)
def test_the_check_of_the_url(name: str, mode: PushMode) -> None:
    entry = vector(name) | {"encoding_aes_key": KEY}
    query = {part: entry[part] for part in ("signature", "timestamp", "nonce", "echostr")}
    assert door_of(entry, mode).check_url(query, NOW) == entry["expected_response_body"].encode()
    with pytest.raises(PushRefused):
        door_of(entry, mode).check_url(query | {"nonce": entry["nonce"] + "0"}, NOW)


@pytest.mark.parametrize("missing", ["signature", "timestamp", "nonce", "echostr"])
def test_a_check_without_one_of_its_four_parts(missing: str) -> None:
    query = signed(echostr="1")
    del query[missing]
    with pytest.raises(PushRefused):
        SECURE.check_url(query, NOW)


def test_the_text_of_a_check_comes_back_to_the_byte() -> None:
    query = {**signed(), **read_query("echostr=%ff%e4%bd%a0")}
    assert SECURE.check_url(query, NOW) == b"\xff\xe4\xbd\xa0"


@pytest.mark.parametrize("mode", PushMode)
def test_a_query_is_signed_or_not_and_a_wrong_signature_is_refused(mode: PushMode) -> None:
    door = PushVerifier(Account("shop", APP_ID, "gh", mode), Credentials("", TOKEN, KEY))
    assert door.is_signed(signed(), NOW) is True
    assert door.is_signed({}, NOW) is False
    assert door.is_signed({"msg_signature": "0" * 40}, NOW) is False
    for wrong in ({"signature": ""}, {"nonce": "x"}, {"timestamp": "1"}, {"signature": "0" * 40}):
        with pytest.raises(PushRefused, match="signature"):
            door.is_signed(signed() | wrong, NOW)
    for part in ("timestamp", "nonce"):
        query = {name: value for name, value in signed().items() if name != part}
        with pytest.raises(PushRefused, match="signature"):
            door.is_signed(query, NOW)


def test_official_push_in_plain_mode() -> None:
    entry = vector("official-plain-post-json")
    query = {part: entry[part] for part in ("signature", "timestamp", "nonce")}
    push = door_of(entry, PushMode.PLAIN).receive(query, entry["plaintext"].encode(), NOW)
    assert push.incoming is not None
    assert (push.incoming.event, push.body, push.format) == ("debug_demo", entry["plaintext"].encode(), BodyFormat.JSON)


@pytest.mark.parametrize("written", BodyFormat)
def test_official_push_in_secure_mode(written: BodyFormat) -> None:
    entry = vector("official-secure-post-json")
    names = ("signature", "timestamp", "nonce", "openid", "encrypt_type", "msg_signature")
    body = push_envelope("gh_97417a04a28d", entry["encrypted"], written)
    push = door_of(entry, PushMode.SECURE).receive({name: entry[name] for name in names}, body, NOW)
    assert push.incoming is not None
    assert (push.incoming.openid, push.body) == (entry["openid"], entry["plaintext"].encode())
    assert (push.account, push.received_at, push.note) == ("shop", NOW, "")


def test_official_push_in_compat_mode() -> None:
    entry = vector("official-sdk-sample-decrypt")
    query = {name: entry[name] for name in ("timestamp", "nonce", "msg_signature")}
    push = door_of(entry, PushMode.COMPAT).receive(query, entry["envelope_xml"].encode(), NOW)
    assert push.body == entry["plaintext"].encode()
    assert push.incoming is not None
    assert push.incoming.text == "abcdteT"


def test_in_compat_mode_the_clear_fields_do_not_count() -> None:
    body = compat_body(TEXT.replace("请问几点关门".encode(), "转账给我".encode()), ENCRYPTED)
    push = COMPAT.receive(signed_for(ENCRYPTED), body, NOW)
    assert push.body == TEXT


@pytest.mark.parametrize("door", [COMPAT, SECURE])
@pytest.mark.parametrize(
    ("body", "why"),
    [
        (TEXT, "plain text"),
        (message("official-text-xml"), "plain text"),
        (b'{"MsgType":"text","Encrypt":""}', "plain text"),
        (b"", "not encrypted"),
        (b"{}", "not encrypted"),
        (enveloped(""), "not encrypted"),
        (b"<xml/>", "not encrypted"),
        (b"<xml>", "not encrypted"),
    ],
)
def test_a_body_in_the_clear_is_refused_where_it_must_be_encrypted(door: PushVerifier, body: bytes, why: str) -> None:
    assert why_not(door, signed(), body) == why
    assert why_not(door, {}, body) == why


@pytest.mark.parametrize("door", [COMPAT, SECURE])
def test_the_plain_signature_does_not_open_an_encrypted_push(door: PushVerifier) -> None:
    query = signed()
    assert why_not(door, query, enveloped(ENCRYPTED)) == "signature"
    assert why_not(door, query | {"msg_signature": query["signature"]}, enveloped(ENCRYPTED)) == "signature"


def test_a_push_for_another_app_or_with_another_key_is_refused() -> None:
    account, _ = ACCOUNTS["secure"]
    other_key = PushVerifier(account, Credentials("", TOKEN, "A" * 43))
    other_app = PushVerifier(Account("secure", "wx_other", "gh"), Credentials("", TOKEN, KEY))
    assert why_not(other_key, signed_for(ENCRYPTED), enveloped(ENCRYPTED)) == "decryption"
    assert why_not(other_app, signed_for(ENCRYPTED), enveloped(ENCRYPTED)) == "app_id"


@pytest.mark.parametrize("body", [b"not a push", b'{"MsgType":"text"}', b"", b"<xml>"])
def test_a_signed_but_unreadable_push_is_kept(body: bytes) -> None:
    for door, query, sent in (
        (PLAIN, signed(), body),
        (SECURE, signed_for(encrypted := CIPHER.encrypt(body)), enveloped(encrypted)),
    ):
        push = door.receive(query, sent, NOW)
        assert (push.incoming, push.body) == (None, body)
        assert push.note


def test_an_encrypted_push_for_an_account_in_plain_mode_says_so() -> None:
    push = PLAIN.receive(signed_for(ENCRYPTED), enveloped(ENCRYPTED), NOW)
    assert push.incoming is None
    assert "plain mode" in push.note


@pytest.mark.parametrize(
    ("mode", "credentials"),
    [
        (PushMode.PLAIN, Credentials("secret", "")),
        (PushMode.SECURE, Credentials("secret", "", KEY)),
        (PushMode.SECURE, Credentials("secret", TOKEN)),
        (PushMode.COMPAT, Credentials("secret", TOKEN, "too short")),
    ],
)
def test_unusable_credentials_keep_the_door_shut(mode: PushMode, credentials: Credentials) -> None:
    door = PushVerifier(Account("shop", APP_ID, "gh", mode), credentials)
    assert why_not(door, signed_for(ENCRYPTED), enveloped(ENCRYPTED)) == "no credentials"
    with pytest.raises(PushRefused):
        door.check_url(signed(echostr="1"), NOW)


def test_a_query_is_decoded_once_and_to_the_byte() -> None:
    assert read_query("b=x+y") == {"b": "x y"}
    assert read_query("a=%2520&b=x+y&c=") == {"a": "%20", "b": "x y", "c": ""}
    assert read_query("echostr=%ff%e4%bd%a0")["echostr"].encode("utf-8", "surrogateescape") == b"\xff\xe4\xbd\xa0"


@given(st.text("ab=&;?#/ \0\udcff你", max_size=40).filter(lambda raw: raw.count("&") < 16))
def test_a_query_without_escapes_is_read_as_parse_qsl_reads_it(raw: str) -> None:
    pairs = parse_qsl(raw, keep_blank_values=True)
    try:
        query = read_query(raw)
    except PushRefused:
        assert len(dict(pairs)) < len(pairs)
    else:
        assert list(query.items()) == pairs


@pytest.mark.parametrize("raw", ["a=1&a=1", "a=1&a=2", "a=1&%61=2", "&".join(f"p{n}=1" for n in range(17))])
def test_a_query_with_a_parameter_twice_or_with_many_is_refused(raw: str) -> None:
    with pytest.raises(PushRefused):
        read_query(raw)


def damaged(text: str, chance: random.Random) -> str:
    """`text` changed in one place: a bit, the case, a digit of another script, a character less or more, or empty."""
    at = chance.randrange(len(text))
    new = chance.choice(
        [
            chr(ord(text[at]) ^ 1 << chance.randrange(7)),
            text[at].swapcase(),
            chr(0x660 + at % 10),
            "",
            text[at] * 2,
        ]
    )
    return chance.choice([text[:at] + new + text[at + 1 :]] * 9 + [""])


@pytest.mark.parametrize("door", [PLAIN, COMPAT, SECURE], ids=lambda door: door.account.name)
def test_no_forged_push_of_thousands_is_accepted(door: PushVerifier) -> None:
    chance = random.Random(20260301)
    plain = door.account.push_mode is PushMode.PLAIN
    covered = ["signature", "timestamp", "nonce"] if plain else ["msg_signature", "timestamp", "nonce", "Encrypt"]
    tried, accepted = 0, []
    while tried < 1500:
        right = signed_for(ENCRYPTED) | {"Encrypt": ENCRYPTED}
        name = chance.choice(covered)
        wrong = right | {name: damaged(right[name], chance)}
        if wrong == right:
            continue
        tried += 1
        try:
            door.receive(wrong, TEXT if plain else enveloped(wrong["Encrypt"]), NOW)
        except PushRefused:
            continue
        accepted.append(wrong)
    assert accepted == []


def test_the_genuine_push_behind_the_forgeries_is_accepted() -> None:
    assert SECURE.receive(signed_for(ENCRYPTED), enveloped(ENCRYPTED), NOW).incoming
    assert PLAIN.receive(signed(), TEXT, NOW).incoming
