"""The desk against what the simulated WeChat checks and counts by itself, without a planned fault."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.flow.timed_desk import START, Desk, timed_desk
from wxdesk.core.model.reply import ReplyState
from wxdesk.i18n import tr
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.sandbox.platform.program import RISKY_WORD, SEND

MIDNIGHT_IN_BEIJING = START + timedelta(hours=13)
CUSTOMERS = [f"oW7hT5{n:022d}" for n in range(12)]
RULES = f"""
[[rules]]
name = "risky"
when = {{ any = ["危险"] }}
then = [{{ reply = "{RISKY_WORD}" }}]

[[rules]]
name = "hours"
when = {{ any = ["几点"] }}
then = [{{ reply = "九点。" }}]
"""


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with timed_desk(tmp_path, RULES) as made:
        await made.opened.out.client.check(made.opened.ready[0])
        yield made


def set_up(desk: Desk, **settings: Any) -> None:
    """Change something in WeChat's console."""
    program = desk.sandbox.platform.program()
    desk.sandbox.platform.change(program.account.name, settings=replace(program.settings, **settings))


def end_tokens(desk: Desk) -> None:
    desk.sandbox.platform.tokens.expire(desk.sandbox.platform.program().account.app_id)


async def test_a_machine_that_is_not_on_the_ip_list_is_reported(desk: Desk) -> None:
    set_up(desk, allowed_ips=("198.51.100.0/24",), seen_as="2001:db8::7")
    end_tokens(desk)
    await desk.sandbox.say(LI_LEI.openid, "几点关门")
    await desk.until_refused(1)
    [trouble] = desk.opened.desk.health.state.troubles
    assert trouble.copy == "2001:db8::7"
    assert "40164" in tr(trouble.text)
    set_up(desk, allowed_ips=("198.51.100.0/24", "2001:db8::7"))
    await desk.opened.desk.outbox.try_now("shop")
    await desk.until_sent(1)
    await desk.until(lambda: desk.trouble == "")


async def test_a_frozen_secret_is_reported(desk: Desk) -> None:
    set_up(desk, secret_frozen=True)
    end_tokens(desk)
    await desk.sandbox.say(LI_LEI.openid, "几点关门")
    await desk.until_refused(1)
    assert "40243 the app secret is frozen. Unfreeze it in the mini program's console." in desk.trouble
    set_up(desk, secret_frozen=False)
    desk.move_to(START + timedelta(minutes=1))
    await desk.until_sent(1)


async def test_risky_words_fail_alone(desk: Desk) -> None:
    await desk.sandbox.say(LI_LEI.openid, "危险")
    await desk.until_refused(1)
    await desk.sandbox.say(WANG_FANG.openid, "几点关门")
    await desk.until_sent(1)
    assert ((await desk.reply(1)).state, (await desk.reply(1)).errcode) == (ReplyState.FAILED, 87014)
    assert await desk.window_left(LI_LEI.openid) == 5


async def test_the_limit_of_calls_a_minute_is_reported(desk: Desk) -> None:
    set_up(desk, minutely={SEND: 3})
    for openid in CUSTOMERS:
        await desk.sandbox.say(openid, "几点关门")
    await desk.until(lambda: len(desk.states) == len(CUSTOMERS))
    for minute, accepted in enumerate((3, 6, 9)):
        await desk.until(partial(lambda n: len(desk.sandbox.sent) == n and "45011" in desk.trouble, accepted))
        await desk.until(lambda: desk.under_way() == 0)
        desk.move_to(START + timedelta(minutes=minute + 1))
    await desk.until_sent(len(CUSTOMERS))
    assert max(Counter(sent.at for sent in desk.sandbox.sent).values()) <= 3
    assert sorted(sent.openid for sent in desk.sandbox.sent) == CUSTOMERS  # each once
    assert not any(ReplyState.FAILED in states for states in desk.states.values())


async def test_the_limit_of_calls_a_day_is_reported(desk: Desk) -> None:
    set_up(desk, daily={SEND: 2})
    for openid in CUSTOMERS[:2]:
        await desk.sandbox.say(openid, "几点关门")
    await desk.until_sent(2)
    for openid in CUSTOMERS[2:4]:
        await desk.sandbox.say(openid, "几点关门")
    await desk.until(lambda: "45009" in desk.trouble)
    await desk.until(lambda: len(desk.states) == 4 and desk.under_way() == 0)
    calls = desk.calls()
    for hour in (1, 6, 12):
        desk.move_to(START + timedelta(hours=hour))
    assert desk.calls() == calls
    desk.move_to(MIDNIGHT_IN_BEIJING)
    # Thirteen hours late the robot keeps quiet; what it had to say waits for a human.
    await desk.until(lambda: all(desk.states[late][-1] is ReplyState.HELD for late in (3, 4)))
    await desk.opened.desk.replies.release(3)
    await desk.sandbox.say(CUSTOMERS[4], "几点关门")
    await desk.until_sent(4)
    assert [sent.at for sent in desk.sandbox.sent] == [START, START, MIDNIGHT_IN_BEIJING, MIDNIGHT_IN_BEIJING]
    assert {sent.openid for sent in desk.sandbox.sent[2:]} == {(await desk.reply(3)).openid, CUSTOMERS[4]}
    await desk.until(lambda: desk.trouble == "")
