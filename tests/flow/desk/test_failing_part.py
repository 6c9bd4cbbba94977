"""A part of the desk that fails on an unreadable row, and a message that cannot be decided."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.decision import Outcome
from wxdesk.desk.messages.answering import GIVEN_UP
from wxdesk.desk.runtime import supervisor as parts_at_work
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG

LI, WANG = LI_LEI.openid, WANG_FANG.openid
RULES = """
[[rules]]
name = "hours"
when = { any = ["几点"] }
then = [{ reply = "九点" }]
"""


@pytest.fixture
async def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    monkeypatch.setattr(parts_at_work, "FIRST_WAIT", 0.05)
    monkeypatch.setattr(parts_at_work, "WELL_AFTER", 0.5)
    async with timed_desk(tmp_path, RULES) as made:
        yield made


def troubles(desk: Desk) -> set[str]:
    return {trouble.key for trouble in desk.opened.desk.health.state.troubles}


def read(desk: Desk, sql: str) -> str:
    with closing(sqlite3.connect(desk.setup.home / "desk.db", timeout=30)) as other:
        return str(other.execute(sql).fetchone()[0])


def change(desk: Desk, sql: str, *values: str) -> None:
    with closing(sqlite3.connect(desk.setup.home / "desk.db", timeout=30)) as other:
        other.execute(sql, values)
        other.commit()


@pytest.mark.expects_log("outbox failed and begins again")
async def test_a_part_that_fails_is_reported_and_begins_again(desk: Desk) -> None:
    await desk.says(LI, "几点")
    await desk.until_sent(1)
    content = read(desk, "SELECT content FROM replies")
    change(
        desk, "UPDATE replies SET state = 'queued', content = ?", content.replace('"text"', '"from a newer program"')
    )
    desk.move_to(START)  # whereupon the outbox looks
    await desk.until(lambda: "part:outbox" in troubles(desk))
    assert "Replies do not leave" in desk.trouble
    change(desk, "UPDATE replies SET content = ?", content)
    await desk.until(lambda: "part:outbox" not in troubles(desk))
    await desk.until(lambda: len(desk.sandbox.sent) == 2)


@pytest.mark.expects_log("could not be carried out|alarms failed")
async def test_a_message_that_cannot_be_decided_holds_up_no_other(desk: Desk) -> None:
    thread = (await desk.says(LI, "在吗")).conversation_id
    await desk.opened.desk.conversations.set_mode(thread, ReplyMode.DRAFT)
    await desk.says(LI, "几点")
    change(desk, "UPDATE replies SET content = ?", '{"kind": "from a newer program"}')
    decision = await desk.says(LI, "几点呢")  # whose answer would take the place of the one that nobody can read
    assert (decision.outcome, decision.problem) == (Outcome.NOT_RENDERED, GIVEN_UP)
    assert (await desk.says(WANG, "几点")).outcome is Outcome.REPLIED
    await desk.until_sent(1)
    assert "part:intake" not in troubles(desk)
