"""Health of the desk: each part that messages need, since when, and what mends it.

It shows what the desk knows anyway: its troubles, which also stand at the foot of the window, and the findings of the
guided set-up.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from urllib.parse import urlsplit

from PySide6.QtWidgets import QWidget

from wxdesk.core.events import ConfigurationChanged, ListenerChanged, SetupChanged, TokenChanged, TroubleRaised
from wxdesk.core.setup.facts import SetupState
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.desk.health import LISTENER, START, HealthState
from wxdesk.desk.setup import sentences
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size
from wxdesk.ui.runtime.bridge import Bridge
from wxdesk.ui.setup.text import sentence_of, state_of
from wxdesk.ui.traffic.detail import StepList
from wxdesk.ui.traffic.steps import TrafficStep
from wxdesk.ui.widgets.boxes import STRETCH, ColumnScroll, Frame, hbox, vbox
from wxdesk.ui.widgets.buttons import Button
from wxdesk.ui.widgets.card_rows import SettingsCard
from wxdesk.ui.wording.times import dated_time

PARTS = (Check.LISTENER, Check.TUNNEL, Check.ADDRESS, Check.API, Check.DATABASE, Check.CLOCK)
"""Parts that messages need, the first to mend first."""


def health_steps(health: HealthState, setup: SetupState, now: datetime) -> list[TrafficStep]:
    """Return a step for each part and each trouble, the first to mend first."""
    steps: list[TrafficStep] = []
    for check in PARTS:
        mine = [one for one in health.troubles if one.area.check is check]
        for one in mine:
            steps += _troubled(sentences.name(check), one, health, now)
        for finding in () if mine else _findings(check, health, setup):
            steps += _found(finding, now)
    for one in health.troubles:
        steps += () if one.area.check else _troubled(tr("Also"), one, health, now)
    return steps


def _troubled(name: str, trouble: TroubleRaised, health: HealthState, now: datetime) -> Iterator[TrafficStep]:
    text = _since(tr(trouble.text), health.since.get(trouble.key), now)
    yield TrafficStep(name, text, "pending" if trouble.passing else "failed", icon="warning")
    yield from _to_copy(trouble.copy)


def _found(finding: Finding, now: datetime) -> Iterator[TrafficStep]:
    look, name = state_of(finding), sentences.name(finding.check, finding.account if not finding.ok else "")
    yield TrafficStep(name, _since(sentence_of(finding), finding.at, now), look.role, icon=look.icon)
    if remedy := sentences.remedy(finding):
        yield TrafficStep(tr("What to do"), remedy)
    yield from _to_copy(sentences.copy(finding))


def _to_copy(value: str) -> Iterator[TrafficStep]:
    if value:
        yield TrafficStep(tr("To copy"), value, copy=True)


def _since(text: str, at: datetime | None, now: datetime) -> str:
    return text if at is None else tr("{text} · since {time}", text=text, time=dated_time(at, now))


def _findings(check: Check, health: HealthState, setup: SetupState) -> Iterator[Finding]:
    match check:
        case Check.LISTENER:
            place = urlsplit(health.listener_url)
            verdict = CheckVerdict.OK if place.port else CheckVerdict.NOT_LISTENING
            values = {"cause": "ours", "host": place.hostname or "", "port": str(place.port)}
            yield Finding(check, verdict, values=values, at=health.since.get(LISTENER))
        case Check.TUNNEL if setup.tunnel.kind is not TunnelKind.EXTERNAL:
            yield setup.tunnel.finding
        case Check.ADDRESS:
            yield setup.reach
        case Check.API:
            found = [one.finding(Check.API) for one in setup.accounts]
            yield from [one for one in found if one.verdict is not CheckVerdict.OK] or found[:1]
            if not found:
                yield Finding(Check.CONFIGURATION, CheckVerdict.NO_ACCOUNT)
        case Check.DATABASE:
            began = health.since.get("database") or health.since.get(START)
            yield Finding(check, CheckVerdict.OK, values={"cause": "open"}, at=began)
        case Check.CLOCK:
            compared = any(token.expires_at for _, token in health.tokens)  # with the date of WeChat's answer
            yield Finding(check, CheckVerdict.OK if compared else CheckVerdict.UNKNOWN, at=health.since.get("clock"))
        case _:
            pass


class HealthPanel(QWidget):
    """Card with each part of the desk; `tell` gets the number of those not well."""

    def __init__(self, bridge: Bridge, tell: Callable[[int], None]) -> None:
        super().__init__()
        self._bridge = bridge
        self._tell = tell
        self.steps = StepList(Size.BODY)
        self.setup = Button(tr("Guided set-up"))
        self.setup.setToolTip(tr("Checks each step again, and mends what it can"))
        hint = tr("On the server") if bridge.desk.is_remote else ""
        card = SettingsCard(tr("What messages need"), hint=hint)
        card.column.addWidget(self.steps)
        inner = Frame("window")
        vbox(card, hbox(self.setup, STRETCH), STRETCH, within=inner, spacing=12, margins=(16, 16, 16, 16))
        vbox(ColumnScroll(self, inner), within=self)
        kinds = ListenerChanged, SetupChanged, TokenChanged, TroubleRaised, ConfigurationChanged
        bridge.follow(self, self.refresh, *kinds)

    def refresh(self) -> None:
        """Show the desk's present state."""
        desk = self._bridge.desk
        steps = health_steps(desk.health.state, desk.setup.state, desk.clock())
        self.steps.show_steps(steps)
        self._tell(sum(step.role in {"failed", "pending"} for step in steps))
