"""What arrives, and what does not arrive in time, decides the last two facts; they survive a restart."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.desk.setup.worlds import SetupWorld, setup_world
from tests.store.chats import Talk
from tests.wechat.worlds import ACCOUNT, CREDENTIALS
from wxdesk.core.errors import StoreError
from wxdesk.core.events import ConfigurationChanged, MessageKept, ReachabilityChanged, ReplyChanged
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.replies.lifecycle import Move
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.reach import Reach
from wxdesk.desk.setup.sentences import text
from wxdesk.desk.setup.waiting import PATIENCE
from wxdesk.threads import end_tasks

V = CheckVerdict
URL_CHECK, REAL_MESSAGE = Check.URL_CHECK, Check.MESSAGE


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[SetupWorld]:
    async with setup_world(tmp_path) as made:
        yield made


def test_a_new_account_waits_for_its_first_request(world: SetupWorld) -> None:
    assert (world.verdict(URL_CHECK), world.verdict(REAL_MESSAGE)) == (V.UNKNOWN, V.WAITING)


def test_each_request_decides_its_fact(world: SetupWorld) -> None:
    world.sees("refused: signature", V.TOKEN_DIFFERS, Check.URL_CHECK, cause="case")
    assert world.verdict(URL_CHECK) is V.TOKEN_DIFFERS
    world.sees("refused: address", V.NOT_WECHAT, Check.URL_CHECK)
    assert world.verdict(URL_CHECK) is V.TOKEN_DIFFERS
    world.sees("checked", V.OK, Check.URL_CHECK)
    assert world.verdict(URL_CHECK) is V.OK
    world.sees("refused: decryption", V.AES_KEY_DIFFERS)
    assert (world.verdict(URL_CHECK), world.verdict(REAL_MESSAGE)) == (V.OK, V.AES_KEY_DIFFERS)


def test_good_pushes_of_one_moment_count_as_one_unless_something_comes_between(world: SetupWorld) -> None:
    for key in "12":
        world.sees("kept", V.OK, key=key)
    assert world.verdict(URL_CHECK) is V.OK
    world.sees("refused: signature", V.TOKEN_DIFFERS, cause="case")
    assert world.verdict(URL_CHECK) is V.TOKEN_DIFFERS
    for key in "34":
        world.sees("kept", V.OK, key=key)
    assert world.verdict(URL_CHECK) is V.OK
    world.sees("duplicate", V.OK, key="4")  # known though it was only counted
    assert V.PUSH_REPEATED in {counted.finding.verdict for counted in world.attempts._unwritten.values()}


def test_hints_are_given_while_checked_and_silent(world: SetupWorld) -> None:
    assert world.desk.hints("shop") == ()
    world.sees("checked", V.OK, Check.URL_CHECK)
    assert {one.verdict for one in world.desk.hints("shop")} >= {V.NOT_ENABLED, V.CLOUD_HOSTING, V.WECOM_SERVICE}


def test_a_second_check_at_once_was_not_content_with_the_first_answer(world: SetupWorld) -> None:
    world.sees("checked", V.OK, Check.URL_CHECK)
    world.now += timedelta(seconds=20)
    world.sees("checked", V.OK, Check.URL_CHECK)
    assert world.verdict(URL_CHECK) is V.ECHO_NOT_ACCEPTED
    world.sees("kept", V.OK)
    assert world.verdict(URL_CHECK) is V.OK
    world.now += timedelta(minutes=10)
    world.sees("checked", V.OK, Check.URL_CHECK)
    assert world.verdict(URL_CHECK) is V.OK


def test_something_of_wechats_proves_an_address_that_is_not_configured(world: SetupWorld) -> None:
    nowhere = Finding(Check.ADDRESS, V.NO_PUBLIC_URL)
    world.desk.on_event(ReachabilityChanged(Reach(nowhere)))
    assert world.verdict(Check.ADDRESS) is V.NO_PUBLIC_URL
    world.sees("checked", V.OK, Check.URL_CHECK)
    assert (world.verdict(Check.ADDRESS), world.desk.state.reach.verdict) == (V.OK, V.OK)


@pytest.mark.parametrize(
    ("saved", "reach", "verdict"),
    [
        (V.NOT_SUBMITTED, V.OK, V.NOT_SUBMITTED),
        (V.NOT_SUBMITTED, V.FIREWALL, V.NOT_SUBMITTED),
        (V.NAME_UNRESOLVED, V.OK, V.NAME_UNRESOLVED),
        (V.OK, V.OK, V.WAF_DROPS),
        (V.OK, V.FIREWALL, V.FIREWALL),
        (None, V.OK, V.NOT_SUBMITTED),
        (None, V.FIREWALL, V.FIREWALL),
    ],
)
async def test_silence_after_submitting_is_explained(
    world: SetupWorld, saved: CheckVerdict | None, reach: CheckVerdict, verdict: CheckVerdict
) -> None:
    world.api.saved = saved
    world.desk.on_event(ReachabilityChanged(Reach(Finding(Check.ADDRESS, reach))))
    await world.submits()
    assert world.verdict(URL_CHECK) is V.WAITING
    world.now += PATIENCE
    await world.waiting._judge()
    assert world.verdict(URL_CHECK) is verdict
    found = world.desk.state.account("shop").finding(URL_CHECK)
    assert ("does not say whether" in text(found)) is ((saved, reach) == (None, V.OK))


async def test_a_waiting_account_is_told_of_a_request_of_no_account(world: SetupWorld) -> None:
    await world.submits()
    world.sees("refused: unknown address", V.WRONG_PATH, Check.URL_CHECK, account="", path="/x")
    assert world.verdict(URL_CHECK) is V.WRONG_PATH
    world.now += PATIENCE
    await world.waiting._judge()
    assert world.verdict(URL_CHECK) is V.WRONG_PATH


async def test_a_check_that_came_before_the_press_for_it_stands(world: SetupWorld) -> None:
    seen = world.desk.state.account("shop").finding(URL_CHECK)
    world.sees("checked", V.OK, Check.URL_CHECK)
    await world.desk.submitted("shop", seen)
    world.now += PATIENCE
    await world.waiting._judge()
    assert world.verdict(URL_CHECK) is V.OK


async def becomes(world: SetupWorld, verdict: CheckVerdict) -> None:
    """Wait until that is known of the shop's messages."""
    async with asyncio.timeout(10):
        while world.verdict(REAL_MESSAGE) is not verdict:
            world.heard._more.clear()
            await world.heard._more.wait()


