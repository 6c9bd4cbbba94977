"""Variables of templates, and values from outside that become part of a text."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from wxdesk.core.content.variables import VARIABLES, byte_count, session_fields, variables, without_markup
from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Contact, Conversation, ReplyWindow
from wxdesk.core.model.message import Message, MessageType

AT = datetime(2026, 11, 24, 6, 5, tzinfo=UTC)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(("text", "size"), [("", 0), ("a", 1), ("退", 3), ("🙂", 4), ("❤️", 6), ("\ud83d", 3)])
def test_size_is_in_bytes_of_utf8(text: str, size: int) -> None:
    assert byte_count(text) == size


@pytest.mark.parametrize(
    "value",
    [
        '<a href="https://evil.example">领红包</a>',
        "<A HREF=x>y</A>",
        "< a href=x>",
        "<<a href=x>",
        "/::<a href=x>y</a>",
        "</a>",
        "<",
    ],
)
def test_no_value_can_begin_a_tag(value: str) -> None:
    assert "<" not in without_markup(value)
    assert without_markup(value).replace("＜", "<") == value


def test_two_values_side_by_side_make_no_tag() -> None:
    assert "<a" not in without_markup("<") + without_markup('a href="x">')


def test_lone_surrogates_are_dropped() -> None:
    assert without_markup("退\ud83d款") == "退款"


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        ("goods/1024", {}),
        ("goods_id=1024&from=share", {"goods_id": "1024", "from": "share"}),
        ("pages/goods?id=7&n=%E9%80%80", {"path": "pages/goods", "id": "7", "n": "退"}),
        ('{"goods": 1024, "vip": true, "name": "<a>", "rate": 0.5}',
         {"goods": 1024, "vip": True, "name": "＜a>", "rate": 0.5}),
        ('{"goods": {"id": 1}, "list": [1], "none": null, "x": "y"}', {"x": "y"}),
        ('{"value": "own"}', {}),
        ("a=%3Ca href=x%3E", {"a": "＜a href=x>"}),
        ('{"a": 1', {}),
        ("[1, 2]", {}),
        ("{" * 5000, {}),
        ('{"a": ' + "[" * 4000, {}),
        ('{"a":' * 700, {}),
        ('{"a": ' + "9" * 5000 + "}", {}),
        ("=", {}),
        ("", {}),
    ],
)  # fmt: skip
def test_session_from_is_split_into_fields(value: str, fields: dict[str, Any]) -> None:
    assert session_fields(value) == {**fields, "value": value.replace("<", "＜")}


def conversation(**more: Any) -> Conversation:
    contact = Contact(1, "shop", "oAbCdEfGhIjKlMnOpQrStUvWxYz1", AT, alias="李雷<a")
    return Conversation(1, "shop", contact, **more)


MESSAGE = Message(1, 1, 1, MessageType.TEXT, AT, AT, text="几点<a>", session_from=None)
ACCOUNT = Account("shop", "wx0123456789abcdef", "gh_0123456789ab")


def test_variables_of_a_template_are_complete() -> None:
    window = ReplyWindow(4, AT)
    values = variables(MESSAGE, conversation(window=window), ACCOUNT, {"no": "<1"}, AT.astimezone(SHANGHAI))
    assert values == {
        "account": "shop",
        "contact": {"alias": "李雷＜a", "short_id": "vWxYz1"},
        "message": {"text": "几点＜a>", "type": "text"},
        "m": {"no": "＜1"},
        "session_from": {},
        "session": {},
        "time": "14:05",
        "date": "2026-11-24",
        "weekday": 2,
        "window": {"left": 4, "until": "2026-11-24 14:05"},
    }
    assert {*values, "hours"} == VARIABLES.keys()  # the hours are those of a calendar, if there is one


def test_session_from_of_the_last_entrance_is_known_for_later_messages() -> None:
    thread = conversation(session_from='{"from":"商品页","id":42}')
    values = variables(MESSAGE, thread, ACCOUNT, {}, AT)
    assert values["session_from"] == {}
    assert values["session"] == {"from": "商品页", "id": 42, "value": '{"from":"商品页","id":42}'}
    entered = replace(MESSAGE, type=MessageType.ENTER_SESSION, session_from="id=7")
    values = variables(entered, thread, ACCOUNT, {}, AT)
    assert values["session"] == values["session_from"] == {"id": "7", "value": "id=7"}


def test_empty_values_are_missing() -> None:
    nobody = replace(conversation(), contact=Contact(1, "shop", "", AT))
    picture = replace(MESSAGE, type=MessageType.IMAGE, text="", session_from="page=&id=7")
    values = variables(picture, nobody, ACCOUNT, {"rest": ""}, AT)
    assert (values["contact"], values["message"], values["m"]) == ({}, {"type": "image"}, {})
    assert values["session_from"] == {"id": "7", "value": "page=&id=7"}


@pytest.mark.parametrize("blank", [" ", "\u200b", "\u3164"])
def test_invisible_values_are_missing_too(blank: str) -> None:
    entry = f'{{"a": "{blank}", "b": 0}}'
    nobody = replace(conversation(session_from=entry), contact=Contact(1, "shop", "o", AT, blank))
    values = variables(replace(MESSAGE, text=blank), nobody, ACCOUNT, {"rest": blank}, AT)
    assert (values["contact"], values["message"], values["m"]) == ({"short_id": "o"}, {"type": "text"}, {})
    assert values["session"] == {"b": 0, "value": entry}
    button = replace(MESSAGE, type=MessageType.ENTER_SESSION, session_from=f"page={blank}&id=7")
    assert set(variables(button, nobody, ACCOUNT, {}, AT)["session_from"]) == {"id", "value"}  # type: ignore[call-overload]


def test_the_openid_is_never_whole() -> None:
    values = variables(MESSAGE, conversation(), ACCOUNT, {}, AT)
    assert "oAbCdEfGhIjKlMnOpQrStUvWxYz1" not in str(values)


def test_a_window_without_an_end_gives_no_time_of_its_end() -> None:
    assert variables(MESSAGE, conversation(), ACCOUNT, {}, AT)["window"] == {"left": 0}
