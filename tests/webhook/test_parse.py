"""Bodies of pushes in JSON and XML: read, or refused as bad input."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import xmltodict
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.webhook.pushing import MESSAGES, TEXT, message
from wxdesk.core.errors import BadInput
from wxdesk.core.model.message import MessageType
from wxdesk.core.model.push import BodyFormat, Incoming
from wxdesk.webhook.parse import find_format, read_fields, read_push

INCOMING = [entry for entry in MESSAGES if entry["direction"] == "in"]
KINDS = {
    "text": MessageType.TEXT,
    "image": MessageType.IMAGE,
    "miniprogrampage": MessageType.CARD,
    "event:user_enter_tempsession": MessageType.ENTER_SESSION,
    "synthetic-all-fields": MessageType.TEXT,
}


def plainly(entry: dict[str, Any]) -> dict[str, object]:
    """The same body through another reader."""
    body = entry["body"]
    fields: dict[str, object] = json.loads(body) if entry["format"] == "json" else xmltodict.parse(body)["xml"]
    return fields


def push(**fields: object) -> bytes:
    known = {"ToUserName": "gh", "FromUserName": "o1", "CreateTime": 1, "MsgType": "text", "MsgId": 7}
    return json.dumps(known | fields).encode()


def push_xml(inner: str) -> bytes:
    known = "<ToUserName>gh</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime>"
    return f"<xml>{known}{inner}</xml>".encode()


@pytest.mark.parametrize("entry", INCOMING, ids=lambda entry: entry["id"])
def test_known_bodies(entry: dict[str, Any]) -> None:
    expected = plainly(entry)
    found = read_push(entry["body"].encode())
    assert found.type is KINDS.get(entry["kind"], MessageType.OTHER)
    assert (found.to_user, found.openid) == (expected["ToUserName"], expected["FromUserName"])
    assert found.created_at == datetime.fromtimestamp(int(str(expected["CreateTime"])), UTC)
    assert found.msg_type == expected["MsgType"]
    assert found.event == (expected["Event"] if expected["MsgType"] == "event" else None)
    assert found.msg_id == (str(expected["MsgId"]) if "MsgId" in expected else None)
    assert found.fields.keys() == expected.keys()
    for name, value in expected.items():
        if isinstance(value, dict | list):
            assert json.loads(found.fields[name]) == value
        else:
            assert found.fields[name] == str("" if value is None else value)


def test_each_type_has_its_own_fields() -> None:
    assert read_push(message("official-text-xml")).text == "this is a test"
    picture = read_push(message("official-image-xml"))
    assert (picture.media_id, picture.pic_url, picture.text) == ("media_id", "this is a url", "")
    card = read_push(message("official-miniprogrampage-json"))
    assert (card.text, card.media_id) == ("title", None)
    entered = read_push(message("official-user_enter_tempsession-json"))
    assert (entered.session_from, entered.msg_id) == ("sessionFrom", None)


def test_ids_beyond_a_float_keep_every_digit() -> None:
    assert read_push(push(MsgId=22923519871373703)).msg_id == "22923519871373703"
    assert read_push(push(MsgId=2**80)).msg_id == str(2**80)
    assert read_push(push(MsgId="49d7_15")).msg_id == "49d7_15"
    assert read_push(push(MsgId="49e72")).msg_id == "49e72"
    for written in (b"24051524690104385.0", b"2.4051524690104385e16", b"2.4051524690104385E+16", b"24051524690104385"):
        assert read_push(push(MsgId="@").replace(b'"@"', written)).msg_id == "24051524690104385"
    assert read_fields(b'{"Location_X": 23.10, "Scale": 2e1}') == {"Location_X": "23.10", "Scale": "2e1"}
    nested = read_fields(b'{"List":{"MsgID": 18446744073709551617, "n": 1.10}}')["List"]
    assert nested == '{"MsgID":18446744073709551617,"n":1.10}'


@pytest.mark.parametrize("value", ["1760000000", 1760000000, 1760000000.0, "1760000000.0", 1760000000.5])
def test_a_time_is_a_number_or_a_string(value: object) -> None:
    assert read_push(push(CreateTime=value)).created_at == datetime(2025, 10, 9, 8, 53, 20, tzinfo=UTC)


def test_the_last_second_of_32_bits_is_a_time() -> None:
    assert read_push(push(CreateTime=2**32 - 1)).created_at == datetime(2106, 2, 7, 6, 28, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        "soon",
        0,
        -1,
        0.5,
        "1e9",
        ".5",
        1e40,
        -1760000000.0,
        "١٧٦٠٠٠٠٠٠٠",
        1760000000000,
        2**32,
        2**64,
        True,
        {},
        [],
    ],
)
def test_an_odd_time_is_refused(value: object) -> None:
    with pytest.raises(BadInput, match="CreateTime"):
        read_push(push(CreateTime=value))


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"MsgType": ""}, "MsgType"),
        ({"MsgType": None}, "MsgType"),
        ({"FromUserName": ""}, "FromUserName"),
        ({"FromUserName": {"a": 1}}, "FromUserName"),
        ({"FromUserName": "o" * 129}, "FromUserName"),
        ({"MsgType": "", "Encrypt": "AAAA"}, "plain mode"),
    ],
)
def test_a_push_without_a_required_field_is_refused(fields: dict[str, object], word: str) -> None:
    with pytest.raises(BadInput, match=word):
        read_push(push(**fields))


@pytest.mark.parametrize("openid", ["o", "x1", "o" * 128])
def test_an_openid_has_up_to_128_characters(openid: str) -> None:
    assert read_push(push(FromUserName=openid)).openid == openid


def test_unknown_types_and_events_are_kept() -> None:
    voice = read_push(push(MsgType="voice", Recognition="你好", Sure=True, Note=None, x="no text"))
    assert (voice.type, voice.msg_type, voice.opens_conversation) == (MessageType.OTHER, "voice", True)
    assert voice.text == ""
    assert (voice.fields["Recognition"], voice.fields["Sure"], voice.fields["Note"]) == ("你好", "true", "")
    audit = read_push(push(MsgType="event", Event="wxa_media_check"))
    assert (audit.type, audit.event, audit.opens_conversation) == (MessageType.OTHER, "wxa_media_check", False)


def test_events_are_known_whatever_their_case() -> None:
    entered = read_push(push(MsgType="Event", Event="User_Enter_Tempsession", SessionFrom="goods-7"))
    assert (entered.type, entered.event) == (MessageType.ENTER_SESSION, "user_enter_tempsession")
    assert entered.session_from == "goods-7"
    assert entered.fields["Event"] == "User_Enter_Tempsession"


def test_an_event_without_a_name_opens_no_conversation() -> None:
    assert not read_push(push(MsgType="event")).opens_conversation


def test_blanks_round_cdata_are_dropped_and_those_inside_are_kept() -> None:
    body = push_xml("<MsgType> <![CDATA[text]]>\n </MsgType>\n<Content>\n  <![CDATA[ 你 好\n]]>\n</Content>")
    found = read_push(body)
    assert (found.type, found.text) == (MessageType.TEXT, " 你 好\n")


def test_cdata_that_was_split_is_joined() -> None:
    assert read_fields(b"<xml><Content><![CDATA[a]]]]><![CDATA[>b]]></Content></xml>") == {"Content": "a]]>b"}


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b"\r\n\t ", b" \xef\xbb\xbf\n"])
@pytest.mark.parametrize("name", ["official-text-json", "official-text-xml"])
def test_a_bom_and_blanks_before_the_body(prefix: bytes, name: str) -> None:
    assert read_push(prefix + message(name)) == read_push(message(name))


def test_a_text_longer_than_the_parsers_buffer_comes_whole() -> None:
    body = f"<xml><Content>{'你好&amp;' * 10_000}</Content></xml>".encode()
    assert read_fields(body) == xmltodict.parse(body)["xml"]


def test_an_xml_declaration_and_its_encoding_do_not_matter() -> None:
    body = '<?xml version="1.0" encoding="gb2312"?>\n<xml><Content>你好</Content></xml>'.encode()
    assert read_fields(body) == {"Content": "你好"}


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (rb"a\ud83db", "a\ufffdb"),
        (rb"\ude00", "\ufffd"),
        (rb"\ud83d\ud83d\ude00", "\ufffd😀"),
        (rb"\ud83d\ude00", "😀"),
        (rb"\\ud83d\ude00", "\\ud83d\ufffd"),
        (rb"\u0000", "\ufffd"),
        (b"\0", "\ufffd"),
        (b"\x1b[0m", "\ufffd[0m"),
        (b"a\xffb", "a\ufffdb"),
        (b"\xed\xa0\xbd", "\ufffd\ufffd\ufffd"),
        ("你".encode(), "你"),
        (b"a\nb\r\n\tc", "a\nb\r\n\tc"),
        (rb"a\"@\\".replace(b"@", b"\n"), 'a"\n\\'),
    ],
)
def test_characters_that_no_text_may_hold_are_replaced_in_json(raw: bytes, text: str) -> None:
    found = read_push(push(Content="@").replace(b"@", raw)).text
    assert found == text
    found.encode()


@pytest.mark.parametrize("raw", [b"\0", b"\x0b", b"\xff", "\uffff".encode()])
def test_characters_that_no_text_may_hold_are_replaced_in_xml(raw: bytes) -> None:
    body = push_xml("<MsgType>text</MsgType><Content><![CDATA[a@b]]></Content>").replace(b"@", raw)
    assert read_push(body).text == "a\ufffdb"


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("&#0;", "\ufffd"),
        ("&#x1F;&#65535;", "\ufffd\ufffd"),
        ("&#xD83D;", "\ufffd"),
        ("&#xD800;&#55296;", "\ufffd\ufffd"),
        ("&#55357;", "\ufffd"),
        ("&#x110000;&#9999999999;", "\ufffd\ufffd"),
        ("&#xD7FF;&#xE000;&#57344;&#xDFFF;", "\ud7ff\ue000\ue000\ufffd"),
        ("&#xd83d;&#xDE00;", "😀"),
        ("&#xD83D;&#x1F600;&amp;&#10;x", "\ufffd😀&\nx"),
        ("&#0;<![CDATA[&#0;]]>", "\ufffd&#0;"),
    ],
)
def test_a_reference_that_xml_forbids_costs_its_character_only(written: str, text: str) -> None:
    assert read_push(push_xml(f"<MsgType>text</MsgType><Content>{written}</Content>")).text == text


def test_the_name_of_a_member_holds_no_nul() -> None:
    assert read_fields(rb'{"a\u0000b": 1.5, "c": {}}') == {"a\ufffdb": "1.5", "c": "{}"}


def test_the_last_of_two_members_counts_as_with_other_readers() -> None:
    twice = push(Content="@").replace(b"}", b',"Content":"b"}')
    assert read_push(twice).text == json.loads(twice)["Content"] == "b"


def test_a_body_has_a_bounded_number_of_elements() -> None:
    # The root is one of them.
    assert read_fields(b"<xml>" + b"<a/>" * 3999 + b"</xml>").keys() == {"a"}
    with pytest.raises(BadInput, match="too many"):
        read_fields(b"<xml>" + b"<a/>" * 4000 + b"</xml>")


def test_a_body_has_a_bounded_depth() -> None:
    assert read_fields(b"<xml>" + b"<a>" * 31 + b"</a>" * 31 + b"</xml>").keys() == {"a"}
    with pytest.raises(BadInput, match="nested too deeply"):
        read_fields(b"<xml>" + b"<a>" * 32 + b"</a>" * 32 + b"</xml>")
    assert read_fields(b'{"a":"[[[",' + b'"b":' + b"[" * 31 + b"]" * 31 + b"}").keys() == {"a", "b"}
    with pytest.raises(BadInput, match="nested too deeply"):
        read_fields(b'{"b":' + b"[" * 32 + b"]" * 32 + b"}")


def test_nested_xml_reads_like_nested_json() -> None:
    body = b"<xml><L><A>1</A><A>2</A><B><C> x </C></B></L><E/></xml>"
    assert read_fields(body) == {"L": '{"A":["1","2"],"B":{"C":"x"}}', "E": ""}


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"{", BodyFormat.JSON),
        (b"\xef\xbb\xbf \n<", BodyFormat.XML),
        (b"", None),
        (b"[", None),
        (b"success", None),
        (b"x{}", None),
        ("{}".encode("utf-16"), None),
        ("<a/>".encode("utf-16-be"), None),
    ],
)
def test_the_format_is_found_from_the_first_byte(body: bytes, found: BodyFormat | None) -> None:
    assert find_format(body) is found


DEEP = 100_000
HOSTILE = {
    "nothing": b"",
    "a number": b"1",
    "an array": b"[]",
    "an open object": b'{"a":',
    "two objects": b"{}{}",
    "not a number": b'{"CreateTime":NaN}',
    "deep arrays": b'{"a":' + b"[" * DEEP + b"]" * DEEP + b"}",
    "deep objects": b'{"a":' * DEEP + b"1" + b"}" * DEEP,
    "deep elements": b"<a>" * DEEP + b"</a>" * DEEP,
    "two roots": b"<a/><b/>",
    "only text": b"<xml>text</xml>",
    "an open element": b"<xml><a>",
    "an open tag after the root": b"<xml><a>1</a></xml><",
    "an unknown entity": b"<xml><a>&who;</a></xml>",
    "a doctype": b"<!DOCTYPE xml><xml><a>1</a></xml>",
    "a file": b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><xml><a>&f;</a></xml>',
    "laughs": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><xml><a>&b;</a></xml>',
    "an external dtd": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><xml><a>1</a></xml>',
    "a reference without a number": b"<xml><a>&#x;</a></xml>",
    "utf-16": '{"a":1}'.encode("utf-16"),
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bodies_are_bad_input(body: bytes) -> None:
    with pytest.raises(BadInput):
        read_fields(body)


def read_or_none(body: bytes) -> Incoming | None:
    try:
        return read_push(body)
    except BadInput:
        return None


def check_text(found: Incoming | None) -> None:
    if found is None:
        return
    for text in (found.openid, found.text, found.msg_id or "", *found.fields, *found.fields.values()):
        assert "\0" not in text
        text.encode()


@settings(max_examples=400, deadline=None)
@given(st.binary(max_size=300) | st.binary(max_size=60).map(lambda raw: b'{"' + raw) | st.text().map(str.encode))
@example(b"<a xmlns:b='c'><b:d/></a>")
def test_any_bytes_are_read_or_bad_input(body: bytes) -> None:
    check_text(read_or_none(body))


NAMES = st.sampled_from(
    ["MsgType", "Event", "FromUserName", "CreateTime", "MsgId", "Content", "Title", "Encrypt", "其他"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(st.dictionaries(NAMES, VALUES), st.booleans())
def test_any_object_is_read_or_bad_input(fields: dict[str, object], escaped: bool) -> None:
    body = json.dumps({"FromUserName": "o1", "CreateTime": 1, "MsgType": "text"} | fields, ensure_ascii=escaped)
    check_text(read_or_none(body.encode("utf-8", "surrogatepass")))


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_a_body_with_any_byte_changed_is_read_or_bad_input(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from([TEXT, *(entry["body"].encode() for entry in INCOMING)])))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    check_text(read_or_none(bytes(body)))
