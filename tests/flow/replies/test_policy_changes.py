"""What waits when the rules or the configuration become others: no rule speaks through a reply once it may not."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.model.account import ModeSource, ReplyMode
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.model.rule import Action, ActionKind, Condition, Rule
from wxdesk.core.replies.lifecycle import RULE_SILENT
from wxdesk.core.rules.ruling import Ruling
from wxdesk.core.templates import Template
from wxdesk.desk.settings.configuration import Setup
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault

LI, WANG = LI_LEI.openid, WANG_FANG.openid
HOURS = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]
"""
REFUND = """
[[rules]]
name = "refund"
when = { any = ["退款"] }
then = [{ reply = "请稍等" }]
"""
S = ReplyState


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, HOURS + REFUND, reply_mode=ReplyMode.HOLD, hold_seconds=30) as made:
        await made.says(LI, "几点")
        await made.says(WANG, "退款")
        yield made


async def states(desk: Desk) -> list[ReplyState]:
    return [(await desk.reply(reply)).state for reply in (1, 2)]


async def rule_id(desk: Desk, name: str) -> int:
    return next(rule.id for rule in await desk.opened.desk.rules.rulebook.all() if rule.name == name)


@pytest.mark.parametrize("how", ["switched off", "removed", "not in the file"])
async def test_a_held_reply_of_a_disabled_or_removed_rule_becomes_a_draft(desk: Desk, how: str) -> None:
    rulebook = desk.opened.desk.rules.rulebook
    match how:
        case "switched off":
            await rulebook.set_enabled(await rule_id(desk, "hours"), enabled=False)
        case "removed":
            await rulebook.delete(await rule_id(desk, "hours"))
        case _:
            await desk.opened.desk.rules.exchange.take_in(REFUND, "rules.toml")
    assert await states(desk) == [S.DRAFT, S.HELD]
    left = await desk.reply(1)
    assert (left.error, left.due_at) == (RULE_SILENT, None)
    desk.move_to(START + timedelta(seconds=31))
    await desk.until_sent(1)
    assert [sent.openid for sent in desk.sandbox.sent] == [WANG]
    await desk.opened.desk.replies.release(1)
    await desk.until_sent(2)


async def test_a_renamed_or_moved_rule_keeps_its_held_reply(desk: Desk) -> None:
    rulebook = desk.opened.desk.rules.rulebook
    hours, refund = await rulebook.all()
    await rulebook.save(replace(hours, name="opening"))
    await rulebook.reorder([refund.id, hours.id])
    assert await states(desk) == [S.HELD, S.HELD]


async def test_a_released_reply_of_a_disabled_rule_leaves_all_the_same(desk: Desk) -> None:
    desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=-1))
    await desk.opened.desk.replies.release(1)
    await desk.until_refused(1)
    await desk.opened.desk.rules.rulebook.set_enabled(await rule_id(desk, "hours"), enabled=False)
    assert await states(desk) == [S.QUEUED, S.HELD]
    desk.move_to(START + timedelta(seconds=1))
    await desk.until_sent(1)


@pytest.mark.parametrize(("mode", "state"), [(ReplyMode.DRAFT, S.DRAFT), (ReplyMode.OFF, S.CANCELLED)])
async def test_queued_replies_follow_the_mode_in_config_at_the_next_start(
    desk: Desk, mode: ReplyMode, state: ReplyState
) -> None:
    for _ in range(2):
        desk.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45009))  # the account rests
    desk.move_to(START + timedelta(seconds=30))
    await desk.until(lambda: "cannot send" in desk.trouble and desk.under_way() == 0)
    assert await states(desk) == [S.QUEUED, S.QUEUED]
    desk.setup = with_mode(desk.setup, mode)
    await desk.restart()
    assert await states(desk) == [state, state]
    assert {(await desk.reply(reply)).mode_from for reply in (1, 2) if state is S.DRAFT} <= {ModeSource.ACCOUNT}
    assert desk.sandbox.sent == ()


def with_mode(setup: Setup, mode: ReplyMode) -> Setup:
    [entry] = setup.config.accounts
    config = msgspec.structs.replace(setup.config, accounts=(msgspec.structs.replace(entry, reply_mode=mode),))
    return dataclasses.replace(setup, config=config)


async def test_saving_a_template_waits_for_decisions_under_way_with_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with timed_desk(tmp_path, "") as desk:
        phrasebook, store = desk.opened.desk.templates, desk.opened.store
        template = await phrasebook.save(Template(0, "hours", "九点"))
        says = (Action(ActionKind.TEMPLATE, template="hours"),)
        await desk.opened.desk.rules.rulebook.save(Rule("r", when=Condition(any=("几点",)), then=says))
        store_rulings, entered, go_on = store.decisions.store_rulings, asyncio.Event(), asyncio.Event()

        async def slowly(rulings: Sequence[Ruling]) -> list[Reply]:
            entered.set()
            await go_on.wait()
            return await store_rulings(rulings)

        monkeypatch.setattr(store.decisions, "store_rulings", slowly)
        await desk.sandbox.say(LI, "几点")
        await entered.wait()
        saving = asyncio.create_task(phrasebook.save(replace(template, body="十点")))
        await asyncio.wait([saving], timeout=0.5)
        assert not saving.done()
        go_on.set()
        await saving
        assert (await desk.reply(1)).content.text == "九点"
