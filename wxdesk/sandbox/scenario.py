"""Script of the demonstration: customers' messages and reactions to replies.

The texts have no emoji, because no font for them is assured where the demonstration runs.
"""

import asyncio
from collections.abc import Iterable
from enum import StrEnum

from msgspec import Struct

from wxdesk.sandbox.demo_customers import (
    HAN_MEIMEI,
    LI_LEI,
    MISS_CHEN,
    STRANGER,
    WANG_FANG,
    ZHANG_SANFENG,
    ZHAO_MIN,
    DemoCustomer,
)
from wxdesk.sandbox.server import Sandbox


class CustomerAction(StrEnum):
    """Actions of a customer in a step."""

    SAYS = "says"  # `what` is the text
    ENTERS = "enters"  # `what` is the button's session-from
    SHOWS = "shows"  # a picture
    SENDS_CARD = "sends_card"  # `what` is its title, a bar, and its page


class ScenarioStep(Struct, frozen=True):
    """One action of a customer in the script.

    `who` does `what`, `after` seconds behind the step before. With `after_reply` it is a reaction: it waits for
    a reply since the customer's last action, and is left out if none comes.
    """

    who: DemoCustomer
    after: float
    what: str = ""
    doing: CustomerAction = CustomerAction.SAYS
    after_reply: bool = False


OPENING: tuple[ScenarioStep, ...] = (
    ScenarioStep(ZHAO_MIN, 0, "我的快递到哪了"),
    ScenarioStep(ZHAO_MIN, 2, "订单 20461 到哪了", after_reply=True),
    ScenarioStep(STRANGER, 2, doing=CustomerAction.SHOWS),
    ScenarioStep(MISS_CHEN, 2, "下单时地址写错了，能帮我改成徐汇区天钥桥路 100 号吗"),
    ScenarioStep(LI_LEI, 3, "请问几点关门"),
    ScenarioStep(LI_LEI, 2, "谢谢", after_reply=True),
    ScenarioStep(HAN_MEIMEI, 2, "你好，我的快递到哪了"),
    ScenarioStep(HAN_MEIMEI, 3, "昨天就问过了，我要找人工", after_reply=True),
    ScenarioStep(WANG_FANG, 2, "goods/1024", CustomerAction.ENTERS),
    ScenarioStep(WANG_FANG, 3, "这款能开发票吗", after_reply=True),
    ScenarioStep(ZHANG_SANFENG, 2, "退款三天了还没到账"),
    ScenarioStep(ZHANG_SANFENG, 3, "能不能快点处理", after_reply=True),
    ScenarioStep(WANG_FANG, 3, "请问周末几点关门"),
)
"""Opening scene with every situation: rule, human wanted, entering, a picture."""

LATER: tuple[ScenarioStep, ...] = (
    ScenarioStep(LI_LEI, 40, "对了，订单 20488 到哪了"),
    ScenarioStep(LI_LEI, 35, "门口好停车吗"),
    ScenarioStep(WANG_FANG, 30, "那我周六下午来看看"),
    ScenarioStep(ZHAO_MIN, 45, "这套茶具还有别的颜色吗"),
    ScenarioStep(ZHAO_MIN, 3, "青瓷茶具六件套|pages/goods/detail?id=2201", CustomerAction.SENDS_CARD),
    ScenarioStep(STRANGER, 40, "盒子破了一个角，东西没事，能补一个包装吗"),
    ScenarioStep(MISS_CHEN, 35, "电话还是原来的"),
    ScenarioStep(ZHANG_SANFENG, 45, "银行那边说还没有收到"),
    ScenarioStep(LI_LEI, 40, "节假日几点开门"),
    ScenarioStep(HAN_MEIMEI, 45, "谢谢"),
    ScenarioStep(WANG_FANG, 35, "goods/2201", CustomerAction.ENTERS),
)
"""Steps repeated for as long as the demonstration runs."""

PATIENCE_SECONDS = 6.0
"""Seconds a customer waits for a reply before leaving out a reaction."""


async def play(sandbox: Sandbox, steps: Iterable[ScenarioStep], pace: float = 1.0) -> None:
    """Play the steps; `pace` stretches the pauses, 0 leaves them out."""
    last_done: dict[str, int] = {}
    for step in steps:
        await asyncio.sleep(step.after * pace)
        if step.after_reply and not await _answered(sandbox, step.who, last_done):
            continue
        last_done[step.who.openid] = len(sandbox.sent)
        await _do(sandbox, step)


async def _answered(sandbox: Sandbox, who: DemoCustomer, last_done: dict[str, int]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await sandbox.wait_for_reply(who.openid, last_done.get(who.openid, 0))
    except TimeoutError:
        return False
    return True


async def _do(sandbox: Sandbox, step: ScenarioStep) -> None:
    openid = step.who.openid
    match step.doing:
        case CustomerAction.SAYS:
            await sandbox.say(openid, step.what)
        case CustomerAction.ENTERS:
            await sandbox.enter(openid, step.what)
        case CustomerAction.SHOWS:
            await sandbox.show(openid)
        case CustomerAction.SENDS_CARD:
            title, _, page_path = step.what.partition("|")
            await sandbox.send_card(openid, title, page_path)
