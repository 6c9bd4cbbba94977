"""The demonstration's customers: who they are, what they do, and that they react."""

import asyncio
import json
import re
from itertools import cycle

import pytest

from tests.sandbox.worlds import HandClock, listening, program
from wxdesk.sandbox import scenario
from wxdesk.sandbox.demo_customers import CUSTOMERS, LI_LEI, WANG_FANG, ZHAO_MIN, demo_account
from wxdesk.sandbox.scenario import LATER, OPENING, CustomerAction, ScenarioStep, play
from wxdesk.sandbox.server import Sandbox
from wxdesk.sandbox.standalone import SandboxOptions, run_sandbox


def test_ids_have_the_form_of_real_ones() -> None:
    openids = {customer.openid for customer in CUSTOMERS}
    assert len(openids) == len(CUSTOMERS) >= 6
    assert all(re.fullmatch(r"o[A-Za-z0-9_-]{27}", openid) for openid in openids)
    account, credentials = demo_account()
    assert re.fullmatch(r"wx[0-9a-f]{16}", account.app_id)
    assert re.fullmatch(r"gh_[0-9a-f]{12}", account.original_id)
    assert re.fullmatch(r"[0-9a-f]{32}", credentials.app_secret)
    assert re.fullmatch(r"[A-Za-z0-9]{43}", credentials.encoding_aes_key)
    assert demo_account() == (account, credentials)


def test_every_font_can_show_the_texts() -> None:
    drawn = "".join(step.what for step in OPENING + LATER)
    assert re.fullmatch(r"[\x20-\x7e\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]*", drawn)


def test_the_scenario_has_every_action_and_customer() -> None:
    assert {step.doing for step in OPENING + LATER} == set(CustomerAction)
    assert {step.who for step in OPENING} == set(CUSTOMERS)
    said = " ".join(step.what for step in OPENING)
    for words in ("几点关门", "退款", "找人工", "地址", "订单 20461 到哪了", "谢谢", "goods/1024"):
        assert words in said


def answer(sandbox: Sandbox, openid: str) -> None:
    body = {"touser": openid, "msgtype": "text", "text": {"content": "您好"}}
    sandbox.platform.send(sandbox.platform.program(), json.dumps(body, ensure_ascii=False).encode())


async def test_customers_act_in_order(clock: HandClock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario, "PATIENCE_SECONDS", 0)
    async with listening() as ears:
        sandbox = Sandbox([program(push_url=ears.url)], clock=clock)
        await sandbox.start()
        try:
            await play(sandbox, OPENING, pace=0)
        finally:
            await sandbox.stop()
    expected = [step.who.openid for step in OPENING if not step.after_reply]
    assert [got.query["openid"] for got in ears.got] == expected


async def test_a_reaction_waits_for_the_answer_to_the_last_words(sandbox: Sandbox) -> None:
    steps = (
        ScenarioStep(LI_LEI, 0, "几点关门"),
        ScenarioStep(LI_LEI, 0, "好的", after_reply=True),
        ScenarioStep(ZHAO_MIN, 0, "谢谢"),
    )
    await sandbox.say(LI_LEI.openid, "在吗")
    answer(sandbox, LI_LEI.openid)  # to earlier words: no reason to react
    playing = asyncio.create_task(play(sandbox, steps))
    for _ in range(20):
        await asyncio.sleep(0)
    assert not playing.done()
    answer(sandbox, LI_LEI.openid)
    await playing
    left = {contact.openid: contact.allowance.left for _, contact in sandbox.platform.contacts()}
    assert left == {LI_LEI.openid: 5, ZHAO_MIN.openid: 5}


async def test_customers_do_not_react_without_an_answer(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenario, "PATIENCE_SECONDS", 0.01)
    steps = (ScenarioStep(LI_LEI, 0, "几点关门"), ScenarioStep(WANG_FANG, 0, "好的", after_reply=True))
    await play(sandbox, steps)
    assert [contact.openid for _, contact in sandbox.platform.contacts()] == [LI_LEI.openid]


async def test_a_scenario_goes_on_until_it_is_ended(sandbox: Sandbox) -> None:
    steps = (ScenarioStep(LI_LEI, 0, "一"), ScenarioStep(ZHAO_MIN, 0, "二"))
    async with listening() as ears:
        sandbox.set_push_url(ears.url)
        going = asyncio.create_task(play(sandbox, cycle(steps)))
        await ears.heard(5)
        assert not going.done()
        going.cancel()
        await asyncio.gather(going, return_exceptions=True)
    assert [got.query["openid"] for got in ears.got][:3] == [LI_LEI.openid, ZHAO_MIN.openid, LI_LEI.openid]


async def test_a_running_scenario_gives_its_facts_and_ends_when_cancelled(capsys: pytest.CaptureFixture[str]) -> None:
    running = asyncio.create_task(run_sandbox(0, SandboxOptions(push_url="http://127.0.0.1:1/wx/shop")))
    while not (line := capsys.readouterr().out):  # noqa: ASYNC110 - it is printed
        await asyncio.sleep(0.01)
    facts = json.loads(line)
    port = int(facts["api_base"].rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    account, credentials = demo_account()
    assert facts["app_id"] == account.app_id
    assert facts["WXDESK_SHOP_APP_SECRET"] == credentials.app_secret
