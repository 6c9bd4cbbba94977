"""Rules refer to templates by id; people and files name them, and each in use keeps a name of its own."""

import pytest
from msgspec.structs import replace

from wxdesk.core.model.rule import Action, ActionKind, Reference, Rule
from wxdesk.core.rules.template_names import (
    PromptWithoutDefault,
    TemplateInUse,
    TemplateNameInUse,
    TemplateNames,
    check_use,
)
from wxdesk.core.templates import Prompt, Template

SORRY = Template(1, "Sorry", "We are sorry.", "sry")
PLAIN = Template(2, "Hours", "We open at 9.")
NAMES = TemplateNames((SORRY, PLAIN), {7: "Gone"})


def rule(*templates: Reference, name: str = "r") -> Rule:
    calls = (Action(ActionKind.TEMPLATE, template=one) for one in templates)
    return Rule(name, then=(*calls, Action(ActionKind.REPLY, "sry")))


@pytest.mark.parametrize("name", ["sry", "/SRY", "ｓｒｙ", "Sorry", 1])
def test_a_template_is_found_by_shortcut_or_title_or_id(name: Reference) -> None:
    assert NAMES.find(name) == SORRY
    assert NAMES.bound(rule(name, "nobody")) == rule(1, "nobody")
    assert NAMES.find("") is NAMES.find(7) is None


def test_a_file_has_the_shortcut_or_the_title_also_of_a_deleted_one() -> None:
    assert NAMES.named(rule(1, 2, 7, "nobody")) == rule("sry", "Hours", "Gone", "nobody")


@pytest.mark.parametrize(
    "after",
    [
        (replace(SORRY, shortcut="pardon", title="Pardon"), PLAIN),
        (replace(SORRY, shortcut=""), PLAIN),
        (SORRY, replace(PLAIN, shortcut="sorry")),
        (SORRY, PLAIN, Template(3, "Hours", "Closed.")),
    ],
    ids=["renamed", "without shortcut", "title taken", "same title, later"],
)
def test_templates_can_be_renamed_while_a_name_of_their_own_is_left(after: tuple[Template, ...]) -> None:
    check_use([rule(1, 2)], NAMES, TemplateNames(after))
    assert TemplateNames(after).find(1) == after[0]


@pytest.mark.parametrize("templates", [(2,), ("Hours", 1)])
def test_the_only_name_of_a_template_in_use_cannot_be_taken(templates: tuple[Reference, ...]) -> None:
    with pytest.raises(TemplateNameInUse, match="Rules still use this name for “Hours”: r"):
        check_use([rule(1), rule(*templates)], NAMES, TemplateNames((replace(SORRY, shortcut="hours"), PLAIN)))


def test_a_template_in_use_cannot_be_deleted() -> None:
    users = [rule("Sorry", name="b"), rule(1, "Sorry", name="a"), rule(2, name="c")]
    with pytest.raises(TemplateInUse, match=r"“Sorry” cannot be deleted; used by: b · a$"):
        check_use(users, NAMES, TemplateNames((PLAIN,)))
    check_use(users[2:], NAMES, TemplateNames((PLAIN,)))


def test_rules_are_asked_nothing() -> None:
    asking = replace(SORRY, prompts=(Prompt("by", default="post"), Prompt("no", "Order number")))
    with pytest.raises(PromptWithoutDefault, match="ask for “Order number”: r\\. Give"):
        check_use([rule(1)], NAMES, TemplateNames((asking, PLAIN)))
    for harmless in (Prompt("no", default="7"), Prompt("no", required=False)):
        check_use([rule(1)], NAMES, TemplateNames((replace(SORRY, prompts=(harmless,)), PLAIN)))
    # it could not be sent before either
    check_use([rule(1)], TemplateNames((asking,)), TemplateNames((replace(asking, body="{{ ask.no }}"),)))
