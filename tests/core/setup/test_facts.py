"""An account is done by a real message only, and the lamp is green only if a push would be answered."""

from msgspec.structs import replace

from wxdesk.core.setup.facts import SETUP_STEPS, AccountSetup, SetupState
from wxdesk.core.setup.findings import Check, Finding, Gravity
from wxdesk.core.setup.findings import CheckVerdict as V

URL = "http://127.0.0.1:8765"
REACHED = Finding(Check.ADDRESS, V.OK)
PROVED = AccountSetup("shop", {fact: Finding(fact, V.OK, "shop") for fact in SETUP_STEPS})


def but(fact: Check, verdict: V) -> AccountSetup:
    return replace(PROVED, facts={**PROVED.facts, fact: Finding(fact, verdict, "shop")})


def lamp(listener_url: str, reach: Finding, *accounts: AccountSetup) -> V:
    return SetupState(accounts, reach, listener_url=listener_url).lamp.verdict


def test_a_new_account_lacks_its_first_fact_and_a_proved_one_none() -> None:
    assert AccountSetup("shop").missing is Check.API
    assert PROVED.missing is None


def test_a_fact_that_only_waits_is_still_missing() -> None:
    assert but(Check.MESSAGE, V.WAITING).missing is Check.MESSAGE
    assert but(Check.URL_CHECK, V.TOKEN_DIFFERS).missing is Check.URL_CHECK


def test_a_warning_is_no_missing_fact() -> None:
    assert but(Check.ADDRESS, V.SLOW).missing is None


def test_the_lamp_is_good_only_when_every_account_is_proved() -> None:
    assert lamp(URL, REACHED, PROVED) is V.OK
    assert lamp(URL, REACHED, PROVED, AccountSetup("tea")) is V.UNKNOWN


def test_the_lamp_names_the_first_thing_in_a_pushs_way() -> None:
    lost = Finding(Check.ADDRESS, V.NAME_UNRESOLVED)
    assert lamp(URL, REACHED) is V.NO_ACCOUNT
    assert lamp("", lost, PROVED) is V.NOT_LISTENING
    assert lamp(URL, lost, but(Check.URL_CHECK, V.TOKEN_DIFFERS)) is V.NAME_UNRESOLVED
    assert lamp(URL, REACHED, but(Check.URL_CHECK, V.TOKEN_DIFFERS)) is V.TOKEN_DIFFERS


def test_a_paused_account_lacks_nothing_and_is_named() -> None:
    paused = replace(AccountSetup("tea"), paused=True)
    assert lamp(URL, REACHED, PROVED, paused) is V.ACCOUNT_PAUSED
    assert lamp(URL, REACHED, AccountSetup("shop"), paused) is V.UNKNOWN


def test_a_message_that_no_rule_answered_proves_nothing() -> None:
    for verdict in (V.UNANSWERED, V.NO_RULES):
        assert but(Check.MESSAGE, verdict).missing is Check.MESSAGE


def test_every_verdict_is_written_as_scripts_read_it() -> None:
    for verdict in V:
        assert verdict.value == verdict.name.lower()
        assert isinstance(verdict.gravity, Gravity)
