"""Faults over real HTTP: each does what it says, they combine, and they end when they shall."""

import asyncio
import json
from typing import Any

import aiohttp
import pytest

from tests.core.wechat.errcode_table import action_by_code
from tests.sandbox.worlds import ACCOUNT, OPENID, HandClock
from wxdesk.sandbox.platform.faults import FOR_PUSHES, FaultKind, Faults, SimulatedFault
from wxdesk.sandbox.server import Sandbox

SEND = "/cgi-bin/message/custom/send"


@pytest.fixture
async def send(sandbox: Sandbox, http: aiohttp.ClientSession) -> Any:
    await sandbox.say(OPENID, "在吗")
    token = sandbox.platform.tokens.stable(ACCOUNT.app_id)[0]

    async def send(seconds: float = 2) -> tuple[int, str, bytes]:
        body = json.dumps({"touser": OPENID, "msgtype": "text", "text": {"content": "hi"}})
        async with http.post(
            f"{SEND}?access_token={token}", data=body, timeout=aiohttp.ClientTimeout(total=seconds)
        ) as response:
            return response.status, response.content_type, await response.read()

    return send


@pytest.mark.parametrize(
    ("fault", "status", "kind", "starts", "delivered"),
    [
        (SimulatedFault(FaultKind.GATEWAY), 502, "text/html", b"<html>", 0),
        (SimulatedFault(FaultKind.GATEWAY_TIMEOUT), 504, "text/html", b"<html>", 0),
        (SimulatedFault(FaultKind.GATEWAY_TIMEOUT, delivered=True), 504, "text/html", b"<html>", 1),
        (SimulatedFault(FaultKind.GARBAGE), 200, "text/plain", b"\x1f", 1),
        (SimulatedFault(FaultKind.ERRCODE), 200, "text/plain", b'{"errcode":-1,"errmsg":"system error rid: ', 0),
        (SimulatedFault(FaultKind.ERRCODE, delivered=True), 200, "text/plain", b'{"errcode":-1', 1),
        (
            SimulatedFault(FaultKind.ERRCODE, errcode=4, text=""),
            200,
            "text/plain",
            b'{"errcode":4,"errmsg":"unknown error',
            0,
        ),
        (SimulatedFault(FaultKind.LATENCY, milliseconds=5), 200, "text/plain", b'{"errcode":0', 1),
    ],
    ids=lambda value: value.kind.value if isinstance(value, SimulatedFault) else None,
)
async def test_faults_give_wrong_answers(
    sandbox: Sandbox, send: Any, fault: SimulatedFault, status: int, kind: str, starts: bytes, delivered: int
) -> None:
    sandbox.faults.plan(fault)
    answered = await send()
    assert answered[:2] == (status, kind)
    assert answered[2].startswith(starts)
    assert len(sandbox.sent) == delivered
    assert sandbox.journal.calls[-1].faults == (fault.kind.value,)
    assert (await send())[0] == 200


@pytest.mark.parametrize(
    ("kind", "error", "delivered"),
    [
        (FaultKind.BEFORE, TimeoutError, 0),
        (FaultKind.AFTER, TimeoutError, 1),
        (FaultKind.RESET_BEFORE, aiohttp.ClientError, 0),
        (FaultKind.RESET_AFTER, aiohttp.ClientError, 1),
        (FaultKind.TRUNCATED, aiohttp.ClientPayloadError, 1),
    ],
)
async def test_faults_give_no_answer(
    sandbox: Sandbox, send: Any, kind: FaultKind, error: type[Exception], delivered: int
) -> None:
    sandbox.faults.plan(SimulatedFault(kind))
    with pytest.raises(error):
        await send(0.3)
    assert len(sandbox.sent) == delivered


@pytest.mark.parametrize("code", sorted(action_by_code().keys() - {0}))
async def test_every_errcode_can_be_had(sandbox: Sandbox, send: Any, code: int) -> None:
    sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=code))
    answer = json.loads((await send())[2])
    assert answer["errcode"] == code
    assert sandbox.sent == ()


async def test_faults_combine(sandbox: Sandbox, send: Any) -> None:
    sandbox.faults.plan(SimulatedFault(FaultKind.LATENCY, milliseconds=100, times=None))
    sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=45011))
    sandbox.faults.plan(SimulatedFault(FaultKind.GATEWAY))
    loop = asyncio.get_running_loop()
    answers = []
    for _ in range(3):
        started = loop.time()
        answers.append((await send())[0])
        assert loop.time() - started >= 0.1
    assert answers == [200, 502, 200]
    assert [call.errcode for call in sandbox.journal.calls] == [45011, None, 0]


def test_a_fault_lasts_a_span_of_the_sandboxs_time(clock: HandClock) -> None:
    faults = Faults(clock)
    faults.plan(SimulatedFault(FaultKind.GATEWAY, times=None, seconds=60))
    clock.forward(seconds=59)
    assert len(faults.take("send")) == 1
    clock.forward(seconds=1)
    assert not faults.take("send")
    assert not faults.planned


def test_a_fault_happens_with_a_probability_by_seed() -> None:
    def drawn(seed: int, chance: float) -> list[bool]:
        faults = Faults()
        faults.plan(SimulatedFault(FaultKind.GATEWAY, times=None, chance=chance, seed=seed))
        return [bool(faults.take("send")) for _ in range(1000)]

    assert drawn(7, 0.2) == drawn(7, 0.2) != drawn(8, 0.2)
    assert 140 < sum(drawn(7, 0.2)) < 260
    assert sum(drawn(1, 0)) == 0


def test_chance_and_times_together_count_what_happened() -> None:
    faults = Faults()
    faults.plan(SimulatedFault(FaultKind.GATEWAY, times=3, chance=0.5))
    assert sum(bool(faults.take("send")) for _ in range(1000)) == 3


def test_a_planned_fault_can_be_taken_back() -> None:
    faults = Faults()
    first = faults.plan(SimulatedFault(FaultKind.GATEWAY))
    faults.plan(SimulatedFault(FaultKind.GARBAGE))
    faults.take_back(first)
    assert [fault.kind for fault in faults.planned.values()] == [FaultKind.GARBAGE]


def test_the_star_is_for_every_call_but_pushes() -> None:
    faults = Faults()
    faults.plan(SimulatedFault(FaultKind.GATEWAY, "*", times=None))
    assert [len(faults.take(call)) for call in ("send", "token", "push")] == [1, 1, 0]
    assert FaultKind.DROP in FOR_PUSHES
    assert FaultKind.LATENCY not in FOR_PUSHES
