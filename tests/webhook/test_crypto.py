"""Signatures and encryption of pushes, against vectors."""

import base64
from hashlib import sha1
from typing import Any

import pytest

from tests.webhook.pushing import APP_ID, CIPHER, KEY, TOKEN, VECTORS, encrypted
from wxdesk.core.errors import BadInput, PushRefused
from wxdesk.webhook.crypto import PushCipher, same_signature, signature


def having(*names: str) -> list[dict[str, Any]]:
    return [entry for entry in VECTORS if entry["kind"] != "negative" and all(name in entry for name in names)]


def cipher_of(entry: dict[str, Any]) -> PushCipher:
    return PushCipher(entry["token"], entry.get("encoding_aes_key", ""), entry.get("appid", ""))


@pytest.mark.parametrize("entry", having("signature", "timestamp"), ids=lambda entry: entry["id"])
def test_plain_signature(entry: dict[str, Any]) -> None:
    assert cipher_of(entry).sign(entry["timestamp"], entry["nonce"]) == entry["signature"]
    assert same_signature(entry["signature"], cipher_of(entry).sign(entry["timestamp"], entry["nonce"]))


@pytest.mark.parametrize("entry", having("msg_signature", "encrypted"), ids=lambda entry: entry["id"])
def test_signature_of_an_encrypted_push(entry: dict[str, Any]) -> None:
    made = cipher_of(entry).sign_encrypted(entry["timestamp"], entry["nonce"], entry["encrypted"])
    assert made == entry["msg_signature"]


@pytest.mark.parametrize("entry", having("encrypted"), ids=lambda entry: entry["id"])
def test_decrypt(entry: dict[str, Any]) -> None:
    assert cipher_of(entry).decrypt(entry["encrypted"]) == entry["plaintext"].encode()


@pytest.mark.parametrize("entry", having("encrypted", "random16"), ids=lambda entry: entry["id"])
def test_encrypt_reproduces_the_bytes(entry: dict[str, Any]) -> None:
    assert cipher_of(entry).encrypt(entry["plaintext"].encode(), entry["random16"].encode()) == entry["encrypted"]


@pytest.mark.parametrize(
    "entry", [entry for entry in VECTORS if entry["kind"] == "negative"], ids=lambda entry: entry["id"]
)
def test_negative_vectors_are_refused(entry: dict[str, Any]) -> None:
    given = entry["msg_signature"] or entry["signature"]
    with pytest.raises(PushRefused):
        cipher_of(entry).open(given, entry["timestamp"], entry["nonce"], entry["encrypted"])


def encrypted_raw(inner: bytes) -> str:
    return base64.b64encode(encrypted(inner)).decode()


HEAD = b"0123456789abcdef"
MESSAGE = b"{}" + APP_ID.encode()


def padded(inner: bytes, pad: int | None = None) -> bytes:
    pad = 32 - len(inner) % 32 if pad is None else pad
    return inner + bytes((pad,)) * pad


RIGHT = HEAD + (2).to_bytes(4) + MESSAGE


@pytest.mark.parametrize(
    ("inner", "why"),
    [
        pytest.param(padded(HEAD + (2).to_bytes(4) + b"{}wx_another_app_id"), "app_id", id="another app_id"),
        pytest.param(padded(HEAD + (2).to_bytes(4) + b"{}"), "app_id", id="no app_id"),
        pytest.param(padded(HEAD + (200).to_bytes(4) + MESSAGE), "decryption", id="length beyond the end"),
        pytest.param(padded(HEAD + (2).to_bytes(4, "little") + MESSAGE), "decryption", id="length in little-endian"),
        pytest.param(padded(HEAD + b"\xff\xff\xff\xff" + MESSAGE), "decryption", id="length is huge"),
        pytest.param(padded(RIGHT)[:-1] + b"\0", "decryption", id="pad 0"),
        pytest.param(padded(RIGHT, 40), "decryption", id="pad 40"),
        pytest.param(RIGHT + bytes(23) + b"\x18", "decryption", id="pad bytes differ"),
        pytest.param(b"\x20" * 32, "decryption", id="nothing but pad"),
        pytest.param(b"", "decryption", id="nothing"),
    ],
)
def test_a_wrong_layout_is_refused(inner: bytes, why: str) -> None:
    with pytest.raises(PushRefused) as refused:
        CIPHER.decrypt(encrypted_raw(inner))
    assert refused.value.why == why


@pytest.mark.parametrize("extra", ["\n", " ", "!", "=", "\u00e9"])
def test_base64_is_taken_strictly(extra: str) -> None:
    right = CIPHER.encrypt(b"{}")
    for text in (extra + right, right[:20] + extra + right[20:]):
        with pytest.raises(PushRefused):
            CIPHER.decrypt(text)


@pytest.mark.parametrize("size", [31, 33, 47])
def test_a_ciphertext_of_a_broken_number_of_blocks_is_refused(size: int) -> None:
    with pytest.raises(PushRefused, match="decryption"):
        CIPHER.decrypt(base64.b64encode(bytes(size)).decode())


def test_an_owner_that_is_no_text_is_shown_as_such() -> None:
    assert CIPHER.owner(encrypted_raw(padded(HEAD + (2).to_bytes(4) + b"{}wx\xff"))) == "wx\ufffd"


def test_the_right_layout_beside_the_wrong_ones_is_accepted() -> None:
    assert CIPHER.decrypt(encrypted_raw(padded(RIGHT))) == b"{}"


@pytest.mark.parametrize("length", range(33))
def test_every_pad_comes_back(length: int) -> None:
    assert CIPHER.decrypt(CIPHER.encrypt(b"x" * length)) == b"x" * length


def test_the_random_head_differs() -> None:
    assert CIPHER.encrypt(b"{}") != CIPHER.encrypt(b"{}")


@pytest.mark.parametrize("text", ["", "A" * 40, "f" * 39, "f" * 41, "f" * 40 + "\n", "é" * 40, "٣" * 40, "\ud83d" * 40])
def test_only_forty_hex_digits_are_a_signature(text: str) -> None:
    assert not same_signature(text, text)


def test_bytes_that_are_no_text_are_signed_as_they_came() -> None:
    assert signature("\udcff", "a", "你") == sha1("a你".encode() + b"\xff", usedforsecurity=False).hexdigest()


def test_upper_case_is_another_signature() -> None:
    right = signature(TOKEN, "1", "2")
    assert same_signature(right, right)
    assert not same_signature(right.upper(), right)


@pytest.mark.parametrize("key", ["A" * 42, "A" * 44, "A" * 42 + "+", "键" * 43])
def test_a_wrong_key_is_said(key: str) -> None:
    with pytest.raises(BadInput):
        PushCipher(TOKEN, key, APP_ID)


@pytest.mark.parametrize("key", [KEY + "=", f" {KEY}\n"])
def test_a_key_pasted_with_its_surroundings_works(key: str) -> None:
    assert PushCipher(TOKEN, key, APP_ID).decrypt(CIPHER.encrypt(b"{}")) == b"{}"


def test_without_a_token_there_is_no_cipher() -> None:
    with pytest.raises(BadInput):
        PushCipher("", KEY, APP_ID)


def test_without_a_key_nothing_is_encrypted_or_decrypted() -> None:
    plain = PushCipher(TOKEN, "", APP_ID)
    with pytest.raises(PushRefused):
        plain.decrypt(CIPHER.encrypt(b"{}"))
    with pytest.raises(BadInput):
        plain.encrypt(b"{}")
