"""Templates that rules use: renamed freely, and neither deleted nor turned into a question."""

import pytest
from msgspec.structs import replace

from tests.store.chats import T0, second
from wxdesk.core.model.rule import Action, ActionKind, Reference, Rule
from wxdesk.core.rules.template_names import PromptWithoutDefault, TemplateInUse
from wxdesk.core.templates import Prompt, Template
from wxdesk.store import Store

SORRY = Template(0, "抱歉", "非常抱歉", "bq")


def saying(template: Reference, *, enabled: bool = True) -> Rule:
    return Rule("投诉", enabled=enabled, then=(Action(ActionKind.TEMPLATE, template=template),))


async def test_a_new_name_of_a_template_changes_no_rule(store: Store) -> None:
    saved = await store.templates.save(SORRY, T0)
    rule = await store.rules.save(saying(saved.id), second(1))
    await store.templates.save(replace(saved, title="致歉", shortcut="dbq"), second(2))
    assert len(await store.rules.revisions(rule.id)) == 1
    assert await store.rules.all() == [rule]


async def test_a_rule_that_has_only_the_name_refers_to_the_template_once_it_is_there(store: Store) -> None:
    """Whoever wrote it had no such template yet."""
    rule = await store.rules.save(saying("bq"), T0)
    other = await store.rules.save(replace(saying("别的"), name="b"), T0)
    saved = await store.templates.save(SORRY, second(1))
    bound = replace(rule, then=saying(saved.id).then)
    assert await store.rules.all() == [bound, other]
    await store.templates.save(replace(saved, shortcut="dbq"), second(2))
    assert await store.rules.all() == [bound, other]
    assert [one.then for one in await store.rules.revisions(rule.id)] == [bound.then]


@pytest.mark.parametrize("enabled", [True, False])
async def test_a_used_template_is_neither_deleted_nor_made_a_question(store: Store, enabled: bool) -> None:
    saved = await store.templates.save(SORRY, T0)
    rule = await store.rules.save(saying(saved.id, enabled=enabled), second(1))
    with pytest.raises(TemplateInUse, match="投诉"):
        await store.templates.delete(saved.id)
    with pytest.raises(PromptWithoutDefault, match="单号"):
        await store.templates.save(replace(saved, body="{{ ask.单号 }}", prompts=(Prompt("单号"),)), second(2))
    assert (await store.templates.all(), await store.templates.revisions(saved.id)) == ([saved], [saved])
    assert await store.rules.all() == [rule]
    await store.rules.delete(rule.id)
    await store.templates.delete(saved.id)
    assert await store.templates.all() == []


async def test_the_title_of_a_deleted_template_is_known(store: Store) -> None:
    saved = await store.templates.save(SORRY, T0)
    await store.templates.save(replace(saved, title="致歉"), second(1))
    assert await store.templates.deleted_titles() == {}
    await store.templates.delete(saved.id)
    assert await store.templates.deleted_titles() == {saved.id: "致歉"}
