"""The desk as the window sees it: what can be read, what can be commanded, and where to listen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from wxdesk.core.model import Content
from wxdesk.desk.accounts import Accounts
from wxdesk.desk.alarms import Alarms
from wxdesk.desk.blocking import Blocking
from wxdesk.desk.bus import Bus
from wxdesk.desk.checkup import Checkup
from wxdesk.desk.dry_run import DryRun
from wxdesk.desk.handoff import Handoff
from wxdesk.desk.health import Health
from wxdesk.desk.hours_keeping import HoursKeeping
from wxdesk.desk.phrasebook import Phrasebook
from wxdesk.desk.pictures import Pictures
from wxdesk.desk.ports import Clock, Store
from wxdesk.desk.preferences import KeptPreferences
from wxdesk.desk.presence import DeskPresence
from wxdesk.desk.quarantine import Quarantine
from wxdesk.desk.rests import Rests
from wxdesk.desk.rulebook import Rulebook
from wxdesk.desk.rules_exchange import RulesExchange
from wxdesk.desk.setting_aside import SettingAside
from wxdesk.desk.takeovers import Takeovers
from wxdesk.desk.traffic import Traffic
from wxdesk.desk.typing import Typing

type BodyOf = Callable[[str, Content], bytes]
"""The bytes that would go to WeChat for a contact's openid and a content, to be looked at beforehand."""


@dataclass(frozen=True, slots=True)
class Desk:
    """The parts that people use. All coroutines of it belong on the desk thread's loop."""

    accounts: Accounts
    store: Store
    preferences: KeptPreferences
    presence: DeskPresence
    handoff: Handoff
    takeovers: Takeovers
    aside: SettingAside
    blocking: Blocking
    alarms: Alarms
    pictures: Pictures
    typing: Typing
    rulebook: Rulebook
    hours: HoursKeeping
    exchange: RulesExchange
    phrasebook: Phrasebook
    rests: Rests
    health: Health
    traffic: Traffic
    quarantine: Quarantine
    checkup: Checkup
    dry_run: DryRun
    bus: Bus
    clock: Clock
    body_of: BodyOf
