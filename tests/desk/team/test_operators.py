"""Operators of a team: who may do what, signing in at a desk and losing it again, and whose name is kept."""

import asyncio
import inspect
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.desk.team.test_desks_of_a_team import Team, failing_once, team
from tests.flow.conftest import sandbox
from tests.postgresql import Postgres
from wxdesk.core.conversations.changes import RowAct, RowChange
from wxdesk.core.errors import BadInput, NotAllowed
from wxdesk.core.events import MessageKept
from wxdesk.core.model.operator import Operator, Role
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.preferences import Preferences
from wxdesk.core.templates import Template
from wxdesk.desk import operators as operators_room
from wxdesk.desk.operators import Operators, checked_name, hashed
from wxdesk.desk.setup.account_editing import AccountEditing
from wxdesk.desk.team.commands import COMMANDS, SHARED
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.secrets.sources import SecretSources
from wxdesk.store.settings import OWN_PREFERENCES
from wxdesk.store.team import OperatorStore, SignInRow

__all__ = ["sandbox", "team"]

PASSWORDS = {"老板": "the owner's own", "组长": "the lead's own", "小王": "wang's own 1"}
ROLE_OF = {"老板": Role.OWNER, "组长": Role.LEAD, "小王": Role.OPERATOR}

LEADS = {"rules.rulebook", "rules.exchange", "rules.business_hours", "templates", "preferences", "accounts"}
OWNERS = {"account_editing", "erasing"}
EXCEPTIONS = {
    "templates.count_use": Role.OPERATOR,
    "preferences.set_own": Role.OPERATOR,
    "claims.take": Role.LEAD,
}


def test_each_command_has_its_role() -> None:
    """Conversations are everybody's; what changes them for all is a lead's, what has secrets an owner's."""
    for call, command in COMMANDS.items():
        part = call.rpartition(".")[0]
        of_part = Role.LEAD if part in LEADS else Role.OWNER if part in OWNERS else Role.OPERATOR
        assert command.role is EXCEPTIONS.get(call, of_part), call


def test_each_command_keeps_its_record_and_its_claim() -> None:
    """Replies have a history; who only reads, types or is there leaves nothing behind, and needs no claim."""
    passing = {"replies", "drafts", "typing", "presence", "attention", "customer_data"}
    others = {"conversations.mark_read", "outbox.try_now", "templates.count_use", "preferences.set_own", "claims.see"}
    unrecorded = {call for call in COMMANDS if call.rpartition(".")[0] in passing} | others
    assert {call for call, command in COMMANDS.items() if not command.recorded} == unrecorded
    writing = {f"replies.{name}" for name in ("write", "write_split", "release", "edit", "retry")}
    assert {call for call, command in COMMANDS.items() if command.writes} == writing
    assert [call for call, command in COMMANDS.items() if command.by_itself] == ["presence.attend"]


def test_every_change_of_an_account_is_a_command_with_a_role() -> None:
    changes = {name for name, _ in inspect.getmembers(AccountEditing, inspect.iscoroutinefunction) if name[0] != "_"}
    by_itself = {"finish_rename", "resolve_removed"}
    assert {f"account_editing.{name}" for name in changes - by_itself} == COMMANDS.keys() - SHARED.keys()


@pytest.mark.parametrize("name", ["", "   ", "x" * 31, "WeChat", "contact", "a\nb", "Operator"])
def test_a_name_that_would_be_mistaken_is_refused(name: str) -> None:
    with pytest.raises(BadInput, match="A name has 1 to 30"):
        checked_name(name)


@pytest.fixture
def operators(team: Team) -> Operators:
    found = team.desk.desk.operators
    assert found is not None
    return found


@pytest.fixture
async def staffed(team: Team, operators: Operators) -> Team:
    """A team with one of each role; nobody is signed in yet."""
    for name, password in PASSWORDS.items():
        await team.server.store.operators.add(name, ROLE_OF[name], await hashed(password), team.server.desk.clock())
    await operators.look()
    return team


async def sign_in(operators: Operators, name: str) -> None:
    await operators.sign_in(name, PASSWORDS[name])


FILE = '[[rules]]\nname = "Hours"\nwhen = { any = ["几点"] }\nthen = [{ reply = "九点" }]\n'
RULE = Rule("Hours", when=Condition(any=("几点",)), then=(Action(ActionKind.REPLY, text="九点"),))


async def test_without_an_owner_nobody_signs_in(team: Team, operators: Operators) -> None:
    """So that an update changes nothing for a team that has not set names up."""
    await team.server.store.operators.add("小王", Role.LEAD, await hashed("password"), team.server.desk.clock())
    await operators.look()
    assert not operators.required
    assert team.desk.desk.why_not(Role.OWNER) == ""
    await team.desk.desk.preferences.set(Preferences(undo_seconds=3))


async def test_without_sign_in_nothing_can_be_changed(staffed: Team, operators: Operators) -> None:
    assert operators.required
    with pytest.raises(NotAllowed, match="Sign in first"):
        await staffed.desk.desk.outbox.pause()
    with pytest.raises(NotAllowed, match="Sign in first"):
        await operators.add("x", Role.OWNER, "long enough")


