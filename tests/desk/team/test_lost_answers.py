"""A desk whose line to the database breaks in the middle of a call: what the server did is never called failed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desk.team.test_desks_of_a_team import FarTeam, far_team, sandbox
from tests.postgresql import Postgres
from wxdesk.core.events import MessageKept, ReplyChanged, TroubleRaised
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.team import dispatch
from wxdesk.sandbox.demo_customers import LI_LEI
from wxdesk.sandbox.server import Sandbox

__all__ = ["sandbox"]

pytestmark = [pytest.mark.postgres, pytest.mark.expects_log("database error")]


@pytest.fixture
async def far(
    postgres: Postgres, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[FarTeam]:
    monkeypatch.setattr(dispatch, "STORE_RETRY_SECONDS", 0.05)
    async with far_team(postgres, sandbox, tmp_path) as team:
        yield team


async def hear(far: FarTeam) -> int:
    """Let a customer write; the conversation's id, once the desk knows it."""
    await far.sandbox.say(LI_LEI.openid, "hello")
    return (await far.until(MessageKept)).conversation_id


@pytest.mark.parametrize("spared", range(3))
async def test_a_reply_whose_storing_lost_its_answer_is_sent_once_and_not_called_failed(
    far: FarTeam, spared: int
) -> None:
    """Else an operator writes it again."""
    chat = await hear(far)
    far.way.spare_answers, far.way.lose_answers = spared, 1
    reply = await far.desk.desk.replies.write(chat, "once")
    far.way.spare_answers = far.way.lose_answers = 0
    await far.until(ReplyChanged, lambda event: event.reply_id == reply.id and event.state is ReplyState.SENT)
    assert [sent.text for sent in far.sandbox.sent] == ["once"]


async def test_a_call_is_not_called_failed_while_the_line_is_broken(
    far: FarTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server may have carried it out, as here; its result is taken when the line is back."""
    monkeypatch.setattr(dispatch, "PATIENCE_SECONDS", 0.2)
    chat = await hear(far)
    forget = far.server.desk.bus.subscribe(lambda _: far.way.shut(), ReplyChanged)
    writing = asyncio.ensure_future(far.desk.desk.replies.write(chat, "once"))
    await asyncio.wait({writing}, timeout=0.6)
    assert not writing.done()
    forget()
    far.way.open()
    async with asyncio.timeout(15):
        assert (await writing).conversation_id == chat


async def test_an_answer_that_is_long_in_coming_is_told_until_it_has(
    far: FarTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a button over a slow line seems dead, and is pressed again."""
    monkeypatch.setattr(dispatch, "LATE_SECONDS", 0.05)
    chat = await hear(far)
    far.way.fall_silent()
    writing = asyncio.ensure_future(far.desk.desk.replies.write(chat, "once"))
    told = await far.until(TroubleRaised, lambda event: event.key == TroubleArea.LATE)
    assert told.text == dispatch.STILL_WAITS
    far.way.speak()
    await writing
    await far.until(TroubleRaised, lambda event: event == TroubleRaised(TroubleArea.LATE, ""))
