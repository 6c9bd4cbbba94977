"""A pasted value is cleaned and says so; a value that cannot be right is refused with the reason."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wxdesk.core.wechat.credential_shapes import (
    SHAPES,
    Cleaning,
    CredentialField,
    ShapeFault,
    ShapeIssue,
    clean,
    judge,
    judge_together,
    new_aes_key,
    new_token,
)

APP_ID, ORIGINAL_ID, SECRET, TOKEN, KEY = CredentialField
HEX = "0123456789abcdef0123456789abcdef"
AES = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
GOOD = {APP_ID: "wx0123456789abcdef", ORIGINAL_ID: "gh_0123456789ab", SECRET: HEX, TOKEN: "mytoken123", KEY: AES}


@pytest.mark.parametrize(
    ("field", "pasted", "value", "cleanings"),
    [
        (TOKEN, " \tmytoken123 \n", "mytoken123", [Cleaning.BLANKS]),
        (TOKEN, "mytoken123\r\n", "mytoken123", []),
        (TOKEN, "\ufeffmy\u200btoken123", "mytoken123", [Cleaning.INVISIBLE]),
        (TOKEN, "ｍｙｔｏｋｅｎ１２３", "mytoken123", [Cleaning.FULL_WIDTH]),
        (TOKEN, "“mytoken123”", "mytoken123", [Cleaning.QUOTES]),
        (TOKEN, "「 mytoken123 」", "mytoken123", [Cleaning.QUOTES, Cleaning.BLANKS]),
        (TOKEN, "＂mytoken123＂", "mytoken123", [Cleaning.FULL_WIDTH, Cleaning.QUOTES]),
        (TOKEN, "a b c", "a b c", []),
        (KEY, AES + "=", AES, [Cleaning.PADDING]),
        (KEY, AES + "'=", AES, [Cleaning.PADDING, Cleaning.QUOTES]),
        (KEY, AES[:20] + " " + AES[20:], AES, [Cleaning.BLANKS]),
        (KEY, AES + "＝", AES, [Cleaning.FULL_WIDTH, Cleaning.PADDING]),
        (APP_ID, "wx0123456789abcdef　", "wx0123456789abcdef", [Cleaning.FULL_WIDTH, Cleaning.BLANKS]),
        (SECRET, "", "", []),
    ],
)
def test_characters_added_by_copying_are_removed_and_reported(
    field: CredentialField, pasted: str, value: str, cleanings: list[Cleaning]
) -> None:
    cleaned = clean(field, pasted)
    assert cleaned.value == value
    assert sorted(cleaned.cleanings) == sorted(cleanings)
    assert value == "" or value not in repr(cleaned)


@given(st.sampled_from(list(CredentialField)), st.text(max_size=60))
def test_cleaning_twice_is_cleaning_once_and_judging_never_fails(field: CredentialField, pasted: str) -> None:
    cleaned = clean(field, pasted)
    assert clean(field, cleaned.value).value == cleaned.value
    judge(field, cleaned.value)
    judge_together(dict.fromkeys(CredentialField, pasted))


@pytest.mark.parametrize("field", CredentialField)
def test_right_values_pass(field: CredentialField) -> None:
    assert judge(field, GOOD[field]) is None
    assert clean(field, GOOD[field]).cleanings == ()


def test_right_values_pass_together() -> None:
    assert judge_together(GOOD) == ()
    assert judge_together({TOKEN: "abc"}) == ()
    assert judge_together({TOKEN: "", KEY: ""}) == ()
    assert judge_together(GOOD | {TOKEN: HEX[::-1]}) == (), "a Token of 32 hexadecimal digits is a good one"


@pytest.mark.parametrize(
    ("field", "value", "issue"),
    [
        (TOKEN, "短", ShapeIssue(TOKEN, ShapeFault.CHARACTERS, 1, "短")),
        (TOKEN, "a b c", ShapeIssue(TOKEN, ShapeFault.CHARACTERS, 5, " ")),
        (TOKEN, "ab", ShapeIssue(TOKEN, ShapeFault.LENGTH, 2)),
        (TOKEN, AES, ShapeIssue(TOKEN, ShapeFault.OTHER_VALUE, 43, other=KEY)),
        (TOKEN, GOOD[ORIGINAL_ID], ShapeIssue(TOKEN, ShapeFault.OTHER_VALUE, 15, other=ORIGINAL_ID)),
        (KEY, AES[:-1], ShapeIssue(KEY, ShapeFault.LENGTH, 42)),
        (KEY, AES[:-1] + "+", ShapeIssue(KEY, ShapeFault.CHARACTERS, 43, "+")),
        (KEY, HEX, ShapeIssue(KEY, ShapeFault.OTHER_VALUE, 32, other=SECRET)),
        (SECRET, "g" * 32, ShapeIssue(SECRET, ShapeFault.CHARACTERS, 32, "g")),
        (SECRET, "abc", ShapeIssue(SECRET, ShapeFault.LENGTH, 3)),
        (SECRET, GOOD[APP_ID], ShapeIssue(SECRET, ShapeFault.OTHER_VALUE, 18, other=APP_ID)),
        (APP_ID, "0123456789abcdef", ShapeIssue(APP_ID, ShapeFault.BEGINNING, 16)),
        (APP_ID, "wx0123", ShapeIssue(APP_ID, ShapeFault.LENGTH, 6)),
        (APP_ID, GOOD[ORIGINAL_ID], ShapeIssue(APP_ID, ShapeFault.OTHER_VALUE, 15, other=ORIGINAL_ID)),
        (ORIGINAL_ID, GOOD[APP_ID], ShapeIssue(ORIGINAL_ID, ShapeFault.OTHER_VALUE, 18, other=APP_ID)),
    ],
)
def test_a_value_that_cannot_be_right_is_named(field: CredentialField, value: str, issue: ShapeIssue) -> None:
    assert judge(field, value) == issue
    assert judge_together({field: value}) == (issue,)


@pytest.mark.parametrize(
    ("one", "other"), [(TOKEN, KEY), (SECRET, TOKEN), (SECRET, KEY), (APP_ID, ORIGINAL_ID), (APP_ID, SECRET)]
)
def test_two_values_in_each_others_place_are_recognised(one: CredentialField, other: CredentialField) -> None:
    found = judge_together(GOOD | {one: GOOD[other], other: GOOD[one]})
    assert {(issue.field, issue.fault, issue.other) for issue in found} == {
        (one, ShapeFault.SWAPPED, other),
        (other, ShapeFault.SWAPPED, one),
    }


@pytest.mark.parametrize("other", [APP_ID, SECRET])
def test_a_token_that_is_another_value_of_the_account_is_recognised(other: CredentialField) -> None:
    (issue,) = judge_together(GOOD | {TOKEN: GOOD[other]})
    assert (issue.field, issue.fault, issue.other) == (TOKEN, ShapeFault.OTHER_VALUE, other)


def test_made_values_are_right_and_differ() -> None:
    tokens, keys = {new_token() for _ in range(50)}, {new_aes_key() for _ in range(50)}
    assert (len(tokens), len(keys)) == (50, 50)
    assert all(SHAPES[TOKEN].fits(token) and len(token) == 32 for token in tokens)
    for key in keys:
        assert judge(KEY, key) is None
        assert base64.b64encode(base64.b64decode(key + "=")).decode() == key + "=", "strict decoders take it, too"
