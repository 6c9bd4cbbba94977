"""SSH gateway of frps: a proxy that is asked for by a command, as by plain `ssh`.

    ssh -R :80:127.0.0.1:8765 v0@server -p 2200 http --proxy_name wxdesk --custom_domain wx.example.com

It answers with a text. The forwarding and the command must both come within 3 seconds of the login.
"""

import asyncio

import asyncssh

from wxdesk.config.tunnel import TunnelSettings
from wxdesk.core.setup.tunnel_state import TunnelEnd
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.i18n import tr
from wxdesk.tunnel.ssh.login import SshFailed

PORT_IN_NAME = 80
"""Port that `ssh -R` names; frps does not listen there.

It takes requests at the port of its own configuration.
"""

_MOST_LINES = 20
_STANDS = "RemoteAddress:"
_TAKEN = ("already exists", "already used", "already in use", "conflict")
"""Parts of frps' refusals while another session has the name or the domain."""


async def open_proxy(
    connection: asyncssh.SSHClientConnection, tunnel: TunnelSettings, listener: tuple[str, int], token: str
) -> None:
    """Have frps lead requests for the custom domain to `listener`.

    `token` is that of frps, empty if it wants none.

    Raises:
        SshFailed: frps refused.
    """
    try:
        await connection.forward_remote_port("", PORT_IN_NAME, *listener)
    except asyncssh.ChannelListenError:  # it is no frps
        values = {"port": str(PORT_IN_NAME), "host": tunnel.host}
        raise SshFailed(TunnelEnd(CheckVerdict.SSH_FORWARD_REFUSED, values)) from None
    words = ["http", "--proxy_name", tunnel.proxy_name, "--custom_domain", tunnel.custom_domain]
    process = await connection.create_process(" ".join([*words, *(["--token", token] if token else [])]))
    heard = ""
    for _ in range(_MOST_LINES):
        line = (await process.stdout.readline()).strip()
        if line.startswith(_STANDS):
            return
        heard = line or heard
        if not line and process.stdout.at_eof():
            break
        await asyncio.sleep(0)
    raise SshFailed(_refusal(heard, tunnel, token))


def _refusal(heard: str, tunnel: TunnelSettings, token: str) -> TunnelEnd:
    """Explain what frps wrote instead of an address."""
    if any(part in heard for part in _TAKEN):
        return TunnelEnd(CheckVerdict.SSH_PORT_IN_USE, {"port": tunnel.custom_domain, "host": tunnel.host})
    if "token in login" in heard:
        return TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": tr("frps wants another token")}, needs_person=True)
    shown = "".join(char if char.isprintable() else " " for char in heard)
    said = shown.replace(token, "***")[:200] if token else shown[:200]
    reason = tr("frps refuses: {text}", text=said) if said else tr("frps has ended the connection")
    return TunnelEnd(CheckVerdict.TUNNEL_DOWN, {"reason": reason})
