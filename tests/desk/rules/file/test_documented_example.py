"""The example of docs/rules.md is a rules file, and it says everything that can be said, in both languages."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.desk.rules.file.checked_reading import read_rules
from wxdesk.core.model.rule import ActionKind, Condition, Cooldown, Rule

DOCS = Path(__file__).parents[4] / "docs"
NOT_IN_A_FILE = {"id", "revision", "position", "updated_at", "by"}


@pytest.mark.parametrize("page", ["rules.md", "rules.zh-CN.md"])
def test_the_example_can_be_imported_and_leaves_nothing_out(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    [example] = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    rules = read_rules(example, page).rules
    whens = [one for rule in rules for one in rule.when.both]
    unused = unsaid(rules, Rule("")) | unsaid(whens, Condition()) | unsaid([one.cooldown for one in rules], Cooldown())
    assert unused - NOT_IN_A_FILE == set(), f"the example in docs/{page} must use these as well"
    acts = {action.kind for rule in rules for action in rule.then}
    assert set(ActionKind) - acts == set(), f"the example in docs/{page} must use these actions as well"
    told = set(re.findall(r"`(\w+)`", text))
    assert {kind.value for kind in ActionKind} - told == set(), f"docs/{page} must tell what these actions do"


def unsaid(records: Sequence[Rule] | Sequence[Condition] | Sequence[Cooldown], plain: object) -> set[str]:
    """The fields in which all of these are like one of which nothing was said."""
    names = set(records[0].__struct_fields__)
    return {name for name in names if all(getattr(one, name) == getattr(plain, name) for one in records)}
