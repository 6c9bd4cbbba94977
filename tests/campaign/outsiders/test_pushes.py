"""Whatever WeChat signs is acknowledged and kept: shown as a message, or set aside with the reason."""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.campaign.outsiders.push_grammar import OddPush, pushes
from tests.conftest import Sized
from tests.prepared import prepare
from tests.webhook.envelopes import push_envelope
from tests.webhook.pushing import APP_ID, CIPHER, KEY, TOKEN, sha1_of
from wxdesk.app import OpenDesk, open_desk
from wxdesk.config.reading import AccountEntry, Config, ListenerSettings, WeChatSettings
from wxdesk.core.conversations.listing import InboxFilter
from wxdesk.core.events import DecisionMade
from wxdesk.core.model.account import PushMode
from wxdesk.core.model.push import BodyFormat
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.desk.ports import utc_now
from wxdesk.desk.settings.configuration import Setup
from wxdesk.sandbox.server import Sandbox

PUSHES = (150, 600, 20_000)
"""How many pushes are sent in each size of the campaign; they are the same each time."""

AT_ONCE = 16

RULES = """
[[rules]]
name = "order"
when = { regex = '(?P<no>\\d{4,})' }
then = [{ reply = "订单 {{ m.no }}，{{ message.text | truncate: 20 }}" }]
[[rules]]
name = "all"
on = ["text", "image", "card", "enter_session", "other"]
default = true
then = [{ reply = "{{ message.type }} {{ session_from.value | default: '-' }} {{ contact.alias | default: '您' }}" }]
"""


@pytest.fixture
async def opened(tmp_path: Path, sandbox: Sandbox) -> AsyncIterator[OpenDesk]:
    """A whole desk with an account for each mode of pushes."""
    prepare(tmp_path)
    accounts = tuple(AccountEntry(mode.value, APP_ID, "gh_0123456789ab", mode) for mode in PushMode)
    config = Config(ListenerSettings(port=0), wechat=WeChatSettings(sandbox.url), accounts=accounts)
    secrets = {entry.name: Credentials("secret", TOKEN, KEY) for entry in accounts}
    opened = await open_desk(Setup(tmp_path, config, secrets))
    await opened.desk.rules.exchange.take_in(RULES, "rules.toml")
    yield opened
    await opened.stop()


@pytest.mark.campaign
@pytest.mark.timeout(600)
async def test_every_signed_push_is_acknowledged_and_kept(opened: OpenDesk, tmp_path: Path, sized: Sized) -> None:
    made = list(pushes(sized(*PUSHES)))
    waiting = iter(made)
    answers: Counter[tuple[int, bytes]] = Counter()

    async def send(session: aiohttp.ClientSession) -> None:
        for push in waiting:
            query, body = signed(push)
            async with session.post(f"{opened.url}/wx/{push.mode}", params=query, data=body) as response:
                answers[response.status, await response.read()] += 1
                assert response.status == 200, push

    async with aiohttp.ClientSession() as session:
        await asyncio.gather(*(send(session) for _ in range(AT_ONCE)))
    assert answers == {(200, b"success"): len(made)}
    await everything_is_decided(opened, tmp_path)
    await everything_can_be_shown(opened)
    kept = rows(tmp_path, "select account, body from raw_pushes")
    assert {(push.mode, push.body) for push in made} == {(account, bytes(body)) for account, body in kept}
    read, aside = rows(tmp_path, "select sum(note = ''), sum(note != '') from raw_pushes")[0]
    assert min(read, aside) > len(kept) / 10, "the grammar makes both"
    assert rows(tmp_path, "select count(*) from messages")[0][0] <= read


def signed(push: OddPush) -> tuple[dict[str, str], bytes]:
    """Sign a push as WeChat does, at this moment."""
    timestamp, nonce = str(int(utc_now().timestamp())), str(push.number)
    query = {"timestamp": timestamp, "nonce": nonce, "signature": sha1_of(TOKEN, timestamp, nonce)}
    if push.mode == "plain":
        return query, push.body
    encrypted = CIPHER.encrypt(push.body)
    query["msg_signature"] = sha1_of(TOKEN, timestamp, nonce, encrypted)
    if push.mode == "secure":
        return query, push_envelope("gh", encrypted, BodyFormat.XML if push.number % 2 else BodyFormat.JSON)
    return query, json.dumps({"MsgType": "text", "Content": "a clear twin", "Encrypt": encrypted}).encode()


async def everything_is_decided(opened: OpenDesk, home: Path) -> None:
    more = asyncio.Event()
    opened.desk.bus.subscribe(lambda _: more.set(), DecisionMade)
    async with asyncio.timeout(300):
        while rows(home, "select count(*) from messages where id not in (select message_id from decisions)")[0][0]:
            await more.wait()
            more.clear()


async def everything_can_be_shown(opened: OpenDesk) -> None:
    """Ask for all that the window asks for, of everybody."""
    offset = 0
    while page := await opened.store.inbox.page(InboxFilter.ALL, offset):
        offset += len(page)
        for row in page:
            assert await opened.store.inbox.timeline(row.conversation.id)
    count, newest = await opened.desk.quarantine.newest()
    assert count >= len(newest) > 0
    assert await opened.desk.quarantine.read_again() == 0


def rows(home: Path, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(f"file:{home / 'desk.db'}?mode=ro", uri=True)) as database:
        return database.execute(query).fetchall()
