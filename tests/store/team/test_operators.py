"""Operators of a team: who may change whom, and what wrong passwords cost."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.store.chats import Talk
from wxdesk.core.errors import BadInput, NotAllowed
from wxdesk.core.model.operator import ACTING, Operator, Role, acting, acting_name
from wxdesk.core.model.reply import Content, Draft, UnsentContent
from wxdesk.store import Store
from wxdesk.store.settings import CALL

AT = datetime(2026, 11, 28, 8, tzinfo=UTC)


async def made(store: Store, name: str, role: Role = Role.OPERATOR) -> Operator:
    await store.operators.add(name, role, f"hash of {name}", AT)
    found = await store.operators.find(name)
    assert found is not None
    return found.operator


def role(operator: Operator, role: Role, *, active: bool = True) -> Operator:
    return Operator(operator.id, operator.name, role, active)


def test_roles_have_an_order() -> None:
    rights = [[role.covers(needed) for needed in Role] for role in Role]
    assert rights == [[True, False, False], [True, True, False], [True, True, True]]


def test_a_name_acts_for_a_while() -> None:
    assert (acting_name(), acting()) == ("", "operator")
    token = ACTING.set(Operator(1, "小王", Role.LEAD))
    assert (acting_name(), acting()) == ("小王", "小王")
    ACTING.reset(token)


async def test_operators_are_listed_by_name(store: Store) -> None:
    wang, li = await made(store, "wang", Role.OWNER), await made(store, "li")
    assert await store.operators.all() == [li, wang]
    found = await store.operators.find(wang.id)
    assert found is not None
    assert (found.operator, found.password_hash, found.wait_until) == (wang, "hash of wang", None)
    assert await store.operators.find("nobody") is None


async def test_a_second_operator_of_the_same_name_is_refused(store: Store) -> None:
    await made(store, "wang")
    with pytest.raises(BadInput, match="“wang” already"):
        await store.operators.add("wang", Role.OWNER, "", AT)


async def test_only_an_owner_changes_other_operators(store: Store) -> None:
    owner, lead, other = await made(store, "o", Role.OWNER), await made(store, "l", Role.LEAD), await made(store, "x")
    for refused in (lead, other):
        with pytest.raises(NotAllowed, match="Only an owner"):
            await store.operators.change(other, role(other, Role.LEAD), AT, refused)
        with pytest.raises(NotAllowed):
            await store.operators.set_password(owner, "new", AT, refused)
    await store.operators.change(other, role(other, Role.LEAD, active=False), AT, owner)
    await store.operators.change(lead, None, AT, owner)
    assert await store.operators.all() == [owner, role(other, Role.LEAD, active=False)]
    with pytest.raises(NotAllowed):  # removed meanwhile, whatever its desk still believes
        await store.operators.set_password(lead, "new", AT, lead)


async def test_calls_of_one_who_is_removed_go_with_them(store: Store) -> None:
    """Whoever has the same name later sees nothing of them."""
    li = await made(store, "li_")
    for name in ("li_", "lin"):
        await store.settings.set(f"{CALL}{name}:1", "look at this customer")
    await store.operators.change(li, None, AT)
    assert [*await store.settings.beginning(CALL)] == [f"{CALL}lin:1"]


async def test_texts_begun_by_one_who_is_removed_go_with_them(store: Store, talk: Talk) -> None:
    """Whoever has the same name later is not shown what another began to write."""
    li, begun = await made(store, "li"), UnsentContent(Content(text="hello"))
    thread = (await talk.says("oLI")).conversation.id
    for name in ("li", "lin"):
        await store.drafts.keep({thread: (begun,)}, name)
    await store.operators.change(li, None, AT)
    assert await store.drafts.stored("li") == []
    assert await store.drafts.stored("lin") == [(thread, Draft(begun.content))]


async def test_everybody_changes_their_own_password(store: Store) -> None:
    await made(store, "o", Role.OWNER)
    own = await made(store, "x")
    await store.operators.set_password(own, "new", AT, own)
    found = await store.operators.find("x")
    assert found is not None
    assert found.password_hash == "new"


async def test_the_last_owner_stays_while_there_are_others(store: Store) -> None:
    owner, other = await made(store, "o", Role.OWNER), await made(store, "x")
    for after in (role(owner, Role.LEAD), role(owner, Role.OWNER, active=False), None):
        with pytest.raises(BadInput, match="last owner"):
            await store.operators.change(owner, after, AT, owner)
    await store.operators.change(other, None, AT)
    await store.operators.change(owner, None, AT)
    assert await store.operators.all() == []


async def test_of_two_owners_who_demote_each_other_one_wins(store: Store) -> None:
    """Else a team would be left without an owner."""
    for turn in range(10):
        pair = [await made(store, f"{turn}{name}", Role.OWNER) for name in "ab"]
        for other in await store.operators.all():
            if other not in pair:
                await store.operators.change(other, None, AT)
        done = await asyncio.gather(
            *(store.operators.change(it, role(it, Role.LEAD), AT, by) for it, by in (pair, pair[::-1])),
            return_exceptions=True,
        )
        assert sorted(type(one).__name__ for one in done) == ["NoneType", "NotAllowed"]
        assert [one.role for one in await store.operators.all()].count(Role.OWNER) == 1


async def test_of_two_who_change_the_same_one_is_told(store: Store) -> None:
    owners, other = [await made(store, name, Role.OWNER) for name in "ab"], await made(store, "x")
    changes = (role(other, Role.LEAD), role(other, Role.OPERATOR, active=False))
    done = await asyncio.gather(
        *(store.operators.change(other, after, AT, by) for after, by in zip(changes, owners, strict=True)),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in done) == ["BadInput", "NoneType"]


async def test_wrong_passwords_slow_down_to_a_minute(store: Store) -> None:
    own = await made(store, "x")
    waits = []
    for _ in range(14):
        await store.operators.count_try(own, AT, right=False)
        found = await store.operators.find("x")
        assert found is not None
        waits.append(found.wait_until and (found.wait_until - AT) // timedelta(seconds=1))
    assert waits == [None, None, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60]
    await store.operators.count_try(own, AT, right=True)
    found = await store.operators.find("x")
    assert found is not None
    assert found.wait_until is None


async def test_changes_are_kept_with_who_made_them(store: Store) -> None:
    owner = await made(store, "o", Role.OWNER)
    await store.operators.note("preferences.set", "", AT, owner)
    await store.operators.add("x", Role.LEAD, "secret hash", AT, owner)
    kept = [(one.operator, one.action, one.about) for one in await store.operators.actions(10)]
    assert kept == [("o", "operators.add", "x"), ("o", "preferences.set", ""), ("", "operators.add", "o")]
    assert len(await store.operators.actions(1)) == 1


async def test_what_was_done_in_a_conversation_names_its_customer(talk: Talk, store: Store) -> None:
    """The number of a conversation is shown nowhere else."""
    owner, said = await made(store, "o", Role.OWNER), await talk.says("li")
    for action, about in (("conversations.take_over", said.conversation.id), ("conversations.take_over", 99)):
        await store.operators.note(action, str(about), AT, owner)
    await store.operators.note("templates.save", str(said.conversation.id), AT, owner)
    of_template, of_deleted, named = await store.operators.actions(3)
    assert (named.contacts, of_deleted.contacts, of_template.contacts) == ((said.conversation.contact,), (), ())
