"""Probes of our own: answered at their path alone, and told to nobody as requests of WeChat's."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.faulty_proxy import Fault, FaultyProxy
from tests.webhook.pushing import ACCOUNTS, NOW, TEXT, TOKEN, Desk, Shelf, ask, signed, written
from wxdesk.core.events import Event
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.probe_challenges import ProbeChallenge, ProbeChallenges
from wxdesk.core.setup.public_url import PublicUrl
from wxdesk.doctor.inward import SignedChallenges
from wxdesk.tunnel.connection import Surroundings
from wxdesk.tunnel.probe import PublicProbe
from wxdesk.webhook.listener import Listener

CHALLENGES = ProbeChallenges()


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """A desk that knows the challenges of this process."""
    shelf, events = Shelf(), list[Event]()
    listener = Listener(ACCOUNTS, shelf.keep, events.append, lambda: NOW, "127.0.0.1", 0, challenges=CHALLENGES)
    made = Desk(listener, await listener.start(), shelf, events, asyncio.Event())
    yield made
    await made.close()


def asked(challenge: ProbeChallenge, path: str = "/wx/plain", method: str = "GET") -> bytes:
    return written(f"{path}?{challenge.query}", method=method)


async def test_a_probe_is_answered_at_its_path_with_what_is_due(desk: Desk) -> None:
    with CHALLENGES.issued("/wx/plain", NOW) as challenge:
        answer = await ask(desk, asked(challenge))
    assert (answer.status, answer.body, challenge.met_at) == (200, challenge.answer, "/wx/plain")
    assert desk.events == []


@pytest.mark.parametrize("path", ["/wx/secure", "/elsewhere"])
async def test_a_probe_that_is_led_elsewhere_is_refused_and_not_told(desk: Desk, path: str) -> None:
    with CHALLENGES.issued("/wx/plain", NOW) as challenge:
        answer = await ask(desk, asked(challenge, path))
    assert (answer.status, answer.body) == (403 if path == "/wx/secure" else 404, b"")
    assert challenge.met_at == path
    assert desk.events == []


async def test_a_probe_is_a_get_and_over_when_it_has_ended(desk: Desk) -> None:
    with CHALLENGES.issued("/wx/plain", NOW) as challenge:
        assert (await ask(desk, asked(challenge, method="POST"))).status == 403
        assert challenge.met_at is None
    assert (await ask(desk, asked(challenge))).status == 403
    assert desk.outcomes == ["refused: signature"]


async def test_a_request_without_a_number_is_no_probe(desk: Desk) -> None:
    with CHALLENGES.issued("/wx/plain", NOW):
        assert (await ask(desk, written("/wx/plain", method="GET"))).status == 403
        assert (await ask(desk, written("/wx/plain", TEXT, signed()))).body == b"success"
    assert desk.outcomes == ["refused: query", "kept"]


@pytest.mark.parametrize(("echo", "outcomes"), [("wxdesk-17", []), ("17wxdesk-", ["checked"]), ("17", ["checked"])])
async def test_the_signed_probe_of_another_process_is_answered_and_not_told(
    desk: Desk, echo: str, outcomes: list[str]
) -> None:
    answer = await ask(desk, written("/wx/plain", query=signed(echostr=echo), method="GET"))
    assert (answer.status, answer.body) == (200, echo.encode())
    assert desk.outcomes == outcomes


@pytest.mark.parametrize(("echo", "token"), [("wxdesk-17", True), ("17", True), ("wxdesk-17", False)])
async def test_the_probe_of_another_process_learns_where_it_was_led_if_it_is_signed(
    desk: Desk, echo: str, token: bool
) -> None:
    query = signed(echostr=echo) if token else {**signed(echostr=echo), "signature": "0" * 40}
    answer = await ask(desk, written("/plain", query=query, method="GET"))
    ours = token and echo == "wxdesk-17"
    assert (answer.status, answer.body) == (404, b"wxdesk-17 /plain" if ours else b"")
    assert desk.outcomes == ([] if ours else ["refused: unknown address"])


async def test_the_doctor_beside_an_open_desk_names_the_path_that_a_proxy_cuts(desk: Desk) -> None:
    async def resolve(_: str) -> tuple[str, ...]:
        return ("127.0.0.1",)

    async with FaultyProxy(int(desk.url.rpartition(":")[2]), Fault.WRONG_PATH) as proxy:
        around = Surroundings(resolve, lambda: ("192.0.2.7",), lambda _: proxy.port, is_private=lambda _: False)
        probe = PublicProbe(SignedChallenges("plain", TOKEN), lambda: NOW, around)
        found = await probe.probe(PublicUrl("http", "desk.example.com"), "plain", "")
    assert (found.verdict, found.values["path"], found.values["cause"]) == (CheckVerdict.WRONG_PATH, "/plain", "tunnel")
    assert desk.events == []
