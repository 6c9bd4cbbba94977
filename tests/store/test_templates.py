"""Stored answers and their revisions, on both engines; and what becomes of those of an older schema."""

import asyncio

import pytest
from msgspec.structs import replace

from tests.store.chats import T0, second
from wxdesk.core.errors import NotFound, ShortcutTaken
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.templates import Prompt, Template
from wxdesk.store import Store

FULL = Template(
    0,
    "发货",
    "您好 {{ contact.alias }}，单号 {{ ask.单号 }}\0",
    "fh",
    keywords=("物流", "快递"),
    category="售后",
    others=("{{ ask.单号 }} 已发出",),
    variant=Variant.ROTATE,
    prompts=(Prompt("单号", "快递单号", "SF", required=False),),
)
LINK = Template(0, "退换", content=Content(ReplyKind.LINK, title="退换货", url="https://shop.example/return"))


async def test_a_template_comes_back_as_it_was(store: Store) -> None:
    saved = await store.templates.save(FULL, second(1))
    link = await store.templates.save(LINK, second(2))
    assert saved == replace(FULL, id=saved.id, revision=1, updated_at=second(1))
    assert await store.templates.all() == [saved, link]


async def test_a_deletion_that_is_undone_twice_is_undone(store: Store) -> None:
    saved = await store.templates.save(FULL, T0)
    await store.templates.delete(saved.id)
    await asyncio.gather(*(store.templates.put_back(saved) for _ in range(4)))
    assert await store.templates.all() == [saved]


async def test_a_template_comes_back_as_it_was_saved_last(store: Store) -> None:
    saved = await store.templates.save(FULL, T0)
    changed = await store.templates.save(replace(saved, body="改了", shortcut="gl"), second(1))
    await store.templates.delete(saved.id)
    await store.templates.save(Template(0, "另一个", "好", saved.shortcut), second(2))
    await store.templates.put_back(saved)
    assert changed in await store.templates.all()


async def test_two_templates_saved_at_once_do_not_get_the_same_shortcut(store: Store) -> None:
    saves = (store.templates.save(replace(FULL, title=f"{n}"), T0) for n in range(8))
    made = await asyncio.gather(*saves, return_exceptions=True)
    assert [type(one) for one in made if not isinstance(one, ShortcutTaken)] == [Template]
    assert len(await store.templates.all()) == 1


async def test_templates_are_listed_by_title(store: Store) -> None:
    later, first = [await store.templates.save(Template(0, title, "好"), T0) for title in ("b", "a")]
    assert await store.templates.all() == [first, later]
    changed = await store.templates.save(replace(later, title="0"), second(3))
    assert changed == replace(later, title="0", revision=2, updated_at=second(3))
    assert await store.templates.all() == [changed, first]


async def test_every_revision_is_kept_also_of_what_is_deleted(store: Store) -> None:
    saved = await store.templates.save(FULL, T0)
    changed = await store.templates.save(replace(saved, body="改了"), second(1))
    await store.templates.delete(saved.id)
    assert await store.templates.revisions(saved.id) == [changed, saved]
    assert await store.templates.all() == []
    again = await store.templates.save(FULL, second(2))
    assert again.id > saved.id  # the id of one that is gone would bring its revisions along


async def test_a_deleted_template_cannot_be_changed_or_deleted(store: Store) -> None:
    saved = await store.templates.save(FULL, T0)
    await store.templates.delete(saved.id)
    with pytest.raises(NotFound):
        await store.templates.delete(saved.id)
    with pytest.raises(NotFound):
        await store.templates.save(saved, T0)
    await store.templates.count_use(saved.id, T0)


async def test_uses_are_counted_and_survive_a_change_and_an_undone_deletion(store: Store) -> None:
    saved = await store.templates.save(FULL, T0)
    for at in (second(1), second(2)):
        await store.templates.count_use(saved.id, at)
    changed = await store.templates.save(replace(saved, title="已发货"), second(3))
    assert (changed.uses, changed.last_used_at) == (2, second(2))
    await store.templates.delete(saved.id)
    await store.templates.put_back(changed)
    assert await store.templates.all() == [changed]
    assert (await store.templates.save(changed, second(4))).revision == 3


async def test_a_shortcut_belongs_to_one_template(store: Store) -> None:
    saved = await store.templates.save(FULL, T0)
    with pytest.raises(ShortcutTaken, match="发货"):
        await store.templates.save(Template(0, "另一个", "好", "ＦＨ"), T0)
    other = await store.templates.save(Template(0, "另一个", "好"), T0)
    await store.templates.save(Template(0, "又一个", "好"), T0)  # none is no shortcut
    await store.templates.save(replace(saved, title="仍然是它"), T0)
    with pytest.raises(ShortcutTaken):
        await store.templates.save(replace(other, shortcut="fh"), T0)
    await store.templates.delete(saved.id)
    await store.templates.save(replace(other, shortcut="fh"), T0)
    with pytest.raises(ShortcutTaken):
        await store.templates.put_back(saved)
