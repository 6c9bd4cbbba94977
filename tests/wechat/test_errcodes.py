"""The table of errcodes against the actions that WeChat's pages ask for."""

from __future__ import annotations

import pytest

from wxdesk import i18n
from wxdesk.core.errcodes import ErrorAction, action_for, known_codes, meaning_of, remedy_of

# fmt: off
EXPECTED = {
    "retry": [-1],
    "none": [0],
    "token": [40001, 40014, 41001, 42001],
    "user": [40003, 43004, 43019, 45015, 45047, 48002, 50001, 50005],
    "wait": [45011],
    "reupload": [40007],
    "ignore": [45072, 45080, 45081, 76001, 76002, 76003, 76004],
    "config": [40002, 40013, 40125, 40164, 40243, 41002, 41004, 45009, 48001, 48004, 50002,
       61003, 61004, 61007, 61023, 89501, 89503, 89506, 89507],
    "fix": [40004, 40005, 40006, 40008, 40009, 40033, 40097, 40101, 40137, 40200, 41005, 41006, 41009,
       43002, 43003, 44001, 44002, 44004, 45001, 45002, 45003, 45004, 45005, 45006, 45008, 45162,
       46001, 47001, 47003, 48008, 87014, 61500, *range(61450, 61460), *range(65400, 65415)],
}
# fmt: on


@pytest.mark.parametrize(("action", "code"), [(action, code) for action, codes in EXPECTED.items() for code in codes])
def test_each_code_asks_for_its_action(action: str, code: int) -> None:
    assert action_for(code) == action


def test_the_table_has_no_other_codes() -> None:
    assert known_codes() == {code for codes in EXPECTED.values() for code in codes}


@pytest.mark.parametrize("code", [4, 61449, 61460, 65399, 65415, 99999, -2])
def test_an_unknown_code_is_shown_and_not_repeated(code: int) -> None:
    assert action_for(code) is ErrorAction.FIX
    assert meaning_of(code) == "a code that wxdesk does not know"


def test_every_meaning_and_remedy_has_its_chinese_sentence() -> None:
    i18n.use("zh_CN")
    sentences = {say(code) for code in {*known_codes(), 4} for say in (meaning_of, remedy_of)} - {""}
    untranslated = [sentence for sentence in sentences if i18n.tr(sentence) == sentence]
    assert untranslated == []


def test_whatever_stops_an_account_says_what_to_do() -> None:
    silent = [code for code in known_codes() if action_for(code) is ErrorAction.CONFIG and not remedy_of(code)]
    assert silent == []
