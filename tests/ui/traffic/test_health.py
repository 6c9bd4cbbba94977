"""The health panel on a real desk: what the desk knows of itself, since when, and what mends it."""

from datetime import UTC, datetime
from itertools import pairwise

import pytest
from pytestqt.qtbot import QtBot

from tests.ui.traffic.test_page import WANG, answered, step_texts
from tests.ui.world import World
from wxdesk.core.events import TroubleRaised
from wxdesk.core.setup.facts import SetupState
from wxdesk.core.setup.findings import CheckVerdict
from wxdesk.core.setup.tunnel_state import TunnelKind, TunnelPhase, TunnelState
from wxdesk.desk.health import Health
from wxdesk.desk.ports import utc_now
from wxdesk.sandbox.platform.faults import FaultKind, SimulatedFault
from wxdesk.ui.traffic.header import HEALTH
from wxdesk.ui.traffic.health import health_steps
from wxdesk.ui.traffic.page import TrafficPage
from wxdesk.ui.widgets.labels import IconLabel, PlainLabel

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


def told(page: TrafficPage) -> dict[str, str]:
    return dict(step_texts(page.health.steps))


def test_a_desk_that_works_says_so_part_by_part(qtbot: QtBot, answering: World, page: TrafficPage) -> None:
    answered(answering)
    page.view.setFocus()
    page.header.chips.button(HEALTH).click()
    assert page.health.isVisible()
    assert not page.header.search.isVisible()
    assert page.header.chips.button(HEALTH).hasFocus(), "and not the button below, which the space bar would press"
    port = answering.desk.health.state.listener_url.rsplit(":")[-1]
    qtbot.waitUntil(lambda: told(page)["Clock of this machine"].startswith("Agrees with WeChat's"))
    assert told(page)["Listener"].startswith(f"The open desk listens at 127.0.0.1:{port} · since ")
    assert told(page)["Database"].startswith("It keeps whatever arrives · since ")
    assert told(page)["WeChat's API"].startswith("WeChat gives an access_token · since ")
    icon = page.health.steps.findChild(IconLabel)
    words = icon.parentWidget().findChild(PlainLabel)
    assert abs(icon.geometry().center().y() - words.geometry().center().y()) <= 1


def test_troubles_are_counted_and_told_with_remedies_until_mended(
    qtbot: QtBot, answering: World, page: TrafficPage
) -> None:
    answering.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, errcode=42001))
    answering.sandbox.faults.plan(SimulatedFault(FaultKind.ERRCODE, "token", errcode=40164))
    answering.say(WANG, "你们几点开门")
    page.header.chips.button(HEALTH).click()
    qtbot.waitUntil(lambda: "203.0.113.7" in told(page).get("To copy", ""))
    qtbot.waitUntil(lambda: page.header.chips.button(HEALTH).text() == "Health 1")
    assert "Add 203.0.113.7 to the IP list" in told(page)["WeChat's API"]
    answering.call(answering.desk.outbox.try_now("shop"))
    qtbot.waitUntil(lambda: told(page)["WeChat's API"].startswith("WeChat gives an access_token"))
    qtbot.waitUntil(lambda: page.header.chips.button(HEALTH).text() == "Health")


def test_a_trouble_keeps_the_time_at_which_it_began_and_its_end_another() -> None:
    times = iter(datetime(2026, 3, 4, hour, tzinfo=UTC) for hour in range(24))
    health = Health(lambda: next(times))
    for text in ("The disk is full.", "The disk is nearly full.", "", ""):
        health.on_event(TroubleRaised("database", text))
        assert health.state.since["database"] == datetime(2026, 3, 4, 1 if text else 2, tzinfo=UTC)
        [found] = [one for one in health_steps(health.state, SetupState(), NOW) if one.name == "Database"]
        assert found.role == ("failed" if text else "accent")


@pytest.mark.parametrize("kind", [TunnelKind.EXTERNAL, TunnelKind.SSH])
def test_a_tunnel_of_the_desks_own_has_a_line_with_its_remedy(kind: TunnelKind) -> None:
    state = SetupState(tunnel=TunnelState(kind, TunnelPhase.DOWN, verdict=CheckVerdict.SSH_KEY_REFUSED))
    found = [one.name for one in health_steps(Health(utc_now).state, state, NOW)]
    assert ("Tunnel", "What to do") in pairwise(found) or kind is TunnelKind.EXTERNAL
    assert ("Tunnel" in found) is (kind is TunnelKind.SSH)


def test_troubles_of_other_parts_are_there_too() -> None:
    health = Health(utc_now)
    health.on_event(TroubleRaised("phone:ntfy", "The phone is not reached."))
    health.on_event(TroubleRaised("quarantine", "It is kept.", passing=True))
    others = [
        (one.role, one.text.split(" · ")[0])
        for one in health_steps(health.state, SetupState(), NOW)
        if one.name == "Also"
    ]
    assert others == [("failed", "The phone is not reached."), ("pending", "It is kept.")]
    health.on_event(TroubleRaised("from_a_newer_desk:shop", "It is new."))
    assert [one.name for one in health_steps(health.state, SetupState(), NOW) if one.text.startswith("It is new.")] == [
        "Also"
    ]
