"""What one account waits for in vain holds up no other."""

import asyncio
from collections import defaultdict
from pathlib import Path

from msgspec import structs

from tests.flow.conftest import RULES, setup_for
from wxdesk.app import open_desk
from wxdesk.core.events import Event, ReplyChanged
from wxdesk.core.model.reply import ReplyState
from wxdesk.desk.replies.outbox import SIDE_BY_SIDE
from wxdesk.desk.settings.configuration import Setup
from wxdesk.sandbox.demo_customers import demo_account
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.sandbox.platform.program import MiniProgram
from wxdesk.sandbox.server import Sandbox


async def test_an_account_whose_token_never_comes_leaves_room_for_the_others(tmp_path: Path) -> None:
    account, credentials = demo_account()
    hung = structs.replace(account, name="hung", app_id="wx" + "1" * 16)
    sandbox = Sandbox([MiniProgram(one, credentials) for one in (account, hung)])
    await sandbox.start()
    plain = setup_for(sandbox, tmp_path)
    [entry] = plain.config.accounts
    entries = (entry, structs.replace(entry, name=hung.name, app_id=hung.app_id))
    config = structs.replace(plain.config, accounts=entries)
    opened = await open_desk(Setup(tmp_path, config, dict.fromkeys((account.name, hung.name), credentials)))
    try:
        await opened.desk.rules.exchange.take_in(RULES, "rules.toml")
        for name in (account.name, hung.name):
            sandbox.set_push_url(f"{opened.url}/wx/{name}", name)
            await opened.out.client.check(opened.desk.accounts[name])
        opened.out.client._tokens.forget(hung.name)
        sandbox.faults.plan(SimulatedFault(FaultKind.BEFORE, "token", times=None))
        states, claimed = defaultdict[int, list[ReplyState]](list), asyncio.Event()

        def hear(event: Event) -> None:
            if isinstance(event, ReplyChanged):
                states[event.reply_id].append(event.state)
                if event.state is ReplyState.SENDING:
                    claimed.set()

        opened.desk.bus.subscribe(hear)
        for number in range(SIDE_BY_SIDE + 8):
            await sandbox.say(f"waits{number:02}", "几点", hung.name)
        await claimed.wait()
        await sandbox.say("o_other", "几点", account.name)
        async with asyncio.timeout(30):
            await sandbox.wait_for_reply("o_other")
        ended = [one for one in states.values() if one[-2:] == [ReplyState.SENDING, ReplyState.QUEUED]]
        assert not ended, "no call that hangs had to end first"
    finally:
        await opened.stop()
        await sandbox.stop()
