"""Phones are told when nobody is at the desk: who waits, once for many, and no more often than was asked for."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from msgspec import structs

from tests.flow.timed_desk import START, Desk, timed_desk
from tests.wechat.serving import serving
from wxdesk.config.outside import PhoneSettings
from wxdesk.core.conversations.attention import AttentionReason
from wxdesk.core.errors import BadInput, NotFound
from wxdesk.core.events import AttentionRaised, TroubleRaised
from wxdesk.core.presence import PresenceSignals
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.public_url import PublicUrl
from wxdesk.i18n import tr
from wxdesk.sandbox.demo_customers import LI_LEI, WANG_FANG

RULES = """
[[rules]]
name = "complaint"
when = { any = ["投诉"] }
then = [{ notify = true }]
"""
LI, WANG = LI_LEI.openid, WANG_FANG.openid


@dataclass
class Phones:
    """A desk whose phones are a server here; `status` is what that answers."""

    desk: Desk
    url: str = ""
    status: int = 200
    told: list[dict[str, object]] = field(default_factory=list)
    called: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, request: web.Request) -> web.Response:
        self.called.set()
        if self.status == 200:
            self.told.append(await request.json())
        return web.Response(status=self.status)

    def use(self, **keys: Any) -> None:
        now = self.desk.opened.desk.configuration.now
        usual = {"targets": {"boss": "webhook"}, "private_hosts": ("127.0.0.1",)}
        phone = PhoneSettings(**{**usual, **keys})
        others = {("phone", name): f"{self.url}/{name}-SECRET" for name in phone.targets}
        config = structs.replace(now.config, phone=phone)
        self.desk.opened.desk.configuration.use(replace(now, config=config, others=others))

    async def at(self, minutes: float) -> None:
        """Let the time be so many minutes after the start, and the phones look once."""
        self.desk.clock.now = START + timedelta(minutes=minutes)
        await self.desk.opened.desk.phones.notify_if_due()

    async def complains(self, openid: str, minutes: float = 0) -> int:
        """A customer calls for somebody; the conversation."""
        self.desk.clock.now = START + timedelta(minutes=minutes)
        before = self._raised()
        decision = await self.desk.says(openid, "我要投诉")
        await self.desk.until(lambda: self._raised() > before)
        thread = await self.desk.thread(openid)
        assert decision.message_id
        return thread.id

    def _raised(self) -> int:
        return sum(isinstance(event, AttentionRaised) for event in self.desk.events)


@pytest.fixture
async def phones(tmp_path: Path) -> AsyncIterator[Phones]:
    async with timed_desk(tmp_path, RULES) as desk:
        made = Phones(desk)
        async with serving(made.take) as url:
            made.url = url
            made.use()
            yield made


async def test_one_notice_tells_of_all_waiting_customers_once(phones: Phones) -> None:
    await phones.complains(LI)
    await phones.at(4.9)
    assert phones.told == []
    await phones.complains(WANG, 4.9)
    await phones.at(5)
    [notice] = phones.told
    assert (notice["title"], notice["waiting"]) == ("2 customers need you", 2)
    assert "投诉" not in str(notice)
    assert LI not in str(notice)
    await phones.at(60)
    assert len(phones.told) == 1


async def test_a_new_waiting_contact_is_told_after_the_interval_between_notices(phones: Phones) -> None:
    await phones.complains(LI)
    await phones.at(5)
    await phones.complains(WANG, 6)
    await phones.at(19)
    assert len(phones.told) == 1
    await phones.at(20)
    assert [notice["waiting"] for notice in phones.told] == [1, 2]


async def test_no_phone_is_told_while_an_operator_is_present_or_has_looked(phones: Phones) -> None:
    presence = phones.desk.opened.desk.presence
    await presence.report(PresenceSignals())
    conversation = await phones.complains(LI)
    await phones.at(10)
    await presence.report(PresenceSignals(declared_away=True))
    await phones.at(14)
    assert phones.told == []  # away for four minutes only
    await phones.desk.opened.desk.attention.look(conversation)
    await phones.at(30)
    assert phones.told == []


async def test_notices_quote_messages_only_if_asked_for(phones: Phones) -> None:
    phones.use(words=True)
    await phones.complains(LI)
    await phones.at(5)
    [notice] = phones.told
    assert "我要投诉" in str(notice["text"])


async def test_a_phone_that_refuses_is_a_trouble_until_it_takes_one(phones: Phones) -> None:
    phones.use(targets={"boss": "webhook", "night": "webhook"})
    phones.status = 500
    await phones.complains(LI)
    await phones.at(5)
    events = (event for event in phones.desk.events if isinstance(event, TroubleRaised))
    troubles = [event for event in events if "was not told" in tr(event.text)]
    assert {trouble.key for trouble in troubles} == {"phone:boss", "phone:night"}
    assert all("error 500" in tr(one.text) and "SECRET" not in tr(one.text) for one in troubles)
    phones.status = 200
    await phones.complains(WANG, 6)
    await phones.at(20)
    assert "was not told" not in phones.desk.trouble
    assert [notice["waiting"] for notice in phones.told] == [2, 2]


async def test_notices_are_sent_by_the_running_desk(phones: Phones) -> None:
    await phones.complains(LI)
    phones.desk.clock.now = START + timedelta(minutes=12)
    phones.desk.opened.desk.phones.on_event(AttentionRaised(1, AttentionReason.CALLED))
    async with asyncio.timeout(20):
        await phones.called.wait()


class Way:
    """The way from WeChat to the desk, as its probe finds it."""

    def __init__(self, desk: Desk) -> None:
        self.verdict, self._clock = CheckVerdict.OK, desk.clock
        self._watch = desk.opened.desk.reachability
        self._watch._prober = self
        self._watch.follow("https://shop.example", "shop", "127.0.0.1:8765")

    async def probe(self, _url: PublicUrl, account: str, _listener: str) -> Finding:
        return Finding(Check.ADDRESS, self.verdict, account, {"host": "shop.example"}, self._clock())

    def own_addresses(self) -> tuple[str, ...]:
        return ()

    async def is_found(self, verdict: CheckVerdict) -> None:
        self.verdict = verdict
        await self._watch.check()


@pytest.fixture
async def way(phones: Phones) -> Way:
    made = Way(phones.desk)
    await made.is_found(CheckVerdict.OK)
    return made


async def test_a_lost_way_is_told_once_while_it_lasts(phones: Phones, way: Way) -> None:
    await way.is_found(CheckVerdict.NAME_UNRESOLVED)
    await phones.at(4.9)
    assert phones.told == []
    phones.status = 500
    await phones.at(5)
    phones.status = 200
    await phones.at(6)  # no phone has it yet
    [notice] = phones.told
    assert (notice["title"], notice["waiting"]) == ("WeChat does not reach this desk", 0)
    assert str(notice["text"]).startswith("The name shop.example has no address.")
    await phones.at(60)
    assert len(phones.told) == 1
    await way.is_found(CheckVerdict.OK)
    await phones.at(61)
    await way.is_found(CheckVerdict.FIREWALL)
    await phones.at(65.9)
    assert len(phones.told) == 1
    await phones.at(66)
    assert len(phones.told) == 2


async def test_a_loss_that_ends_before_or_at_a_watched_desk_is_not_told(phones: Phones, way: Way) -> None:
    presence = phones.desk.opened.desk.presence
    await way.is_found(CheckVerdict.FIREWALL)
    await phones.at(4)
    await way.is_found(CheckVerdict.OK)
    await phones.at(10)
    await presence.report(PresenceSignals())
    await way.is_found(CheckVerdict.FIREWALL)
    await phones.at(60)
    await presence.report(PresenceSignals(declared_away=True))
    await phones.at(64)
    assert phones.told == []
    await phones.at(65)
    assert len(phones.told) == 1


async def test_a_database_that_is_gone_is_told_although_nobody_can_read_who_waits(phones: Phones) -> None:
    await phones.complains(LI)
    there, away = (phones.desk.setup.home / name for name in ("desk.db", "away.db"))
    there.rename(away)
    await phones.desk.until(lambda: bool(phones.desk.opened.desk.health.state.refused))
    await phones.at(5)
    [notice] = phones.told
    assert notice["title"] == "This desk cannot store messages"
    assert str(notice["text"]).startswith("Messages are no longer accepted.")
    await phones.at(60)
    assert len(phones.told) == 1
    away.rename(there)
    await phones.desk.until(lambda: not phones.desk.opened.desk.health.state.refused)
    await phones.at(61)
    assert [notice["waiting"] for notice in phones.told] == [0, 1]


async def test_the_running_desk_looks_for_a_loss_each_minute_if_there_are_phones(phones: Phones) -> None:
    assert await phones.desk.opened.desk.phones.notify_if_due() == START + timedelta(minutes=1)
    phones.use(targets={})
    assert await phones.desk.opened.desk.phones.notify_if_due() is None


async def test_a_trial_goes_to_one_phone(phones: Phones) -> None:
    desk = phones.desk.opened.desk
    await desk.phones.try_out("boss")
    assert [notice["waiting"] for notice in phones.told] == [0]
    with pytest.raises(NotFound):
        await desk.phones.try_out("nobody")
    desk.configuration.use(replace(desk.configuration.now, others={}))
    with pytest.raises(BadInput, match="address is not known"):
        await desk.phones.try_out("boss")
