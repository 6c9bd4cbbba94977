"""The table of errcodes against the actions that WeChat's pages ask for."""

import pytest

from tests.core.wechat.errcode_table import action_by_code
from wxdesk import i18n
from wxdesk.core.wechat import errcodes
from wxdesk.core.wechat.errcodes import ErrorAction, action_for, addresses_in, meaning_of, remedy_of

EXPECTED = action_by_code()


@pytest.mark.parametrize("code", EXPECTED)
def test_each_code_asks_for_its_action(code: int) -> None:
    assert action_for(code) == EXPECTED[code].lower()


def test_the_table_has_no_other_codes() -> None:
    assert set(errcodes._TABLE).union(*(codes for codes, _ in errcodes._RANGES)) == set(EXPECTED)


@pytest.mark.parametrize("code", [4, 61449, 61460, 65399, 65415, 99999, -2])
def test_an_unknown_code_is_shown_and_not_repeated(code: int) -> None:
    assert action_for(code) is ErrorAction.FIX
    assert meaning_of(code) == "a code that wxdesk does not know"


def test_every_meaning_and_remedy_has_its_chinese_sentence() -> None:
    i18n.use("zh_CN")
    sentences = {say(code) for code in {*EXPECTED, 4} for say in (meaning_of, remedy_of)} - {""}
    untranslated = [sentence for sentence in sentences if i18n.tr(sentence) == sentence]
    assert untranslated == []


def test_every_errcode_that_may_keep_a_reply_back_has_a_remedy() -> None:
    harmless = {ErrorAction.NONE, ErrorAction.IGNORE}
    assert [code for code in EXPECTED if action_for(code) not in harmless and not remedy_of(code)] == []


@pytest.mark.parametrize(
    ("errmsg", "addresses"),
    [
        ("invalid ip 113.67.11.22 ipv6 ::ffff:113.67.11.22, not in whitelist", ("113.67.11.22",)),
        ("invalid ip 2408:8256:1::7 ipv6 2408:8256:1::7, not in whitelist hints: [req_id: a.b]", ("2408:8256:1::7",)),
        ("invalid ip 113.67.11.22 ipv6 2408:8256:1::7, not in whitelist", ("113.67.11.22", "2408:8256:1::7")),
        ("access clientip 10.0.0.1.", ("10.0.0.1",)),
        ("system error 999.1.1.1 at 12:30:45", ()),
        ("", ()),
    ],
)
def test_addresses_are_found_in_what_wechat_says(errmsg: str, addresses: tuple[str, ...]) -> None:
    assert addresses_in(errmsg) == addresses