async def test_the_server_refuses_what_a_role_may_not(staffed: Team, operators: Operators) -> None:
    desk = staffed.desk.desk
    await sign_in(operators, "小王")
    with pytest.raises(NotAllowed, match="Only a lead or an owner"):
        await desk.rules.rulebook.save(RULE)
    with pytest.raises(NotAllowed, match="Only an owner"):
        await operators.add("x", Role.OPERATOR, "long enough")
    assert desk.why_not(Role.LEAD) == "Only a lead or an owner can do this."
    await desk.outbox.pause()  # the brake is everybody's
    await sign_in(operators, "组长")
    saved = await desk.rules.rulebook.save(RULE)
    assert saved.id
    kept = [(one.operator, one.action, one.about) for one in await operators.actions(10)]
    assert kept[:2] == [("组长", "rules.rulebook.save", "Hours"), ("小王", "outbox.pause", "")]


async def test_what_was_done_is_kept_by_the_name_of_what_it_is_about(staffed: Team, operators: Operators) -> None:
    desk = staffed.desk.desk
    await sign_in(operators, "组长")
    saved = await desk.rules.rulebook.save(RULE)
    await desk.rules.rulebook.set_enabled(saved.id, False)
    await desk.rules.rulebook.delete(saved.id)
    await desk.rules.exchange.take_in(FILE, "shop.toml")
    template = await desk.templates.save(Template(0, "Greeting", "Hello"))
    await desk.templates.delete(template.id)
    await desk.skipped.ask_rules(True)
    kept = [(one.action, one.about) for one in await operators.actions(6)]
    assert kept == [
        ("skipped.ask_rules", ""),
        ("templates.delete", "Greeting"),
        ("templates.save", "Greeting"),
        ("rules.exchange.take_in", ""),
        ("rules.rulebook.delete", "Hours"),
        ("rules.rulebook.set_enabled", "Hours"),
    ]
    await staffed.sandbox.say(LI_LEI.openid, "hello")
    thread = (await staffed.until(MessageKept)).conversation_id
    await desk.conversations.change((thread,), RowChange(RowAct.PIN))
    [pinned] = await operators.actions(1)
    assert (pinned.about, len(pinned.contacts)) == (str(thread), 1)
    await staffed.sandbox.say("oCustomer000000000000000002", "hello")
    other = (await staffed.until(MessageKept)).conversation_id
    await desk.conversations.change((other, thread), RowChange(RowAct.PIN))
    [both] = await operators.actions(1)
    assert (both.conversation_ids, len(both.contacts)) == ((other, thread), 2)


async def test_who_signs_out_during_a_look_at_the_row_is_not_shut_out(staffed: Team, operators: Operators) -> None:
    """The look used to fail, and a bar said that changed rights are not noticed."""
    await sign_in(operators, "小王")

    class Interrupted(OperatorStore):
        async def find(self, key: int | str) -> SignInRow | None:
            row = await OperatorStore.find(self, key)
            await operators.sign_out()
            return row

    operators._store = Interrupted(operators._store._db)
    await operators.look()
    assert (operators.now, operators.shut_out) == (None, "")


async def test_a_reply_has_the_name_of_its_operator(staffed: Team, operators: Operators) -> None:
    desk = staffed.desk.desk
    await sign_in(operators, "组长")
    await desk.preferences.set(Preferences(undo_seconds=30))  # to check a password takes seconds on a busy machine
    await sign_in(operators, "小王")
    await staffed.sandbox.say(LI_LEI.openid, "hello")
    kept = await staffed.until(MessageKept)
    reply = await desk.replies.write(kept.conversation_id, "by hand")
    assert reply.operator == "小王"
    await sign_in(operators, "组长")
    undone = await desk.replies.undo(reply.id)
    assert undone
    assert (await staffed.server.store.replies.get(reply.id)).by == "组长"


@pytest.mark.expects_log("database error")
async def test_a_command_succeeds_though_its_record_cannot_be_stored(
    staffed: Team, operators: Operators, postgres: Postgres
) -> None:
    await sign_in(operators, "组长")
    async with failing_once(postgres, "INSERT ON operator_actions"):
        await staffed.desk.desk.preferences.set(Preferences(hands_out=True))
    assert staffed.server.desk.preferences.now.hands_out


async def test_a_revision_has_the_name_of_its_operator(staffed: Team, operators: Operators) -> None:
    desk = staffed.desk.desk
    await sign_in(operators, "组长")
    rule = await desk.rules.rulebook.save(RULE)
    [revision] = await desk.rules.rulebook.revisions(rule.id)
    assert revision.by == "组长"
    template = await desk.templates.save(Template(0, "Hello", "hi"))
    [kept] = await desk.templates.revisions(template.id)
    assert kept.by == "组长"


