"""A desk whose line to the database breaks in the middle of a call: what the server did is never called failed."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.desk.team.test_desks_of_a_team import FarTeam, far_team, sandbox
from tests.postgresql import Postgres
from wxdesk.core.events import MessageKept, OperatorsChanged, ReplyChanged, TroubleRaised
from wxdesk.core.model.account import ReplyMode
from wxdesk.core.model.reply import ReplyState
from wxdesk.core.preferences import Preferences
from wxdesk.core.templates import Template
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


async def test_an_answer_is_late_also_where_the_desk_reads_everything_again(
    far: FarTeam, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its troubles give way to the server's then, which does not know of this one."""
    monkeypatch.setattr(dispatch, "LATE_SECONDS", 0.05)
    async with far.server.intake._decision_lock:
        setting = asyncio.ensure_future(far.desk.desk.accounts.set_mode("shop", ReplyMode.DRAFT, 8))
        await far.until(TroubleRaised, lambda event: event.key == TroubleArea.LATE)
        far.desk.desk.bus.publish(OperatorsChanged())
        await far.knows_the_server()
        assert TroubleArea.LATE in {trouble.key for trouble in far.desk.desk.health.state.troubles}
    await setting
    assert TroubleArea.LATE not in {trouble.key for trouble in far.desk.desk.health.state.troubles}


async def test_what_only_reads_or_types_tells_of_no_late_answer(far: FarTeam, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else “what you did is on its way” stands there though nothing was done."""
    monkeypatch.setattr(dispatch, "LATE_SECONDS", 0.05)
    chat, desk = await hear(far), far.desk.desk
    far.way.fall_silent()
    reports = (
        *(desk.conversations.mark_read(chat), desk.attention.look(chat), desk.claims.see(chat), desk.drafts.keep({})),
        *(desk.typing.show(chat), desk.typing.prepare(chat), desk.typing.stop(chat), desk.templates.count_use(1)),
    )
    reporting = asyncio.gather(*reports)
    await asyncio.wait({reporting}, timeout=0.3)
    assert TroubleArea.LATE not in {trouble.key for trouble in desk.health.state.troubles}
    far.way.speak()
    await reporting


async def test_what_is_asked_again_before_the_answer_is_done_once_and_told_alike(far: FarTeam) -> None:
    """A button is pressed again over a slow line: the second would tell that there was nothing to do."""
    far.way.fall_silent()
    templates = far.desk.desk.templates
    saving = [asyncio.ensure_future(templates.save_all((Template(0, "Hours", "At 9."),))) for _ in range(2)]
    await asyncio.wait(saving, timeout=0.3)
    far.way.speak()
    first, second = await asyncio.gather(*saving)
    assert first == second == await templates.all()


async def test_what_is_set_twice_stays_as_it_was_set_last(far: FarTeam) -> None:
    """The storing of the first may take longer, on a line of its own."""
    await hear(far)
    far.way.strand = b'"warn_hours":3'
    preferences = far.desk.desk.preferences
    setting = [asyncio.ensure_future(preferences.set(Preferences(warn_hours=hours))) for hours in (3, 5)]
    await asyncio.wait({setting[1]}, timeout=0.5)
    far.way.go_on.set()
    await asyncio.gather(*setting)
    assert far.server.desk.preferences.now.warn_hours == 5
