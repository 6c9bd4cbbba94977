"""Findings: outcomes of checks, and the stages of a probe that they stand for."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from wxdesk.core.setup.verdicts import CheckVerdict, Gravity


class Check(StrEnum):
    """Stable names of the things that are checked, in the order in which to mend them."""

    LIBRARIES = "libraries"
    DISPLAY = "display"
    FOLDER = "folder"
    DISK = "disk"
    CONFIGURATION = "configuration"
    DATABASE = "database"
    LISTENER = "listener"
    KEYCHAIN = "keychain"
    SECRETS = "secrets"
    PUSH_MODE = "push_mode"
    API = "api"
    CLOCK = "clock"
    TUNNEL = "tunnel"
    ADDRESS = "address"
    URL_CHECK = "url_check"
    PUSH = "push"
    MESSAGE = "message"
    RULES = "rules"
    POWER = "power"
    SOUND = "sound"
    NOTICES = "notices"
    FONT = "font"


class Finding(Struct, frozen=True):
    """Outcome of one check.

    `account` is its name, empty for what concerns the whole desk. `values` fill the holes of the verdict's
    sentence: addresses, ports, seconds, never a secret or an openid. `at` is when it was found, None for now.
    """

    check: Check
    verdict: CheckVerdict
    account: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None

    @property
    def ok(self) -> bool:
        """True unless it keeps messages from arriving or replies from leaving."""
        return self.verdict.gravity < Gravity.FAILURE


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
