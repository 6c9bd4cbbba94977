"""What the strip at the foot says of the tokens."""

from datetime import UTC, datetime, timedelta

from wxdesk.desk.health import HealthState, TokenState
from wxdesk.ui.shell.status_bar import TokenText

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "the app secret is wrong"


def test_a_token_that_still_works_is_not_missing() -> None:
    state = HealthState(tokens=(("shop", TokenState(NOON + timedelta(seconds=90), SECRET)),))
    words = TokenText.of(state, ["shop"], NOON)
    assert (words.role, words.text) == ("pending", "Token 1:30")
    assert words.details == f"shop: 1:30, no new one: {SECRET}"


def test_a_token_that_has_ended_is_missing() -> None:
    words = TokenText.of(HealthState(tokens=(("shop", TokenState(None, SECRET)),)), ["shop"], NOON)
    assert (words.role, words.text, words.details) == ("failed", "No token for shop", f"shop: {SECRET}")


def test_a_token_that_was_never_fetched_is_no_good_news() -> None:
    assert TokenText.of(HealthState(), ["shop"], NOON).role == "faint"
    assert TokenText.of(HealthState(), ["shop", "tea"], NOON).role == "faint"
