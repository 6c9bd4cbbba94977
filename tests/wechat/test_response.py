"""Answers of WeChat, of gateways, and of neither."""

import time

import pytest

from wxdesk.core.errors import DeliveryUnknown, NotSent
from wxdesk.wechat.http import LARGEST_ANSWER
from wxdesk.wechat.response import LONGEST_ERRMSG, read_answer, refusal, split_rid


@pytest.mark.parametrize(
    ("errmsg", "message", "rid"),
    [
        ("invalid openid rid: 5f8fd8b7-0f8aa1a9-4b6215a5", "invalid openid", "5f8fd8b7-0f8aa1a9-4b6215a5"),
        (" rid: 6544b4bf-0d6d6d2b-0b1b6a1c", "", "6544b4bf-0d6d6d2b-0b1b6a1c"),
        ("invalid credential, access_token is invalid or not latest, hint: [1Llf 0467!]", None, "1Llf 0467!"),
        ("system error hint: [PcF2aTFcE-E6K1aA]", "system error", "PcF2aTFcE-E6K1aA"),
        ("ok", "ok", ""),
        ("", "", ""),
    ],
)
def test_the_rid_is_taken_out_of_the_message(errmsg: str, message: str | None, rid: str) -> None:
    expected = "invalid credential, access_token is invalid or not latest" if message is None else message
    assert split_rid(errmsg) == (expected, rid)


@pytest.mark.parametrize("piece", [" ", ", ", "hint: ["])
def test_a_message_without_an_end_costs_nothing(piece: str) -> None:
    body = b'{"errcode":1,"errmsg":"' + piece.encode() * (LARGEST_ANSWER // len(piece) - 20) + b'"}'
    began = time.thread_time()
    error = refusal(read_answer(200, body))
    assert time.thread_time() - began < 0.1
    assert len(error.errmsg) <= LONGEST_ERRMSG


def test_the_ip_in_a_message_stays_for_the_operator() -> None:
    body = b'{"errcode":40164,"errmsg":"invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist rid: 64a1-b-c"}'
    error = refusal(read_answer(200, body))
    assert (error.errcode, error.rid) == (40164, "64a1-b-c")
    assert error.errmsg == "invalid ip 1.2.3.4 ipv6 ::ffff:1.2.3.4, not in whitelist"


def test_numbers_may_come_as_text_and_behind_a_byte_order_mark() -> None:
    answer = read_answer(200, b'\xef\xbb\xbf {"access_token":"t","expires_in":"7200","later":{"x":[1]}}')
    assert (answer.access_token, answer.expires_in, answer.errcode) == ("t", 7200, None)


def test_an_error_is_read_whatever_the_status_says() -> None:
    assert read_answer(500, b'{"errcode":-1,"errmsg":"system error"}').errcode == -1


@pytest.mark.parametrize(
    ("status", "body"),
    [(502, b""), (503, b"busy"), (200, b"<html>please log in</html>"), (302, b""), (413, b"too big")],
)
def test_a_gateway_means_that_nothing_was_sent(status: int, body: bytes) -> None:
    with pytest.raises(NotSent):
        read_answer(status, body)


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b""),
        (200, b'{"errcode":0,'),
        (500, b"oops"),
        (200, b"[1]"),
        (504, b"<html>"),
        (200, b'{"errcode":"x"}'),
        (200, b'{"errcode":' + b"9" * 400 + b"}"),
        (200, b'{"errcode":2147483648}'),
    ],
)
def test_an_unreadable_answer_makes_the_outcome_unknown(status: int, body: bytes) -> None:
    with pytest.raises(DeliveryUnknown):
        read_answer(status, body)
