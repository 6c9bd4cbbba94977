"""Dedupe keys: the same for a repeated push, never for another one."""

import json

from tests.webhook.pushing import message
from wxdesk.webhook.dedupe import push_key
from wxdesk.webhook.parse import read_push


def key_of(body: bytes) -> str:
    return push_key(read_push(body), body)


def push(**fields: object) -> bytes:
    known = {"ToUserName": "gh", "FromUserName": "o1", "CreateTime": 1760000000}
    return json.dumps(known | fields).encode()


def event(**fields: object) -> bytes:
    return push(**{"MsgType": "event", "Event": "user_enter_tempsession", "SessionFrom": "", **fields})


def as_xml(body: bytes) -> bytes:
    inner = "".join(f"<{name}>\n<![CDATA[{value}]]></{name}>" for name, value in reversed(json.loads(body).items()))
    return f"<xml>{inner}</xml>".encode()


def test_a_message_in_the_other_format_is_the_same_message() -> None:
    assert key_of(message("official-text-xml")) == key_of(message("official-text-json"))


def test_an_event_in_the_other_format_order_or_typing_is_the_same_event() -> None:
    first = key_of(event())
    assert key_of(as_xml(event())) == first
    assert key_of(event(CreateTime="1760000000")) == first
    assert key_of(event(CreateTime=1760000000.0)) == first
    assert key_of(json.dumps(json.loads(event()), indent=4, sort_keys=True).encode()) == first


def test_a_message_is_known_by_its_sender_and_id_alone() -> None:
    text = push(MsgType="text", Content="a", MsgId=7)
    assert key_of(push(MsgType="text", Content="a", MsgId="7", CreateTime=1760000009)) == key_of(text)
    assert key_of(push(MsgType="text", Content="a", MsgId=8)) != key_of(text)
    assert key_of(push(MsgType="text", Content="a", MsgId=7, FromUserName="o2")) != key_of(text)


def test_sender_and_id_do_not_run_into_each_other() -> None:
    one = push(MsgType="text", MsgId="11", FromUserName="o1")
    other = push(MsgType="text", MsgId="1", FromUserName="o11")
    assert key_of(one) != key_of(other)


def test_events_differ_by_time_and_by_any_field() -> None:
    bodies = [event(), event(CreateTime=1760000001), event(SessionFrom="x"), event(trace_id="1"), event(trace_id="2")]
    assert len({key_of(body) for body in bodies}) == len(bodies)


def test_a_message_without_an_id_is_known_by_all_it_says() -> None:
    assert key_of(push(MsgType="text", Content="a")) == key_of(as_xml(push(MsgType="text", Content="a")))
    assert key_of(push(MsgType="text", Content="a")) != key_of(push(MsgType="text", Content="b"))


def test_a_body_that_cannot_be_read_is_known_by_its_bytes() -> None:
    assert push_key(None, b"{") == push_key(None, b"{")
    assert push_key(None, b"{") != push_key(None, b"{ ")


def test_no_key_tells_an_openid_or_grows() -> None:
    keys = [key_of(push(MsgType="text", MsgId="1" * 5000)), key_of(event()), push_key(None, b"o1")]
    assert [key[:2] for key in keys] == ["m:", "e:", "x:"]
    assert all(len(key) <= 63 and "o1" not in key[:-40] for key in keys)


def test_keys_of_messages_and_of_events_grow_with_time() -> None:
    ids = ("9", "10", "6054768590064713728", "18446744073709551615")
    messages = [key_of(push(MsgType="text", MsgId=msg_id)) for msg_id in ids]
    assert messages == sorted(messages)
    events = [key_of(event(CreateTime=second)) for second in (999999999, 1760000000, 1760000001)]
    assert events == sorted(events)


def test_a_message_id_that_is_no_number_makes_a_key_all_the_same() -> None:
    keys = {key_of(push(MsgType="text", MsgId=msg_id)) for msg_id in ("a", "b", "-1", "１２", "1" * 21, "1" * 22)}
    assert len(keys) == 6
    assert all(key.startswith("m::") for key in keys)
    assert key_of(push(MsgType="text", MsgId="1" * 20)).startswith("m:11111111111111111111:")


def test_keys_that_databases_have_already_stay_what_they_are() -> None:
    """Else a push that WeChat repeats around an update of the program would count as new."""
    without_id = key_of(push(MsgType="text", Content="a"))
    assert [key_of(push(MsgType="text", Content="a", MsgId=7)), key_of(event()), without_id, push_key(None, b"{")] == [
        "m:00000000000000000007:22fc2d58ea92961265c5bee3a28b2e9b8e227526",
        "e:00000000001760000000:b24a55a7f6fa1684f57f7e85f8713a751eb32a42",
        "e:00000000001760000000:c353bf2f81b69f15275a5d82b8304a85b859e2b9",
        "x:60ba4b2daa4ed4d070fec06687e249e0e6f9ee45",
    ]


def test_an_event_is_known_by_all_it_says_also_where_it_has_an_id() -> None:
    assert key_of(event(MsgId=7)) != key_of(event(MsgId=7, SessionFrom="x"))
