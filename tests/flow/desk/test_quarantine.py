"""Signed but unreadable pushes: kept, told, and made messages once a newer program can read them."""

import json
from dataclasses import replace
from datetime import timedelta

from tests.flow.conftest import World
from wxdesk.app import open_desk
from wxdesk.core.events import DecisionMade, Event, QuarantineChanged
from wxdesk.core.model.decision import Outcome
from wxdesk.core.model.push import BodyFormat, Push
from wxdesk.desk.ports import utc_now
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG
from wxdesk.store import open_store
from wxdesk.store.messages.deriving import UnderivedPush


async def test_an_unreadable_push_is_acknowledged_kept_and_told(world: World) -> None:
    told: list[Event] = []
    world.opened.desk.bus.subscribe(told.append, QuarantineChanged)
    outcome = await world.sandbox.push(LI_LEI.openid, {"Content": "没有类型"})
    assert outcome.accepted
    assert told == [QuarantineChanged()]
    [trouble] = world.opened.desk.health.state.troubles
    assert (trouble.key, trouble.passing) == ("quarantine", True)
    count, [push] = await world.opened.desk.quarantine.newest()
    assert (count, push.account, push.note) == (1, "shop", "MsgType is missing.")
    assert json.loads(push.body)["Content"] == "没有类型"
    assert await world.opened.desk.quarantine.read_again() == 0
    await world.restart()
    assert (await world.opened.desk.quarantine.newest())[0] == 1


async def test_a_push_unreadable_to_an_older_program_becomes_a_message(world: World) -> None:
    await world.sandbox.say(LI_LEI.openid, "几点关门")
    await world.sandbox.wait_for_reply(LI_LEI.openid)
    await world.opened.stop()
    store = await open_store("sqlite:///desk.db", world.setup.home)
    at = utc_now() - timedelta(days=1)
    for number, openid in enumerate((WANG_FANG.openid, LI_LEI.openid, "")):
        said = {"FromUserName": openid, "CreateTime": int(at.timestamp()), "MsgType": "text", "Content": "几点开门"}
        body = json.dumps(said | {"MsgId": f"24051524690104{number}"}).encode()
        push = Push("shop", f"x:{number}", body, BodyFormat.JSON, at, None, "Too new for this program.")
        push_id = await store.pushes.keep(push)
        assert push_id is not None
        await store.pushes.derive([UnderivedPush(push_id, "shop", at, None)])
    await store.close()

    world.opened = await open_desk(replace(world.setup))
    decided: list[Event] = []
    world.opened.desk.bus.subscribe(decided.append, DecisionMade)
    assert (await world.opened.desk.quarantine.newest())[0] == 3
    assert await world.opened.desk.quarantine.read_again() == 2
    while len(decided) < 2:
        await world.heard(lambda event: isinstance(event, DecisionMade))
    outcomes = [
        await world.opened.store.decision_history.for_message(event.message_id)
        for event in decided
        if isinstance(event, DecisionMade)
    ]
    assert [row and row.outcome for row in outcomes] == [Outcome.STALE, Outcome.STALE]  # left to the human
    row = await world.row_of(WANG_FANG.openid)
    assert (row.conversation.preview, row.conversation.unread) == ("几点开门", 1)
    assert (await world.row_of(LI_LEI.openid)).conversation.unread == 2
    count, [kept] = await world.opened.desk.quarantine.newest()
    assert (count, kept.note) == (1, "Too new for this program.")
    assert await world.opened.desk.quarantine.read_again() == 0
