"""Stages of a probe of the public address, in the order of a request's way."""

from collections.abc import Iterator
from enum import StrEnum

from wxdesk.core.setup.findings import Finding
from wxdesk.core.setup.verdicts import CheckVerdict

_V = CheckVerdict


class ProbeStage(StrEnum):
    """One part of the way from WeChat to this desk."""

    WRITING = "writing"  # the address as it is written
    NAME = "name"  # its name leads to an address
    CONNECTION = "connection"  # something answers there
    CERTIFICATE = "certificate"  # and has a certificate that WeChat accepts
    ANSWER = "answer"  # this desk is behind it, byte for byte
    TIME = "time"  # soon enough


_STAGES = {
    ProbeStage.WRITING: (_V.NO_PUBLIC_URL, _V.URL_ILLEGAL, _V.URL_CLEANED, _V.WRONG_PORT, _V.IP_WITHOUT_NAME),
    ProbeStage.NAME: (_V.NAME_UNRESOLVED, _V.IPV6_ONLY, _V.PRIVATE_ADDRESS),
    ProbeStage.CONNECTION: (_V.HOME_BROADBAND, _V.FIREWALL, _V.CONNECTION_LOST, _V.TUNNEL_DOWN),
    ProbeStage.CERTIFICATE: (
        _V.CERTIFICATE_EXPIRED,
        _V.CERTIFICATE_OTHER_NAME,
        _V.CERTIFICATE_SELF_SIGNED,
        _V.CHAIN_INCOMPLETE,
        _V.TLS13_ONLY,
        _V.TLS_FAILED,
    ),
    ProbeStage.ANSWER: (_V.REDIRECT, _V.INTERSTITIAL, _V.FOREIGN_PAGE, _V.OTHER_PROGRAM, _V.ANSWER_CHANGED),
    ProbeStage.TIME: (_V.SLOW, _V.TOO_SLOW),
}
_STAGE_OF = {verdict: stage for stage, verdicts in _STAGES.items() for verdict in verdicts}
_STOPS_NOTHING = {_V.IP_WITHOUT_NAME, _V.URL_CLEANED, _V.TLS13_ONLY, _V.SLOW}


def stages(finding: Finding) -> Iterator[tuple[ProbeStage, CheckVerdict]]:
    """List each stage with its verdict: `ok` before the obstacle, `unknown` behind it."""
    stopped = finding.verdict in {_V.UNKNOWN, _V.WAITING}
    obstacle = _STAGE_OF.get(finding.verdict)
    for stage in ProbeStage:
        if stage is obstacle:
            yield stage, finding.verdict
            stopped = finding.verdict not in _STOPS_NOTHING
        else:
            yield stage, _V.UNKNOWN if stopped else _V.OK