async def test_each_operator_has_own_preferences_and_the_shop_the_others(staffed: Team, operators: Operators) -> None:
    """Whatever desk they sit at; a role is needed for the shop's alone."""
    desk, server = staffed.desk.desk, staffed.server.desk
    await sign_in(operators, "小王")
    quiet = replace(desk.preferences.now, sound=False, quiet_from=22, quiet_until=8, undo_seconds=9)
    with pytest.raises(NotAllowed, match="Only a lead or an owner"):
        await desk.preferences.set(replace(quiet, stale_minutes=7))
    await desk.preferences.set_own(replace(quiet, stale_minutes=7))
    assert desk.preferences.now == quiet
    assert server.preferences.now == Preferences()
    await sign_in(operators, "组长")
    assert desk.preferences.now == Preferences()
    await desk.preferences.set(Preferences(stale_minutes=7, sound=False))
    assert desk.preferences.now == server.preferences.now == Preferences(stale_minutes=7)
    await sign_in(operators, "小王")
    assert desk.preferences.now == replace(quiet, stale_minutes=7)
    await staffed.sandbox.say(LI_LEI.openid, "hello")
    kept = await staffed.until(MessageKept)
    reply = await desk.replies.write(kept.conversation_id, "by hand")
    assert reply.due_at is not None
    assert reply.due_at - reply.created_at == timedelta(seconds=9)
    assert [one.action for one in await operators.actions(10) if one.operator] == ["preferences.set"]
    wang = operators.now
    assert wang is not None
    await staffed.server.store.operators.change(wang, None, desk.clock())
    assert await staffed.server.store.settings.beginning(OWN_PREFERENCES) == {}


async def test_a_deactivated_operator_is_signed_out_at_once(staffed: Team, operators: Operators) -> None:
    """The server looks at the row each time; the window follows within seconds."""
    await sign_in(operators, "小王")
    wang = operators.now
    assert wang is not None
    store, clock = staffed.server.store.operators, staffed.server.desk.clock
    await store.change(wang, Operator(wang.id, wang.name, wang.role, active=False), clock())
    with pytest.raises(NotAllowed, match="Sign in first"):
        await staffed.desk.desk.outbox.pause()
    await operators.look()
    assert operators.now is None
    with pytest.raises(BadInput, match="name or the password"):
        await sign_in(operators, "小王")


async def test_a_demotion_holds_at_once(staffed: Team, operators: Operators, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operators_room, "LOOK_SECONDS", 0.05)
    await sign_in(operators, "组长")
    lead = operators.now
    assert lead is not None
    await staffed.server.store.operators.change(
        lead, Operator(lead.id, lead.name, Role.OPERATOR), staffed.server.desk.clock()
    )
    async with asyncio.timeout(10):
        while operators.now == lead:
            await staffed.events.get()
    assert staffed.desk.desk.why_not(Role.LEAD)


async def test_wrong_passwords_cost_time(staffed: Team) -> None:
    now = staffed.desk.desk.clock()  # stands still: to check a password may take longer than the wait for the next try
    operators = Operators(staffed.server.store.operators, None, lambda _: None, lambda: now)
    for _ in range(3):
        with pytest.raises(BadInput, match="The name or the password is wrong"):
            await operators.sign_in("小王", "guess")
    with pytest.raises(BadInput, match="try again in"):
        await sign_in(operators, "小王")
    with pytest.raises(BadInput, match="The name or the password is wrong"):
        await operators.sign_in("nobody", "guess")
    await sign_in(operators, "组长")  # others do not wait


async def test_a_changed_password_ends_remembered_sign_ins(staffed: Team, operators: Operators, tmp_path: Path) -> None:
    store, desk = staffed.server.store.operators, staffed.desk.desk
    sources = SecretSources(tmp_path / "elsewhere")
    sources.keychain.get = lambda *_: None  # type: ignore[method-assign]  # no keychain of this machine
    sources.keychain.put = lambda *_: False  # type: ignore[method-assign]
    there = Operators(store, sources, lambda _: None, desk.clock)
    await there.sign_in("小王", PASSWORDS["小王"], stay=True)

    async def started() -> Operator | None:
        again = Operators(store, sources, lambda _: None, desk.clock)
        await again.begin()
        return again.now

    assert await started() == there.now
    await sign_in(operators, "小王")
    with pytest.raises(BadInput, match="at least 8"):
        await operators.change_own_password(PASSWORDS["小王"], "short")
    with pytest.raises(BadInput, match="wrong"):
        await operators.change_own_password("not it", "quite another one")
    await operators.change_own_password(PASSWORDS["小王"], "quite another one")
    assert operators.now is not None
    await operators.look()
    assert operators.now is not None  # who changed it stays
    assert await started() is None
    await there.look()
    assert there.now is None


async def test_an_owner_sets_another_password(staffed: Team, operators: Operators) -> None:
    await sign_in(operators, "老板")
    wang = next(one for one in await operators.all() if one.name == "小王")
    await operators.set_password(wang, "given by the owner")
    await operators.sign_in("小王", "given by the owner")
    await operators.sign_out()
    assert operators.now is None


async def test_signing_out_forgets_the_machine(staffed: Team, operators: Operators) -> None:
    await operators.sign_in("小王", PASSWORDS["小王"], stay=True)
    await operators.sign_out()
    again = Operators(staffed.server.store.operators, None, lambda _: None, staffed.desk.desk.clock)
    await again.begin()
    assert (again.required, again.now) == (True, None)
