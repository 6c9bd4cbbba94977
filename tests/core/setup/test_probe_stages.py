"""Each verdict on the public address stands at its place on the way."""

import pytest

from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, ProbeStage, stages

V = CheckVerdict


def _stages(verdict: CheckVerdict) -> list[CheckVerdict]:
    return [found for _, found in stages(Finding(Check.ADDRESS, verdict))]


@pytest.mark.parametrize(
    ("verdict", "stage"),
    [
        (V.NO_PUBLIC_URL, ProbeStage.WRITING),
        (V.IPV6_ONLY, ProbeStage.NAME),
        (V.FIREWALL, ProbeStage.CONNECTION),
        (V.CHAIN_INCOMPLETE, ProbeStage.CERTIFICATE),
        (V.REDIRECT, ProbeStage.ANSWER),
        (V.TOO_SLOW, ProbeStage.TIME),
    ],
)
def test_stages_before_the_obstacle_are_ok_and_later_ones_unknown(verdict: CheckVerdict, stage: ProbeStage) -> None:
    at = list(ProbeStage).index(stage)
    behind = len(ProbeStage) - at - 1
    assert _stages(verdict) == [V.OK] * at + [verdict] + [V.UNKNOWN] * behind


def test_a_note_stops_nothing() -> None:
    assert _stages(V.TLS13_ONLY) == [V.OK] * 3 + [V.TLS13_ONLY] + [V.OK] * 2


@pytest.mark.parametrize("cause", [V.TUNNEL_DOWN, V.TUNNEL_MISSING, V.SSH_HOST_KEY_NEW, V.OFFLINE])
def test_a_cause_beside_the_way_tells_of_no_stage(cause: CheckVerdict) -> None:
    assert set(_stages(cause)) == {V.UNKNOWN}


def test_all_is_well_or_nothing_is_known() -> None:
    assert set(_stages(V.OK)) == {V.OK}
    assert set(_stages(V.UNKNOWN)) == {V.UNKNOWN}
