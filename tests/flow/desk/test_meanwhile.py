"""Who wrote while all was paused, or too long ago for the rules, is known, and the rules may answer after all."""

import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from tests.flow.timed_desk import START, Desk, sent, timed_desk
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.conversation import Author
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.desk.messages.answering import ACCOUNT_PAUSED, ALL_PAUSED
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG

LI, WANG = LI_LEI.openid, WANG_FANG.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]
"""
HOUR = timedelta(hours=1)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        yield made


async def written_in_a_pause(desk: Desk, *texts: str, openid: str = LI) -> int:
    """A customer writes while all is paused, for an hour; the conversation's id."""
    await desk.opened.desk.outbox.pause()
    for text in texts:
        decision = await desk.says(openid, text)
        assert (decision.outcome, decision.problem) == (Outcome.PAUSED, ALL_PAUSED)
    await desk.opened.desk.outbox.resume()
    desk.move_to(START + HOUR)
    return decision.conversation_id


async def decided_again(desk: Desk, count: int, *, as_drafts: bool) -> list[Reply]:
    """All replies once the rules were asked about so many messages."""
    before = len(desk.decided_on)
    assert await desk.opened.desk.skipped.ask_rules(as_drafts) == count
    await desk.until(lambda: len(desk.decided_on) == before + count)
    return [await desk.reply(reply_id) for reply_id in sorted(desk.states)]


async def test_the_rules_answer_the_newest_message_of_each_once(desk: Desk) -> None:
    li = await written_in_a_pause(desk, "几点开门", "几点关门")
    wang = await written_in_a_pause(desk, "在吗", openid=WANG)
    waiting = await desk.opened.desk.skipped.waiting(None)
    assert [(one.conversation_id, one.skipped) for one in waiting] == [(li, True), (wang, True)]
    assert len(await decided_again(desk, 2, as_drafts=False)) == 1
    await desk.until_sent(1)
    assert sent(desk) == ["九点"]
    assert await desk.opened.desk.skipped.waiting(None) == []
    assert await desk.opened.desk.skipped.ask_rules(as_drafts=False) == 0


async def test_as_drafts_nothing_leaves(desk: Desk) -> None:
    await written_in_a_pause(desk, "几点开门")
    [reply] = await decided_again(desk, 1, as_drafts=True)
    assert (reply.state, reply.content.text, reply.mode) == (ReplyState.DRAFT, "九点", None)
    assert desk.sandbox.sent == ()


async def test_whom_somebody_answers_or_took_is_left_alone(desk: Desk) -> None:
    li = await written_in_a_pause(desk, "几点开门")
    wang = await written_in_a_pause(desk, "几点", openid=WANG)
    await desk.opened.desk.conversations.take_over(wang)
    await desk.opened.desk.replies.write(li, "我来回答")
    waiting = await desk.opened.desk.skipped.waiting(None)
    assert [one.conversation_id for one in waiting] == [wang]
    assert [one.author for one in await decided_again(desk, 1, as_drafts=False)] == [Author.OPERATOR]


async def test_a_closed_window_and_another_pause_still_count(desk: Desk) -> None:
    await written_in_a_pause(desk, "几点开门")
    desk.move_to(START + timedelta(hours=49))
    assert await decided_again(desk, 1, as_drafts=False) == []
    await written_in_a_pause(desk, "几点", openid=WANG)
    await desk.opened.desk.outbox.pause()
    assert await decided_again(desk, 1, as_drafts=False) == []


async def test_an_account_by_hand_skips_nothing(desk: Desk) -> None:
    await desk.opened.desk.accounts.set_mode("shop", ReplyMode.OFF, 8)
    decision = await desk.says(LI, "几点")
    assert (decision.outcome, decision.problem) == (Outcome.PAUSED, "")
    assert await desk.opened.desk.skipped.waiting(None) == []
    assert len(await desk.opened.desk.skipped.waiting(START)) == 1
    assert await desk.opened.desk.skipped.waiting(START + HOUR) == []


async def pause_account(desk: Desk, *, on: bool) -> None:
    setup = desk.opened.desk.configuration.now
    accounts = tuple(structs.replace(one, paused=on) for one in setup.config.accounts)
    config = structs.replace(setup.config, accounts=accounts)
    await desk.opened.desk.configuration.apply(dataclasses.replace(setup, config=config))


async def test_who_wrote_to_a_paused_account_is_known_when_it_answers_again(desk: Desk) -> None:
    skipped = desk.opened.desk.skipped
    await pause_account(desk, on=True)
    decision = await desk.says(LI, "几点开门")
    assert (decision.outcome, decision.problem) == (Outcome.PAUSED, ACCOUNT_PAUSED)
    assert await skipped.waiting(None) == [], "while it lasts, the rules would keep quiet again"
    assert await skipped.ask_rules(as_drafts=False) == 0
    await pause_account(desk, on=False)
    assert [one.skipped for one in await skipped.waiting(None)] == [True]
    await decided_again(desk, 1, as_drafts=False)
    await desk.until_sent(1)
    assert sent(desk) == ["九点"]
