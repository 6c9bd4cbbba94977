"""Where a deleted rule comes back to in a list that has changed since."""

import pytest

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.pairing import deleted_from


def listed(names: str) -> list[Rule]:
    """One rule a letter, its id the letter's code; a capital is a default."""
    return [Rule(name, ord(name), place, default=name.isupper()) for place, name in enumerate(names, 1)]


@pytest.mark.parametrize(
    ("before", "gone", "now", "back"),
    [
        ("abcZ", "b", "acZ", "abcZ"),
        ("abcZ", "b", "ac", "abc"),
        ("abc", "c", "", "c"),
        ("abZ", "Z", "ab", "abZ"),
        ("abZ", "Z", "abn", "abnZ"),
        ("abZ", "Z", "abnN", "abnZN"),
        ("abZ", "Z", "bna", "bnaZ"),
        ("aYbZ", "Y", "abnZ", "aYbnZ"),
        ("aYZ", "Z", "aYn", "aYnZ"),
        ("aYZ", "Z", "aY", "aYZ"),
        ("aYZ", "Y", "aZ", "aYZ"),
    ],
)
def test_a_rule_comes_back_to_its_place_and_a_default_below_what_is_new(
    before: str, gone: str, now: str, back: str
) -> None:
    removed = deleted_from(listed(before), ord(gone))
    assert removed is not None
    present = listed(now)
    place = removed.place_in(present)
    names = [one.name for one in present]
    assert "".join([*names[:place], gone, *names[place:]]) == back


def test_removing_an_unknown_rule_changes_nothing() -> None:
    assert deleted_from(listed("ab"), ord("z")) is None
