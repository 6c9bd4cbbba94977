"""State of the tunnel, through which WeChat's requests reach this machine."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from wxdesk.core.errors import Text
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding


class TunnelKind(StrEnum):
    """Ways of reaching this machine, as `[tunnel] kind` names them."""

    EXTERNAL = "external"  # something outside wxdesk, or a public address of this machine's own
    SSH = "ssh"  # reverse forwarding by an SSH server
    COMMAND = "command"  # another program, which wxdesk starts and watches


class TunnelPhase(StrEnum):
    """Phases of a tunnel."""

    STOPPED = "stopped"
    STARTING = "starting"
    UP = "up"
    DOWN = "down"  # it failed or was lost, and is tried again


class TunnelUp(Struct, frozen=True):
    """Report of a driver whose tunnel stands: its address, if known, and a note.

    `api_port`: port of this machine from which calls to WeChat's API leave through the tunnel; 0 if it carries none.
    """

    public_url: str = ""
    verdict: CheckVerdict = CheckVerdict.OK
    values: Mapping[str, Text] = field(default_factory=dict)
    api_port: int = 0


class TunnelEnd(Struct, frozen=True):
    """Reason of a tunnel's end; `needs_person`: trying again soon changes nothing."""

    verdict: CheckVerdict
    values: Mapping[str, Text] = field(default_factory=dict)
    needs_person: bool = False


class TunnelState(Struct, frozen=True):
    """The tunnel at one moment.

    `public_url` is the address that the driver knows, empty if none. While it is up, `verdict` may be a note or a
    warning; while it is down, why. `values` fill the verdict's sentence; `since` is when all this began. `api_port` is
    as in `TunnelUp`.
    """

    kind: TunnelKind = TunnelKind.EXTERNAL
    phase: TunnelPhase = TunnelPhase.STOPPED
    public_url: str = ""
    verdict: CheckVerdict = CheckVerdict.UNKNOWN
    values: Mapping[str, Text] = field(default_factory=dict)
    since: datetime | None = None
    api_port: int = 0

    @property
    def finding(self) -> Finding:
        """The state as the outcome of a check."""
        return Finding(Check.TUNNEL, self.verdict, values=self.values, at=self.since)