async def test_a_message_is_done_only_when_a_rule_has_answered_it(world: SetupWorld) -> None:
    talk, working = Talk(world.store), asyncio.create_task(world.desk.run())
    world.rules.has_rules = False
    world.sees("kept", V.OK)
    await becomes(world, V.WAITING)  # the message is made of the push only later
    item = await talk.says("oLi")
    world.desk.on_event(MessageKept(item.conversation.id, item.message.id))
    await becomes(world, V.NO_RULES)
    assert world.desk.state.account("shop").missing is not None
    world.rules.has_rules = True
    [reply] = await talk.decides(item.message, "您好")
    world.waiting.look_again()
    await becomes(world, V.UNANSWERED)
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT)
    world.desk.on_event(ReplyChanged(item.conversation.id, reply.id, ReplyState.SENT))
    await becomes(world, V.OK)
    await end_tasks([working])


@pytest.mark.expects_log("database error")
async def test_a_proof_that_no_disk_took_is_looked_for_again(world: SetupWorld, tmp_path: Path) -> None:
    talk = Talk(world.store)
    item = await talk.says("oLi")
    [reply] = await talk.decides(item.message, "您好")
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT)
    world.sees("refused: decryption", V.AES_KEY_DIFFERS)
    await world.attempts.flush()
    world.waiting.message_came("shop")
    with closing(sqlite3.connect(tmp_path / "desk.db", timeout=30)) as other:
        other.execute("CREATE TRIGGER full BEFORE INSERT ON setup_attempts BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(StoreError):
            await world.waiting._judge()
        assert world.verdict(REAL_MESSAGE) is V.AES_KEY_DIFFERS
        other.execute("DROP TRIGGER full")
    await world.waiting._judge()
    assert world.verdict(REAL_MESSAGE) is V.OK


async def test_facts_survive_a_restart(world: SetupWorld, tmp_path: Path) -> None:
    world.sees("checked", V.OK, Check.URL_CHECK)
    world.now += timedelta(seconds=1)
    world.sees("refused: decryption", V.AES_KEY_DIFFERS)
    await world.attempts.flush()
    await world.store.close()
    async with setup_world(tmp_path) as again:
        assert (again.verdict(URL_CHECK), again.verdict(REAL_MESSAGE)) == (V.OK, V.AES_KEY_DIFFERS)


async def test_a_home_of_an_older_program_is_proved_by_its_messages(tmp_path: Path) -> None:
    async with setup_world(tmp_path) as world:
        talk = Talk(world.store)
        item = await talk.says("oLi")
        [reply] = await talk.decides(item.message, "您好")
        await talk.moves(reply, Move.CLAIM, Move.ACCEPT)
    tea = (replace(ACCOUNT, name="tea"), CREDENTIALS)
    async with setup_world(tmp_path, accounts={"shop": (ACCOUNT, CREDENTIALS), "tea": tea}) as again:
        assert (again.verdict(URL_CHECK), again.verdict(REAL_MESSAGE)) == (V.OK, V.OK)
        assert (again.verdict(URL_CHECK, "tea"), again.verdict(REAL_MESSAGE, "tea")) == (V.UNKNOWN, V.WAITING)


async def test_an_account_that_got_another_name_is_proved_by_its_messages_at_once(
    world: SetupWorld, tmp_path: Path
) -> None:
    talk = Talk(world.store)
    item = await talk.says("oLi", account="tea")
    [reply] = await talk.decides(item.message, "您好")
    await talk.moves(reply, Move.CLAIM, Move.ACCEPT)
    world.accounts["tea"] = replace(ACCOUNT, name="tea")
    world.desk.on_event(ConfigurationChanged(added=("tea",)))
    await world.waiting._judge()
    assert (world.verdict(URL_CHECK, "tea"), world.verdict(REAL_MESSAGE, "tea")) == (V.OK, V.OK)


async def test_an_account_that_is_added_later_shares_the_address_that_is_reached_already(world: SetupWorld) -> None:
    world.desk.on_event(ReachabilityChanged(Reach(Finding(Check.ADDRESS, V.OK))))
    world.accounts["tea"] = replace(ACCOUNT, name="tea")
    world.desk.on_event(ConfigurationChanged(added=("tea",)))
    assert world.verdict(Check.ADDRESS, "tea") is V.OK
