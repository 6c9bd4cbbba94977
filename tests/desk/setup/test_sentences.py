"""Every verdict is told in both languages with what mends it, and every known failure has a verdict."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from wxdesk import i18n
from wxdesk.core.errors import Refused
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, Gravity
from wxdesk.desk.setup import sentences
from wxdesk.desk.setup.account_findings import failed_fetch
from wxdesk.desk.setup.inward_sentences import CAUSES
from wxdesk.desk.setup.wording import GOOD_CAUSES, holes

V = CheckVerdict

ROWS = {
    1: (V.PORT_TAKEN, V.NOT_LISTENING),
    2: (V.TUNNEL_DOWN, V.TUNNEL_STARTING, V.TUNNEL_MISSING),
    3: (V.NAME_UNRESOLVED, V.OFFLINE),
    4: (V.IPV6_ONLY,),
    5: (V.PRIVATE_ADDRESS,),
    6: (V.WRONG_PORT,),
    7: (V.URL_CLEANED, V.URL_ILLEGAL),
    8: (V.IP_WITHOUT_NAME,),
    9: (V.HOME_BROADBAND,),
    10: (V.FIREWALL,),
    11: (V.FOREIGN_PAGE, V.CONNECTION_LOST),
    12: (V.CERTIFICATE_EXPIRED, V.CERTIFICATE_OTHER_NAME, V.CERTIFICATE_SELF_SIGNED, V.TLS_FAILED),
    13: (V.CHAIN_INCOMPLETE,),
    14: (V.TLS13_ONLY,),
    15: (V.REDIRECT,),
    16: (V.INTERSTITIAL,),
    17: (V.OTHER_PROGRAM,),
    18: (V.ANSWER_CHANGED,),
    19: (V.SLOW, V.TOO_SLOW),
    20: (V.WAF_DROPS,),
    21: (V.FRP_PASSTHROUGH,),
    22: (V.NOT_SUBMITTED,),
    23: (V.WRONG_PATH,),
    24: (V.OTHER_ACCOUNT_PATH,),
    25: (V.TOKEN_DIFFERS,),
    26: (V.TOKEN_ILLEGAL, V.SECRETS_SWAPPED),
    27: (V.ECHO_NOT_ACCEPTED,),
    28: (V.NOT_WECHAT,),
    29: (V.NOT_ENABLED,),
    30: (V.CLOUD_FUNCTION,),
    31: (V.CLOUD_HOSTING,),
    32: (V.THIRD_PARTY_PLATFORM,),
    33: (V.WECOM_SERVICE,),
    34: (V.TRANSFERRED_SESSION,),
    35: (V.AES_KEY_DIFFERS,),
    36: (V.APP_ID_DIFFERS,),
    37: (V.MODE_DIFFERS,),
    38: (V.XML_FORMAT,),
    39: (V.ORIGINAL_ID_DIFFERS,),
    40: (V.CLOCK_SKEW,),
    41: (V.PUSH_REPEATED,),
    42: (V.APP_ID_WRONG,),
    43: (V.APP_SECRET_WRONG,),
    44: (V.APP_SECRET_FROZEN,),
    45: (V.IP_NOT_LISTED,),
    46: (V.TOKEN_QUOTA,),
    47: (V.IP_CONFIRMATION,),
    48: (V.NO_PERMISSION,),
    49: (V.API_UNREACHABLE, V.API_PROXY),
    50: (V.TUNNEL_RENAMED,),
    51: (V.SSH_HOST_KEY_CHANGED, V.SSH_KEY_REFUSED, V.SSH_GATEWAY_PORTS, V.SSH_PORT_IN_USE, V.SSH_UNREACHABLE),
    52: (V.KEYCHAIN_UNUSABLE, V.SECRET_IN_MEMORY),
    53: (V.SLEEP_EXPECTED,),
}
"""The known failures of a set-up, by the number they have in `docs/dev/setup.md`."""


@pytest.fixture(params=["en", "zh_CN"], name="language")
def chosen_language(request: pytest.FixtureRequest) -> Iterator[str]:
    yield i18n.use(request.param)
    i18n.use("en")


def finding(verdict: CheckVerdict, **values: str) -> Finding:
    return Finding(Check.PUSH, verdict, "shop", values)


def not_in_chinese(*said: str) -> list[str]:
    return [one for one in said if one and not any("\u4e00" <= char <= "\u9fff" for char in one)]


@pytest.mark.parametrize("check", Check)
def test_every_check_has_a_name_and_a_good_end_in_chinese(check: Check) -> None:
    i18n.use("zh_CN")
    name = sentences.name(check)
    causes = ["", *(cause for at, cause in GOOD_CAUSES if at is check)]
    good = [sentences.text(Finding(check, V.OK, "shop", {"cause": cause})) for cause in causes]
    i18n.use("en")
    assert not_in_chinese(name, *good) == [], "give each its Chinese in setup.po"


@pytest.mark.parametrize("verdict", CheckVerdict)
def test_every_verdict_is_reported_in_the_operators_language(verdict: CheckVerdict, language: str) -> None:
    found = finding(verdict)
    said, more = sentences.text(found), sentences.remedy(found)
    assert said
    assert "{" not in said + more
    assert bool(more) or verdict.gravity <= Gravity.NOTE
    if language == "zh_CN":
        assert not_in_chinese(said, more) == [], "give each its Chinese in setup.po"


@pytest.mark.parametrize("verdict", CheckVerdict)
def test_every_value_that_is_known_is_shown(verdict: CheckVerdict, language: str) -> None:
    values = {hole: f"value-{hole}" for one in sentences.WORDINGS[verdict].texts for hole in holes(one)}
    said = sentences.text(finding(verdict, **values))
    shown = holes(sentences.WORDINGS[verdict].texts[0]) - {"account"}
    assert all(f"value-{hole}" in said for hole in shown)


@pytest.mark.parametrize(("verdict", "cause"), CAUSES)
def test_a_known_cause_is_reported_instead(verdict: CheckVerdict, cause: str, language: str) -> None:
    exact, general = finding(verdict, cause=cause), finding(verdict)
    assert sentences.text(exact) != sentences.text(general)
    assert sentences.remedy(exact)
    if language == "zh_CN":
        assert not_in_chinese(sentences.text(exact) + sentences.remedy(exact)) == [], "give it its Chinese in setup.po"


def test_a_cause_without_a_sentence_of_its_own_is_reported_in_general() -> None:
    assert sentences.text(finding(V.TOKEN_DIFFERS, cause="new")) == sentences.text(finding(V.TOKEN_DIFFERS))


def test_all_fifty_three_known_failures_have_a_verdict() -> None:
    assert list(ROWS) == list(range(1, 54))
    assert all(ROWS.values())


@pytest.mark.parametrize("check", [Check.URL_CHECK, Check.PUSH, Check.MESSAGE])
def test_a_good_request_is_named_among_the_latest_ones(check: Check, language: str) -> None:
    assert sentences.text(Finding(check, V.OK, "shop")) not in {"All is well.", "一切正常。"}


def test_a_value_that_is_missing_leaves_no_hole() -> None:
    assert sentences.text(finding(V.NAME_UNRESOLVED)) == "The name … has no address."
    assert sentences.text(finding(V.PORT_TAKEN)) == "Port … is taken by another program."


def test_the_most_exact_sentence_is_told_whose_values_are_known() -> None:
    assert sentences.text(finding(V.INTERSTITIAL)) == "The tunnel shows a page of its own first."
    assert sentences.text(finding(V.INTERSTITIAL, title="Hi")) == "The tunnel shows a page of its own first: “Hi”."


def test_a_reason_ends_before_the_remedy_begins(language: str) -> None:
    told = sentences.told(finding(V.SSH_UNREACHABLE, host="desk.example.com", reason="timeout"))
    assert f"timeout{'。' if language == 'zh_CN' else '. '}{sentences.remedy(finding(V.SSH_UNREACHABLE))}" in told
    whole = sentences.told(finding(V.SSH_UNREACHABLE, host="desk.example.com", reason="Gone."))
    assert "Gone.." not in whole
    assert "Gone.。" not in whole


def test_a_finding_offers_a_value_to_paste_elsewhere_for_copying() -> None:
    assert sentences.copy(finding(V.IP_NOT_LISTED, address="198.51.100.9")) == "198.51.100.9"
    assert sentences.copy(finding(V.OK, address="198.51.100.9")) == ""


def test_addresses_are_told_in_one_line_and_copied_as_wechats_list_takes_them() -> None:
    refused = Refused(40164, "invalid ip 203.0.113.7 ipv6 2001:db8::7, not in whitelist")
    found = failed_fetch(refused, "shop", "api.weixin.qq.com", datetime(2026, 11, 30, tzinfo=UTC))
    assert "203.0.113.7 · 2001:db8::7" in sentences.text(found)
    assert sentences.copy(found) == "203.0.113.7\n2001:db8::7"
