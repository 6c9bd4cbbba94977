"""Where a customer came from, from the mini program's button to the answer of a rule, and over a restart."""

from tests.flow.conftest import World
from wxdesk.sandbox.demo_customers import LI_LEI

RULES = """
[[rules]]
name = "which one"
when = { any = ["有货"] }
then = [{ reply = "您看的 {{ session.id }} 号商品有货。" }]
"""


async def test_session_from_of_the_last_entrance_is_known_for_a_later_message(world: World) -> None:
    await world.opened.desk.rules.exchange.take_in(RULES, "rules.toml")
    await world.sandbox.enter(LI_LEI.openid, '{"from":"商品页","id":42}')
    await world.restart()
    await world.sandbox.say(LI_LEI.openid, "有货吗")
    assert (await world.sandbox.wait_for_reply(LI_LEI.openid)).text == "您看的 42 号商品有货。"
