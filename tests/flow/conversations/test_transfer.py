"""Handing contacts over to WeChat's own tool, through to WeChat and back."""

import asyncio
import dataclasses
import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import xmltodict
from msgspec.structs import replace
from wechatpy.crypto import WeChatCrypto

from tests.flow.conftest import World, setup_for
from tests.store.kept_pushes import kept_pushes
from wxdesk.app import open_desk
from wxdesk.core.events import DecisionMade
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.decision import Decision, Outcome
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.model.statistics import TimeSpan
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG, demo_account
from wxdesk.sandbox.platform.program import MiniProgram, ProgramSettings
from wxdesk.sandbox.push.passive_answer import AnswerVerdict
from wxdesk.sandbox.push.pusher import PushOutcome
from wxdesk.sandbox.server import Sandbox

RULES = """
[[rules]]
name = "to the tool"
when = { any = ["转人工"] }
then = [{ reply = "马上为您转接。" }, { transfer = true }]

[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "我们 9:00–21:00 营业。" }]
"""
HALF_AN_HOUR = timedelta(minutes=30)
LI, WANG = LI_LEI.openid, WANG_FANG.openid


class Clock:
    """The real time, moved by hand."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@asynccontextmanager
async def opened(
    home: Path, mode: PushMode = PushMode.SECURE, form: BodyFormat = BodyFormat.JSON, rules: str = RULES
) -> AsyncIterator[World]:
    """A WeChat whose tool takes nobody by itself, and a desk on it."""
    account, credentials = demo_account()
    clock = Clock()
    settings = ProgramSettings(kf_takes_at_once=False)
    sandbox = Sandbox(
        [MiniProgram(replace(account, push_mode=mode), credentials, form, settings=settings)], clock=clock
    )
    await sandbox.start()
    setup = dataclasses.replace(setup_for(sandbox, home, push_mode=mode), clock=clock)
    world = World(sandbox, await open_desk(setup), setup)
    try:
        if rules:
            await world.opened.desk.rules.exchange.take_in(rules, "rules.toml")
        sandbox.set_push_url(f"{world.opened.url}/wx/shop")
        yield world
    finally:
        await world.opened.stop()
        await sandbox.stop()


async def decided(world: World, pushing: Coroutine[Any, Any, PushOutcome]) -> tuple[PushOutcome, Decision]:
    """Push something, and wait until the desk has decided on it."""
    heard = asyncio.create_task(world.heard(lambda event: isinstance(event, DecisionMade)))
    await asyncio.sleep(0)
    outcome = await pushing
    event = await heard
    assert isinstance(event, DecisionMade)
    decision = await world.opened.store.decision_history.for_message(event.message_id)
    assert decision is not None
    return outcome, decision


async def conversation(world: World, openid: str) -> Conversation:
    return (await world.row_of(openid)).conversation


def read_by_others(outcome: PushOutcome, mode: PushMode, form: BodyFormat) -> dict[str, Any]:
    """The answer as programs read it that are not ours."""
    account, credentials = demo_account()

    def read(text: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(text) if form is BodyFormat.JSON else xmltodict.parse(text)["xml"]
        return found

    outer = read(outcome.answer)
    if mode is PushMode.PLAIN:
        return outer
    oracle = WeChatCrypto(credentials.push_token, credentials.encoding_aes_key, account.app_id)
    return read(oracle.decrypt_message(outer, outer["MsgSignature"], str(outer["TimeStamp"]), outer["Nonce"]))


@pytest.mark.parametrize("form", BodyFormat)
@pytest.mark.parametrize("mode", PushMode)
async def test_a_rule_hands_over_in_the_answer_to_the_very_message(
    tmp_path: Path, mode: PushMode, form: BodyFormat
) -> None:
    async with opened(tmp_path, mode, form) as world:
        outcome, decision = await decided(world, world.sandbox.say(LI, "请转人工"))
        assert outcome.reading.understood is AnswerVerdict.TRANSFER
        assert len(outcome.attempts) == 1
        answer = read_by_others(outcome, mode, form)
        assert answer.pop("CreateTime")
        assert answer == {
            "ToUserName": LI,
            "FromUserName": demo_account()[0].original_id,
            "MsgType": "transfer_customer_service",
        }
        assert (decision.outcome, decision.rule_name) == (Outcome.TRANSFERRED, "to the tool")
        thread = await conversation(world, LI)
        assert thread.transferred_until == decision.decided_at + HALF_AN_HOUR
        assert thread.waiting_since is None
        # What the same rule says leaves all the same, by the API.
        assert (await world.sandbox.wait_for_reply(LI)).text == "马上为您转接。"
        outcome, decision = await decided(world, world.sandbox.say(WANG, "几点关门"))
        assert (outcome.answer, decision.outcome) == ("success", Outcome.REPLIED)


async def test_a_message_from_a_contact_queued_at_the_tool_is_shown_and_no_rule_answers(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await decided(world, world.sandbox.say(LI, "转人工"))
        await world.sandbox.wait_for_reply(LI)
        outcome, decision = await decided(world, world.sandbox.say(LI, "几点关门"))
        assert (outcome.answer, decision.outcome) == ("success", Outcome.IN_TOOL)
        thread = await conversation(world, LI)
        assert thread.unread == 2
        assert thread.waiting_since is not None
        await world.opened.desk.conversations.take_back(thread.id)
        _, decision = await decided(world, world.sandbox.say(LI, "几点关门呀"))
        assert decision.outcome is Outcome.REPLIED


async def test_rules_answer_again_half_an_hour_after_a_transfer(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await decided(world, world.sandbox.say(LI, "转人工"))
        clock = world.setup.clock
        assert isinstance(clock, Clock)
        clock.ahead = HALF_AN_HOUR - timedelta(seconds=10)
        _, decision = await decided(world, world.sandbox.say(LI, "几点关门"))
        assert decision.outcome is Outcome.IN_TOOL
        clock.ahead = HALF_AN_HOUR
        _, decision = await decided(world, world.sandbox.say(LI, "几点关门呢"))
        assert decision.outcome is Outcome.REPLIED


async def test_events_of_the_tools_sessions_begin_and_end_a_transfer(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await decided(world, world.sandbox.say(WANG, "在吗"))
        _, decision = await decided(world, world.sandbox.push(WANG, tool_event("kf_create_session")))
        assert decision.outcome is Outcome.NOT_A_CUSTOMER
        thread = await conversation(world, WANG)
        assert thread.transferred_until is not None
        assert (thread.unread, thread.window.left) == (1, 5)
        _, decision = await decided(world, world.sandbox.say(WANG, "几点关门"))
        assert decision.outcome is Outcome.IN_TOOL
        await decided(world, world.sandbox.push(WANG, tool_event("kf_close_session")))
        assert (await conversation(world, WANG)).transferred_until is None
        _, decision = await decided(world, world.sandbox.say(WANG, "几点关门呀"))
        assert decision.outcome is Outcome.REPLIED


def tool_event(name: str) -> dict[str, str | int]:
    return {"MsgType": "event", "Event": name, "KfAccount": "anna@shop"}


async def test_an_armed_transfer_happens_with_the_contacts_next_message_only(tmp_path: Path) -> None:
    async with opened(tmp_path, rules="") as world:
        desk = world.opened.desk
        await decided(world, world.sandbox.say(LI, "你好"))
        await decided(world, world.sandbox.say(WANG, "你好"))
        thread = await conversation(world, LI)
        await desk.conversations.take_over(thread.id)
        await desk.conversations.arm_transfer(thread.id)
        assert (await conversation(world, LI)).transfer_armed
        outcome, _ = await decided(world, world.sandbox.enter(LI))
        assert outcome.answer == "success"
        outcome, _ = await decided(world, world.sandbox.say(WANG, "在吗"))
        assert outcome.answer == "success"
        outcome, decision = await decided(world, world.sandbox.say(LI, "还在吗"))
        assert outcome.reading.understood is AnswerVerdict.TRANSFER
        assert (decision.outcome, decision.rule_name) == (Outcome.TRANSFERRED, "")
        thread = await conversation(world, LI)
        assert (thread.transfer_armed, thread.transferred_until) == (False, decision.decided_at + HALF_AN_HOUR)
        outcome, _ = await decided(world, world.sandbox.say(LI, "喂"))
        assert outcome.answer == "success"


async def test_an_armed_transfer_can_be_disarmed(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        await decided(world, world.sandbox.say(LI, "你好"))
        thread = await conversation(world, LI)
        for armed in (True, False):
            await world.opened.desk.conversations.arm_transfer(thread.id, armed)
        outcome, decision = await decided(world, world.sandbox.say(LI, "几点关门"))
        assert (outcome.answer, decision.outcome) == ("success", Outcome.REPLIED)


async def test_armed_transfers_and_given_answers_survive_a_restart(tmp_path: Path) -> None:
    async with opened(tmp_path, rules="") as world:
        await decided(world, world.sandbox.say(LI, "你好"))
        await world.opened.desk.conversations.arm_transfer((await conversation(world, LI)).id)
        await world.restart()
        message: dict[str, str | int] = {"MsgType": "text", "Content": "还在吗", "MsgId": 77}
        outcome, _ = await decided(world, world.sandbox.push(LI, message | {"CreateTime": 1760000000}))
        assert outcome.reading.understood is AnswerVerdict.TRANSFER
        until = (await conversation(world, LI)).transferred_until
        await world.restart()
        assert (await conversation(world, LI)).transferred_until == until
        again = await world.sandbox.push(LI, message | {"CreateTime": 1760000000})
        assert again.reading.understood is AnswerVerdict.TRANSFER
        newest = next(iter(await world.opened.desk.traffic.newest_first()))
        assert newest.outcome == "duplicate"


async def test_a_push_that_comes_twice_at_once_is_answered_twice_alike(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        now = int(datetime.now(UTC).timestamp())
        message: dict[str, str | int] = {"MsgType": "text", "Content": "转人工", "MsgId": 78, "CreateTime": now}
        outcomes = await asyncio.gather(*(world.sandbox.push(LI, message) for _ in range(3)))
        assert [outcome.reading.understood for outcome in outcomes] == [AnswerVerdict.TRANSFER] * 3
        assert len(await kept_pushes(world.opened.store)) == 1


async def test_a_transferred_message_counts_as_handed_over(tmp_path: Path) -> None:
    async with opened(tmp_path) as world:
        for text in ("转人工", "几点"):
            await decided(world, world.sandbox.say(WANG if text == "几点" else LI, text))
        await world.sandbox.wait_for_reply(WANG)
        now = datetime.now(UTC)
        figures = await world.opened.store.statistics.over(TimeSpan(now - timedelta(hours=1), now + timedelta(1)), UTC)
        assert (figures.messages.total, figures.messages.handed_over) == (2, 1)
