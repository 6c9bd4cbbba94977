"""Rules go on meaning the stored answer that they meant, whatever becomes of its names and of those of others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.core.rules.template_names import (
    PromptWithoutDefault,
    TemplateInUse,
    TemplateNameInUse,
    TemplateNames,
    follow_renames,
)
from wxdesk.core.templates import Prompt, Template

SORRY = Template(1, "Sorry", "We are sorry.", "sry")
PLAIN = Template(2, "Hours", "We open at 9.")


def rule(*names: str, name: str = "r") -> Rule:
    return Rule(name, then=(*(Action(ActionKind.TEMPLATE, one) for one in names), Action(ActionKind.REPLY, "sry")))


def said_after(names: tuple[str, ...], *after: Template) -> list[str]:
    """What a rule that named these calls them once the templates are other ones."""
    pairs = follow_renames([rule(*names)], TemplateNames((SORRY, PLAIN)), TemplateNames(after))
    [(_, changed)] = pairs or [(None, rule(*names))]
    assert changed.then[-1].text == "sry", "a reply is no name"
    return [action.text for action in changed.then[:-1]]


@pytest.mark.parametrize("name", ["sry", "/SRY", "ｓｒｙ", "Sorry"])
def test_a_name_leads_to_the_template_of_that_shortcut_or_title(name: str) -> None:
    assert TemplateNames((SORRY, PLAIN)).meant(name) == SORRY
    assert TemplateNames((SORRY, PLAIN)).meant("") is None


@pytest.mark.parametrize(
    ("name", "now", "called"),
    [
        ("sry", replace(SORRY, shortcut="pardon"), "pardon"),
        ("/SRY", replace(SORRY, shortcut="pardon"), "pardon"),
        ("Sorry", replace(SORRY, title="Pardon"), "Pardon"),
        ("sry", replace(SORRY, shortcut=""), "Sorry"),
        ("sry", replace(SORRY, title="Pardon"), "sry"),
        ("Sorry", replace(SORRY, shortcut="pardon"), "Sorry"),
        ("/sry", replace(SORRY, body="Oh."), "/sry"),
        ("nobody", replace(SORRY, shortcut="pardon"), "nobody"),
    ],
)
def test_a_rule_follows_the_name_that_it_used(name: str, now: Template, called: str) -> None:
    assert said_after((name, "Hours"), now, PLAIN) == [called, "Hours"]


def test_a_name_that_another_template_takes_is_given_up() -> None:
    taken = replace(PLAIN, shortcut="sorry")
    assert said_after(("Sorry",), SORRY, taken) == ["sry"]
    new = Template(3, "Hours", "Closed.")  # the first of a title is meant, and that is still the former
    assert said_after(("Hours",), SORRY, PLAIN, new) == ["Hours"]
    with pytest.raises(TemplateNameInUse, match="“Hours” still: r"):
        said_after(("Hours",), replace(SORRY, shortcut="hours"), PLAIN)


def test_a_template_that_rules_say_cannot_go() -> None:
    users = [rule("Sorry", name="b"), rule("sry", "Sorry", name="a"), rule("Hours", name="c")]
    with pytest.raises(TemplateInUse, match=r"“Sorry” cannot be deleted; used by: b · a$"):
        follow_renames(users, TemplateNames((SORRY, PLAIN)), TemplateNames((PLAIN,)))
    assert follow_renames(users[2:], TemplateNames((SORRY, PLAIN)), TemplateNames((PLAIN,))) == []


def test_rules_that_share_a_name_are_all_looked_at() -> None:
    both = [rule("Hours"), rule("Hours", "sry")]
    with pytest.raises(TemplateNameInUse):
        follow_renames(both, TemplateNames((SORRY, PLAIN)), TemplateNames((replace(SORRY, shortcut="hours"), PLAIN)))


def test_rules_are_asked_nothing() -> None:
    asking = replace(SORRY, prompts=(Prompt("by", default="post"), Prompt("no", "Order number")))
    with pytest.raises(PromptWithoutDefault, match="ask for “Order number”: r\\. Give"):
        said_after(("sry",), asking, PLAIN)
    for harmless in (Prompt("no", default="7"), Prompt("no", required=False)):
        assert said_after(("sry",), replace(SORRY, prompts=(harmless,)), PLAIN) == ["sry"]
    still = follow_renames(
        [rule("sry")], TemplateNames((asking,)), TemplateNames((replace(asking, body="{{ ask.no }}"),))
    )
    assert still == [], "it could not be said before either"
