"""The two families of tokens, by WeChat's own pages about them."""

import pytest

from tests.sandbox.worlds import HandClock
from wxdesk.sandbox.platform.errors import ApiRefusal
from wxdesk.sandbox.platform.tokens import TokenBook

APP = "wx0123456789abcdef"


@pytest.fixture
def book(clock: HandClock) -> TokenBook:
    return TokenBook(clock)


def code_of(book: TokenBook, token: str) -> int:
    try:
        assert book.owner(token) == APP
    except ApiRefusal as refusal:
        return refusal.errcode
    return 0


def test_a_token_lasts_two_hours(book: TokenBook, clock: HandClock) -> None:
    token, seconds = book.classic(APP)
    assert seconds == 7200
    clock.forward(seconds=7199)
    assert code_of(book, token) == 0
    clock.forward(seconds=1)
    assert code_of(book, token) == 42001


def test_a_new_classic_token_ends_the_former_after_five_minutes(book: TokenBook, clock: HandClock) -> None:
    former, _ = book.classic(APP)
    clock.forward(minutes=10)
    newer, _ = book.classic(APP)
    assert newer != former
    clock.forward(seconds=299)
    assert [code_of(book, token) for token in (former, newer)] == [0, 0]
    clock.forward(seconds=1)
    assert [code_of(book, token) for token in (former, newer)] == [40001, 0]


def test_a_third_classic_token_does_not_lengthen_the_first(book: TokenBook, clock: HandClock) -> None:
    first, _ = book.classic(APP)
    second, _ = book.classic(APP)
    clock.forward(minutes=4)
    book.classic(APP)
    clock.forward(minutes=1)
    assert [code_of(book, token) for token in (first, second)] == [40001, 0]


def test_the_stable_token_is_the_same_until_its_last_five_minutes(book: TokenBook, clock: HandClock) -> None:
    token, _ = book.stable(APP)
    clock.forward(seconds=6899)
    assert book.stable(APP) == (token, 301)
    clock.forward(seconds=1)
    newer, seconds = book.stable(APP)
    assert newer != token
    assert seconds == 7200
    assert [code_of(book, one) for one in (token, newer)] == [0, 0]
    clock.forward(seconds=300)
    assert [code_of(book, one) for one in (token, newer)] == [40001, 0]


def test_classic_and_stable_tokens_are_independent(book: TokenBook, clock: HandClock) -> None:
    stable, _ = book.stable(APP)
    classic, _ = book.classic(APP)
    book.classic(APP)
    clock.forward(minutes=6)
    assert book.stable(APP)[0] == stable
    assert [code_of(book, token) for token in (stable, classic)] == [0, 40001]


def test_a_forced_refresh_ends_the_former_at_once(book: TokenBook) -> None:
    former, _ = book.stable(APP)
    newer, _ = book.stable(APP, force=True)
    assert [code_of(book, token) for token in (former, newer)] == [40001, 0]


def test_forcing_within_thirty_seconds_changes_nothing(book: TokenBook, clock: HandClock) -> None:
    book.stable(APP)
    token, _ = book.stable(APP, force=True)
    clock.forward(seconds=29)
    assert book.stable(APP, force=True)[0] == token
    clock.forward(seconds=1)
    assert book.stable(APP, force=True)[0] != token


def test_twenty_forced_refreshes_a_day_are_allowed(book: TokenBook, clock: HandClock) -> None:
    book.stable(APP)
    for _ in range(20):
        clock.forward(seconds=31)
        book.stable(APP, force=True)
    clock.forward(seconds=31)
    with pytest.raises(ApiRefusal) as refused:
        book.stable(APP, force=True)
    assert refused.value.errcode == 45009


@pytest.mark.parametrize(("token", "code"), [("", 41001), ("nonsense", 40001)])
def test_invalid_tokens_get_their_errcode(book: TokenBook, token: str, code: int) -> None:
    assert code_of(book, token) == code


def test_tokens_can_be_ended_by_hand(book: TokenBook) -> None:
    stable, classic = book.stable(APP)[0], book.classic(APP)[0]
    book.expire(APP)
    assert [code_of(book, token) for token in (stable, classic)] == [42001, 42001]
    newer = book.stable(APP)[0]
    assert code_of(book, newer) == 0
    book.revoke(APP)
    assert code_of(book, newer) == 40001
    assert book.stable(APP)[0] != newer
