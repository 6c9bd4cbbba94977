"""Stored answers that rules say: the rules follow a new name, and what they cannot do without stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.store.conversations import T0, second
from wxdesk.core.model.rule import Action, ActionKind, Rule
from wxdesk.core.rules.template_names import PromptWithoutDefault, TemplateInUse
from wxdesk.core.templates import Prompt, Template
from wxdesk.store import SqlStore

SORRY = Template(0, "抱歉", "非常抱歉", "bq")


def saying(name: str, *, enabled: bool = True) -> Rule:
    return Rule("投诉", enabled=enabled, then=(Action(ActionKind.TEMPLATE, name),))


async def test_a_rule_follows_a_new_shortcut_as_a_revision_of_its_own(store: SqlStore) -> None:
    saved = await store.templates.save(SORRY, T0)
    rule = await store.rules.save(saying("bq"), second(1))
    other = await store.rules.save(replace(saying("别的"), name="b"), second(1))
    await store.templates.save(replace(saved, shortcut="dbq"), second(2))
    followed = replace(saying("dbq"), id=rule.id, position=1, revision=2, updated_at=second(2))
    assert await store.rules.all() == [followed, other]
    assert [one.then[0].text for one in await store.rules.revisions(rule.id)] == ["dbq", "bq"]


@pytest.mark.parametrize("enabled", [True, False])
async def test_what_a_rule_says_is_neither_deleted_nor_made_a_question(store: SqlStore, enabled: bool) -> None:
    saved = await store.templates.save(SORRY, T0)
    rule = await store.rules.save(saying("抱歉", enabled=enabled), second(1))
    with pytest.raises(TemplateInUse, match="投诉"):
        await store.templates.delete(saved.id)
    with pytest.raises(PromptWithoutDefault, match="单号"):
        await store.templates.save(replace(saved, body="{{ ask.单号 }}", prompts=(Prompt("单号"),)), second(2))
    assert (await store.templates.all(), await store.templates.revisions(saved.id)) == ([saved], [saved])
    assert await store.rules.all() == [rule]
    await store.rules.delete(rule.id)
    await store.templates.delete(saved.id)
    assert await store.templates.all() == []


async def test_a_template_that_comes_back_or_is_new_takes_no_rule_from_another(store: SqlStore) -> None:
    gone = await store.templates.save(replace(SORRY, title="致歉", shortcut="抱歉"), T0)
    await store.templates.delete(gone.id)
    await store.templates.save(SORRY, T0)
    rule = await store.rules.save(saying("抱歉"), second(1))
    await store.templates.put_back(gone, second(2))
    assert [one.then[0].text for one in await store.rules.all()] == ["bq"]
    await store.rules.save(replace(rule, then=saying("致歉").then), second(3))
    await store.templates.save(Template(0, "新的", "好", "致歉"), second(4))
    assert [one.then[0].text for one in await store.rules.all()] == ["抱歉"]
