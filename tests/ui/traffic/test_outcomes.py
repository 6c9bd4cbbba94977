"""What the page says about outcomes, held against the room that makes them."""

from datetime import UTC, datetime

import pytest

from wxdesk import i18n
from wxdesk.core.errors import NotSent
from wxdesk.core.events import ApiCalled
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import Refusal
from wxdesk.core.system_failures import NOT_REACHED
from wxdesk.ui.traffic.entries import REFUSALS, call_problem, push_result, push_sentence
from wxdesk.ui.traffic.steps import MODES


def test_every_reason_of_the_listener_has_its_words() -> None:
    assert set(REFUSALS) == set(Refusal)


def test_every_word_of_the_tables_has_its_chinese_one() -> None:
    i18n.use("zh_CN")
    words = [word for said in REFUSALS.values() for word in said]
    words += [MODES[mode] for mode in PushMode]
    assert [word for word in words if i18n.tr(word) == word] == []
    for outcome in ("failed: store", "failed: overloaded", "failed: unexpected", "duplicate", "checked"):
        assert push_sentence(outcome).isascii() is False
    assert [push_result(f"failed: {why}")[0][:3] for why in ("store", "overloaded", "unexpected")] == [
        "503",
        "503",
        "500",
    ]


@pytest.mark.parametrize(
    ("outcome", "result", "role"),
    [
        ("kept", "Received", "accent"),
        ("checked", "Confirmed", "accent"),
        ("duplicate", "Repeated, acknowledged", "pending"),
        ("refused: signature", "403 wrong signature", "failed"),
        ("refused: plain text", "403 plain text: attack", "failed"),
        ("refused: unknown address", "404 unknown address", "failed"),
        ("refused: something new", "403 something new", "failed"),
        ("failed: store", "503 not kept", "failed"),
    ],
)
def test_a_request_ends_in_a_word_and_a_colour(outcome: str, result: str, role: str) -> None:
    assert push_result(outcome) == (result, role)


def test_an_unreadable_push_is_told_as_kept() -> None:
    assert push_result("kept", unread=True) == ("Kept as it came", "pending")


def called(outcome: str) -> ApiCalled:
    return ApiCalled("shop", "custom/send", outcome, datetime(2026, 7, 4, tzinfo=UTC), 1.0)


def test_a_call_has_a_code_or_a_sentence() -> None:
    assert called("0 ok").errcode == 0
    assert called("-1 WeChat is busy").errcode == -1
    late = called("45015 whatever")
    assert (late.errcode, call_problem(late)) == (45015, "the time for replies is over")
    broken = called(i18n.explain(NotSent("the connection was refused")))
    assert (broken.errcode, call_problem(broken)) == (None, broken.outcome)


@pytest.mark.parametrize(("language", "told"), [("en", NOT_REACHED), ("zh_CN", "连不上微信")])
def test_why_a_call_got_no_answer_is_told_in_the_present_language(language: str, told: str) -> None:
    i18n.use(language)
    assert call_problem(called(NOT_REACHED)) == told
