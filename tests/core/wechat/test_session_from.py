"""Reading `session-from`, which a mini program may fill with anything."""

import json
from urllib.parse import quote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wxdesk.core.wechat.session_from import MAX_FIELDS, fields_of, plain_fields


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ("", {}),
        ("goods", {}),
        ("商品页", {}),
        ("goods/1024", {}),
        ("pages/goods/detail", {}),
        ("id=42", {"id": "42"}),
        ("from=商品页&id=42", {"from": "商品页", "id": "42"}),
        ("from=%E5%95%86%E5%93%81%E9%A1%B5&id=42&note=a+b", {"from": "商品页", "id": "42", "note": "a b"}),
        ("?id=42", {"id": "42"}),
        ("pages/goods?id=42", {"path": "pages/goods", "id": "42"}),
        ("q=why?&id=42", {"q": "why?", "id": "42"}),
        ("id=&n=1", {"id": "", "n": "1"}),
        (' {"from": "商品页", "id": 42, "vip": true, "gone": null} ',
         {"from": "商品页", "id": "42", "vip": "true", "gone": ""}),
        ('{"goods": {"id": 42, "name": "茶"}, "list": [1, "b"]}',
         {"goods": '{"id":42,"name":"茶"}', "list": '[1,"b"]'}),
        ('{"id": 12345678901234567890123}', {"id": "12345678901234567890123"}),
        ('{"id": 1, "id": 2}', {"id": "2"}),
        (quote('{"id": 42, "from": "商品页"}', safe=""), {"id": "42", "from": "商品页"}),
        (quote("pages/goods?id=42", safe=""), {"path": "pages/goods", "id": "42"}),
        ("1+1=2", {}),
        ("is a = b?", {}),
        ("a&b&c", {}),
        ("100%3D", {"100": ""}),
        ('{"a": 1', {}),
        ("[1]", {}),
        ("{}", {}),
        ("{" * 1024, {}),
        ('{"a":' + "[" * 1000, {}),
    ],
)  # fmt: skip
def test_what_a_mini_program_may_tell(value: str, fields: dict[str, str]) -> None:
    assert fields_of(value) == fields


def test_a_number_that_is_none_is_not_said_to_a_customer() -> None:
    assert plain_fields('{"a": NaN, "b": -Infinity, "c": 1e999, "d": 1e9}') == {"d": 1e9}


def test_plain_fields_keep_what_they_are() -> None:
    assert plain_fields('{"id": 42, "rate": 0.5, "vip": true, "from": "x", "in": {"a": 1}, "none": null}') == {
        "id": 42, "rate": 0.5, "vip": True, "from": "x",
    }  # fmt: skip


def test_only_so_many_fields_are_read() -> None:
    many = {f"f{number}": number for number in range(90)}
    assert list(fields_of(json.dumps(many))) == list(many)[:MAX_FIELDS]


@given(st.text(max_size=1024) | st.dictionaries(st.text(), st.integers() | st.text()).map(json.dumps))
@example("=")
@example("%7B")
@example("?=&=")
@example('{"a\\ud800": "\\udc00"}')
def test_anything_is_read_as_text(value: str) -> None:
    fields = fields_of(value)
    for name, text in fields.items():
        (name + text).encode()
    assert plain_fields(value).keys() <= fields.keys()
