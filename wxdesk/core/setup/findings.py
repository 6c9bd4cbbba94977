"""Findings: outcomes of checks, for doctor, window, lamp, troubles and store."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

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


@dataclass(frozen=True, slots=True)
class Finding:
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
