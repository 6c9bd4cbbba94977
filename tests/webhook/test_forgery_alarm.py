"""A message in plain text where only encrypted ones count: refused like anything else, but told, and told once."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.webhook.conftest import Open
from tests.webhook.pushing import NOW, TEXT, Desk, ask, signed, written
from wxdesk.core.events import TroubleRaised
from wxdesk.webhook.server import FORGERY_WARNING_PAUSE

FORGED = [
    written("/wx/secure", TEXT, signed()),
    written("/wx/secure", TEXT),
    written("/wx/compat", b"\xef\xbb\xbf<xml><MsgType> <![CDATA[text]]> </MsgType></xml>", signed()),
]


@pytest.mark.expects_log("plain text was refused for (secure|compat)")
async def test_every_attempt_is_a_line_and_one_notice_an_account_is_raised(desk: Desk) -> None:
    for _ in range(20):
        for raw in FORGED:
            answer = await ask(desk, raw)
            assert (answer.status, answer.body) == (403, b"")
    assert desk.outcomes == ["refused: plain text"] * 60
    assert desk.shelf.pushes == []
    told = [event for event in desk.events if isinstance(event, TroubleRaised)]
    assert [event.key for event in told] == ["plain_text:secure", "plain_text:compat"]
    assert all(event.passing for event in told)
    assert "请问几点关门" not in "".join(event.text for event in told)


@pytest.mark.expects_log("plain text was refused for secure")
async def test_an_attack_that_goes_on_is_told_again_after_an_hour(open_desk: Open) -> None:
    now = NOW

    def clock() -> datetime:
        return now

    desk = await open_desk(clock=clock)
    for minutes in range(0, 180, 5):
        now = NOW + timedelta(minutes=minutes)
        await ask(desk, FORGED[0])
    told = [event for event in desk.events if isinstance(event, TroubleRaised)]
    assert len(told) == timedelta(hours=3) / FORGERY_WARNING_PAUSE


async def test_junk_is_no_attack(desk: Desk) -> None:
    for body in (b"", b"{}", b"<xml/>", b"hello", b'{"MsgType":""}'):
        assert (await ask(desk, written("/wx/secure", body, signed()))).status == 403
    assert not any(isinstance(event, TroubleRaised) for event in desk.events)
