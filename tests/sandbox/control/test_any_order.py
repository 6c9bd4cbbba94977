"""Whatever is asked over /control is carried out or answered with 400, and what only looks changes nothing."""

import asyncio
import contextlib
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.sandbox.worlds import OPENID, HandClock, program
from wxdesk.sandbox.control import orders
from wxdesk.sandbox.control.server import BadOrder, Control
from wxdesk.sandbox.platform.faults import FaultKind
from wxdesk.sandbox.push.journal import KEPT
from wxdesk.sandbox.server import Sandbox

ODD = st.sampled_from([None, True, -1, 0, 1, 7, 10**30, 1e300, -0.5, "", "x", "shop", [1], {"a": 1}, [], {}])
KINDS = {
    "message": orders.MessageOrder, "enter": orders.EnterOrder, "push": orders.PushOrder,
    "customer": orders.CustomerOrder, "tool": orders.ToolOrder, "fault": orders.FaultOrder,
    "expire_token": orders.ExpireTokenOrder, "clock": orders.ClockOrder, "settings": orders.SettingsOrder,
}  # fmt: skip
USUAL = st.sampled_from(
    [OPENID, "text", "image", "card", "accept", "close", "say", "expire", {"to_one_a_minute": 3}, {"MsgType": "text"},
     *FaultKind, 60]
)  # fmt: skip


def order(name: str) -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    known = [field for field in KINDS[name].__struct_fields__ if field != "account"]
    return st.tuples(st.just(name), st.dictionaries(st.sampled_from(known), USUAL | ODD))


@given(asked=st.lists(st.sampled_from(sorted(KINDS)).flatmap(order), max_size=6))
def test_any_orders_are_carried_out_or_refused(asked: list[tuple[str, dict[str, Any]]]) -> None:
    async def carry_out() -> None:
        control = Control(sandbox)
        for name, fields in asked:
            with contextlib.suppress(BadOrder):
                await control.carry_out(name, fields)
        await sandbox.stop()

    sandbox = Sandbox([program()], clock=HandClock())
    asyncio.run(carry_out())
    sandbox.platform.contacts()  # it has a time that can be told


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("clock", b'{"forward": 1e300}', ""),
        ("clock", b'{"forward": 400000000}', "3650 days"),
        ("script", b'{"steps": [{"do": "enter", "after": [1]}]}', "array"),
        ("script", b'{"steps": [{"do": "enter", "after": -1}]}', ">= 0"),
        ("fault", b'{"kind": "errcode", "seconds": 1e300}', ""),
        ("message", b"[" * 100_000, ""),
    ],
)
async def test_impossible_orders_are_answered_with_400(
    http: aiohttp.ClientSession, path: str, body: bytes, said: str
) -> None:
    response = await http.post(f"/control/{path}", data=body)
    assert response.status == 400
    assert said in await response.text()


async def test_a_look_at_a_chat_makes_no_customer(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    response = await http.get("/control/chat", params={"openid": "typo"})
    assert (response.status, await response.text()) == (400, "no customer 'typo'")
    assert sandbox.platform.contacts() == []


async def test_the_counters_count_beyond_what_is_kept(sandbox: Sandbox, http: aiohttp.ClientSession) -> None:
    sandbox.set_push_url("http://127.0.0.1:1/")  # nobody listens
    for _ in range(2):
        await sandbox.say(OPENID, "在吗")
    sandbox.set_push_url("")
    for _ in range(KEPT):
        await sandbox.say(OPENID, "在吗")
    counters = (await (await http.get("/control/state")).json())["counters"]
    assert (counters["pushed"], counters["push_failed"]) == (KEPT + 2, 2)
