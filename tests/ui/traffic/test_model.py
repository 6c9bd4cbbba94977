"""The table's model: newest first, bounded, each entry once, and told by the store what it was about."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from wxdesk.core.events import ApiCalled, PushSeen
from wxdesk.core.model.conversation import Author, Contact
from wxdesk.core.model.message import Message, MessageType
from wxdesk.core.model.reply import Content, Reply, ReplyState
from wxdesk.core.model.traces import PushTrace, ReplyTrace
from wxdesk.core.wechat.errcodes import WRONG_TYPING_PATH
from wxdesk.ui.traffic.entries import line_of
from wxdesk.ui.traffic.steps import call_steps, subject_of
from wxdesk.ui.traffic.table import LINE, MOST, Column, TrafficFilter, TrafficModel
from wxdesk.wechat.client import TYPING_PATHS

T0 = datetime(2026, 3, 4, 5, 6, 7, 89_000, tzinfo=UTC)
CONTACT = Contact(3, "shop", "oX3fAbCdEfGhIjKlMnOpQrStU9k2", T0)


def push(n: int, outcome: str = "kept", kind: str = "text") -> PushSeen:
    return PushSeen("shop", outcome, T0 + timedelta(seconds=n), 6.4, kind, f"m:{n}")


def call(n: int, outcome: str = "0 ok", name: str = "custom/send") -> ApiCalled:
    return ApiCalled("shop", name, outcome, T0 + timedelta(seconds=n), 41.0, n)


def message(text: str, **fields: Any) -> Message:
    values: dict[str, Any] = {"type": MessageType.TEXT, "text": text} | fields
    return Message(1, 1, 1, created_at=T0, received_at=T0, **values)


def reply(n: int, text: str) -> Reply:
    return Reply(n, 1, "shop", CONTACT.openid, Author.RULE, Content(text=text), ReplyState.SENT, T0, T0)


@pytest.fixture
def model(qapp: QApplication) -> TrafficModel:
    made = TrafficModel()
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    return made


def shown(model: QAbstractItemModel, column: Column = Column.CONTENT) -> list[str]:
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_newer_entries_stand_on_top_and_none_stands_twice(model: TrafficModel) -> None:
    first, second, third = push(1), call(2), push(3)
    model.replace([second, first])
    model.prepend([first, second, third])
    assert [model.index(row, 0).data(LINE).entry for row in range(model.rowCount())] == [third, second, first]


@pytest.mark.parametrize(
    ("age", "result", "tone"),
    [
        (timedelta(minutes=10), "Received", "accent"),
        (timedelta(minutes=25), "Received, 25 min old", "pending"),
        (-timedelta(hours=2), "Received, 2 h early", "pending"),
    ],
)
def test_a_push_whose_time_is_far_off_says_so(age: timedelta, result: str, tone: str) -> None:
    line = line_of(replace(push(1), signed_at=push(1).at - age))
    assert (line.result, line.tone.value) == (result, tone)


def test_the_oldest_fall_out(model: TrafficModel) -> None:
    model.replace([push(n) for n in range(MOST - 1, -1, -1)])
    model.prepend([push(MOST), push(MOST + 1)])
    assert model.rowCount() == MOST
    assert model.index(0, 0).data(LINE).entry == push(MOST + 1)
    assert model.index(MOST - 1, 0).data(LINE).entry == push(2)


def test_a_line_says_when_what_how_and_how_long(model: TrafficModel) -> None:
    model.replace([push(1)])
    local = (T0 + timedelta(seconds=1)).astimezone()
    assert [shown(model, column)[0] for column in (Column.TIME, Column.WHAT, Column.RESULT, Column.TOOK)] == [
        f"{local:%H:%M:%S}.089", "Message in", "Received", "6 ms",
    ]  # fmt: skip
    spoken = model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == f"{local:%H:%M:%S}.089, in, Message in, Received"


def test_a_push_is_wanted_until_the_store_has_derived_it(model: TrafficModel) -> None:
    model.replace([push(2, kind="event:user_enter_tempsession"), push(1), push(0, "refused: signature", "")])
    assert model.wanted_pushes() == [("shop", "m:2"), ("shop", "m:1"), ("shop", "m:0")]
    model.learn([PushTrace(1, "shop", "m:1", derived=False)])
    assert ("shop", "m:1") in model.wanted_pushes()

    entered = message("", type=MessageType.ENTER_SESSION, msg_type="event", session_from="goods/1024")
    model.learn(
        [
            PushTrace(1, "shop", "m:1", True, message=message("请问\n周末几点关门？"), contact=CONTACT),
            PushTrace(2, "shop", "m:2", True, message=entered, contact=CONTACT),
        ]
    )

    assert model.wanted_pushes() == [("shop", "m:0")]
    assert shown(model) == [
        "oX3f…9k2    goods/1024",
        "oX3f…9k2    请问 周末几点关门？",
        "Nothing was kept",
    ]


def test_what_has_no_text_is_named_by_its_kind(model: TrafficModel) -> None:
    model.replace([push(1, kind="voice")])
    told = message("", type=MessageType.OTHER, msg_type="voice")
    model.learn([PushTrace(1, "shop", "m:1", True, message=told, contact=CONTACT)])
    assert shown(model) == ["oX3f…9k2    [Voice message]"]


@pytest.mark.parametrize(
    ("event", "what", "said"),
    [
        ("user_enter_tempsession", "Entered the chat", "goods/1024"),
        ("kf_create_session", "WeChat event", "kf_create_session    goods/1024"),
    ],
)
def test_an_event_is_named_in_words_where_there_are_any(model: TrafficModel, event: str, what: str, said: str) -> None:
    model.replace([push(1, kind=f"event:{event}")])
    told = message("", type=MessageType.ENTER_SESSION, msg_type="event", session_from="goods/1024")
    model.learn([PushTrace(1, "shop", "m:1", True, message=told, contact=CONTACT)])
    assert shown(model, Column.WHAT) == [what]
    assert shown(model) == [f"oX3f…9k2    {said}"]
    line = model.index(0, 0).data(LINE)
    assert subject_of(line) == f"{what} · event:{event} · shop"
    assert line.contains(event)


def test_a_call_learns_its_reply_and_keeps_its_refusal_in_words(model: TrafficModel) -> None:
    model.replace([call(2, "45015 x"), call(1)])
    assert model.wanted_replies() == [2, 1]
    model.learn([ReplyTrace(reply(n, "您好"), CONTACT) for n in (1, 2)])
    assert model.wanted_replies() == []
    assert shown(model) == ["oX3f…9k2    the time for replies is over", "oX3f…9k2    您好"]
    assert shown(model, Column.RESULT) == ["45015", "Successful"]


def test_problems_are_all_that_did_not_end_well(model: TrafficModel) -> None:
    model.replace(
        [push(1), push(2, "duplicate"), push(3, "refused: query"), call(4), call(5, "-1 x"), push(6, "checked")]
    )
    assert model.problems(lambda _: True) == 3


def test_whatever_a_customer_sent_is_among_their_messages(model: TrafficModel) -> None:
    """Also what WeChat says that no customer of a mini program sends."""
    kinds = ["text", "image", "miniprogrampage", "voice", "location", "event", "event:user_enter_tempsession", ""]
    model.replace([push(n, kind=kind) for n, kind in enumerate(kinds)])
    filtered = TrafficFilter(model)
    filtered.choose("Customers' messages")
    assert [filtered.index(row, 0).data(LINE).entry.kind for row in range(filtered.rowCount())] == kinds[:5]
    model.deleteLater()


def test_typing_is_called_so_by_whichever_path_it_goes(model: TrafficModel) -> None:
    model.replace([call(n, "40101 x", path) for n, path in enumerate(TYPING_PATHS)])
    filtered = TrafficFilter(model)
    filtered.choose("Typing")
    assert shown(filtered, Column.WHAT) == ["Typing out"] * len(TYPING_PATHS)
    model.deleteLater()


@pytest.mark.parametrize("code", [40101, 48001, 45081])
def test_a_refused_typing_path_is_no_problem_if_the_other_is_tried(model: TrafficModel, code: int) -> None:
    first, other = TYPING_PATHS
    model.replace([call(2, f"{code} x", other), call(1, f"{code} x", first)])
    refused, tried = (model.index(row, 0).data(LINE) for row in range(2))
    assert (refused.entry.call, refused.is_problem) == (other, True)
    assert tried.is_problem is (code not in WRONG_TYPING_PATH)
    assert model.problems(lambda _: True) == 1 + tried.is_problem
    advice = [step.text for step in call_steps(tried, tried.entry)]
    assert any("other address" in text for text in advice) is not tried.is_problem
    assert tried.is_problem or not any("defect" in text for text in advice)


def test_filters_narrow_by_direction_by_outcome_and_by_what_is_said(model: TrafficModel) -> None:
    model.replace([push(1), call(2, "45015 x"), call(3), push(4, "duplicate")])
    model.learn([PushTrace(1, "shop", "m:1", True, message=message("Hello 你好"), contact=CONTACT)])
    filtered = TrafficFilter(model)
    QAbstractItemModelTester(filtered, QAbstractItemModelTester.FailureReportingMode.Fatal, filtered)

    def left() -> list[str]:
        return shown(filtered, Column.RESULT)

    assert model.problems(filtered.fits) == 2
    filtered.choose("From WeChat")
    assert left() == ["Received", "Repeated, acknowledged"]
    assert model.problems(filtered.fits) == 1
    filtered.choose("To WeChat")
    assert left() == ["45015", "Successful"]
    filtered.choose(problems=True)
    assert left() == ["45015", "Repeated, acknowledged"]
    filtered.choose(account="tea")
    assert left() == []
    filtered.choose()
    for phrase, expected in ((" hELLO ", ["Received"]), ("4501", ["45015"]), ("9k2", ["Received"]), ("nobody", [])):
        filtered.choose(phrase=phrase)
        assert left() == expected
    model.deleteLater()
