"""Known tunnel programs: where to get them, and what their output says.

Lines are those of frp 0.70, cloudflared 2026, ngrok 3, cpolar 3 and natapp 2 (an ngrok 1).
"""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct

from wxdesk.config.tunnel import Preset

_NEVER = re.compile(r"(?!)")
_AT = r"(?P<at>127\.0\.0\.1:\d+)"
_URL = r"(?P<url>https?://[^\s\"'<>|]+)"


class StatusPage(Struct, frozen=True):
    """Page at which a program tells its address, on this machine only.

    `line` has host and port of it in the program's output; `url` reads the decoded JSON, given our port.
    """

    line: re.Pattern[str]
    path: str
    url: Callable[[object, int], str]


class Program(Struct, frozen=True):
    """One program. Patterns are searched in each line of its output.

    `connected`: the tunnel stands, perhaps with its `url`. `error`: why it does not, in `text`; it counts until it
    stands. `lost`: it stands no more, and the program tries again. `where` is where to get the program.
    """

    connected: re.Pattern[str]
    error: re.Pattern[str] = _NEVER
    lost: re.Pattern[str] = _NEVER
    where: str = ""
    status: StatusPage | None = None


def _quick_tunnel(page: object, port: int) -> str:
    host = page.get("hostname") if isinstance(page, Mapping) else None
    return f"https://{host}" if isinstance(host, str) and host else ""


def _ngrok_tunnel(page: object, port: int) -> str:
    """Find the tunnel that leads to our port; the page may be that of another ngrok."""
    tunnels = page.get("tunnels") if isinstance(page, Mapping) else None
    for tunnel in tunnels if isinstance(tunnels, list) else ():
        config = tunnel.get("config") if isinstance(tunnel, Mapping) else None
        if isinstance(config, Mapping) and str(config.get("addr", "")).endswith(f":{port}"):
            return str(tunnel.get("public_url", ""))
    return ""


_ESTABLISHED = re.compile(rf"Tunnel established at {_URL}")
_RECOVERING = re.compile(r"control recovering from failure|reconnect", re.IGNORECASE)

PROGRAMS: Mapping[Preset, Program] = {
    "frpc": Program(
        connected=re.compile(r"start proxy success"),
        error=re.compile(r"(?:start error|login to (?:the )?server failed|connect to server error): (?P<text>.+)"),
        lost=re.compile(r"try to (?:re)?connect to server|connect to server error"),
        where="https://github.com/fatedier/frp/releases",
    ),
    "cpolar": Program(
        connected=_ESTABLISHED,
        error=re.compile(r"level=(?:error|fatal) msg=\"(?P<text>[^\"]+)"),
        lost=_RECOVERING,
        where="https://www.cpolar.com/download",
    ),
    "natapp": Program(
        connected=_ESTABLISHED,
        error=re.compile(r"\[(?:EROR|ERROR|CRIT)\] (?:\[[^\]]*\] )*(?P<text>.+)"),
        lost=_RECOVERING,
        where="https://natapp.cn/#download",
    ),
    "cloudflared": Program(
        connected=re.compile(
            r"(?P<url>https://(?!api\.)[a-z0-9-]+\.trycloudflare\.com)\b|Registered tunnel connection"
        ),
        error=re.compile(r"ERR (?P<text>.+)|(?P<more>failed to request quick Tunnel.*)"),
        lost=re.compile(r"Lost connection with the edge|Connection terminated"),
        where="https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/downloads/",
        status=StatusPage(re.compile(rf"Starting metrics server on {_AT}"), "/quicktunnel", _quick_tunnel),
    ),
    "ngrok": Program(
        connected=re.compile(rf"started tunnel.* url={_URL}|client session established"),
        error=re.compile(r"lvl=(?:eror|crit).* err=\"(?P<text>[^\"]+)|^ERROR: +(?P<more>.+)"),
        lost=re.compile(r"failed to reconnect session|session closed, starting reconnect|heartbeat timeout"),
        where="https://ngrok.com/download",
        status=StatusPage(re.compile(rf"obj=web addr={_AT}"), "/api/tunnels", _ngrok_tunnel),
    ),
}  # fmt: skip

_NAMED = _URL.replace("url", "named", 1)

ANY_OTHER = Program(
    # Alone on its line, or named; any other may lead to a help page.
    connected=re.compile(rf"^\s*{_URL}\s*$|\b(?:url|forwarding|endpoint)\b[\s:=>]*(?:is:?\s+)?{_NAMED}", re.IGNORECASE),
)
"""A program that nobody knows; it counts as connected as long as it runs."""
