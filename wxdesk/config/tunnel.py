"""The table [tunnel] of config.toml: how WeChat's requests reach this machine."""

import re
import shlex
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Literal, get_args

import msgspec

from wxdesk.core.errors import BadConfig
from wxdesk.core.setup.tunnel_state import TunnelKind

type Gateway = Literal["sshd", "frps"]
type Preset = Literal["", "frpc", "cpolar", "natapp", "cloudflared", "ngrok"]

GATEWAYS: tuple[Gateway, ...] = ("sshd", "frps")
PRESETS: tuple[Preset, ...] = get_args(Preset.__value__)[1:]  # without the empty one

_USUAL: Mapping[Preset, str] = {
    "frpc": "frpc -c frpc.toml",
    "cpolar": "cpolar http {port} -log=stdout -log-level=info",
    "natapp": "natapp -log=stdout -loglevel=INFO",
    # QUIC does not get through from the mainland.
    "cloudflared": "cloudflared tunnel --no-autoupdate --protocol http2 --metrics 127.0.0.1:0 "
    "--url http://127.0.0.1:{port}",
    "ngrok": "ngrok http {port} --log stdout --log-format logfmt",
}
"""Usual command of each program, which runs in the home folder."""

_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_PROXY_WORD = re.compile(r"[A-Za-z0-9._-]+")


class TunnelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tunnel, without its secret; `kind` decides which of the other keys count.

    ssh: the server `host`, and the address there (`remote_host`, `remote_port`) at which it takes requests for this
    desk. `key_file` may be empty: then the SSH agent's keys and the usual files are tried, and a password.
    `host_key` is the server's fingerprint that the operator accepted. `carry_api`: calls to WeChat's API leave
    through the server as well. `gateway` frps speaks to frp's own SSH gateway: `proxy_name` and `custom_domain` are
    as in frpc.

    command: the program of a `preset`, with its usual arguments unless `command` has others; one word of a command is
    only where its file is.
    """

    kind: TunnelKind = TunnelKind.EXTERNAL
    host: str = ""
    port: int = 22
    user: str = ""
    key_file: str = ""
    host_key: str = ""
    remote_host: str = "127.0.0.1"
    remote_port: int = 8765
    carry_api: bool = False
    gateway: Gateway = "sshd"
    proxy_name: str = "wxdesk"
    custom_domain: str = ""
    preset: Preset = ""
    command: tuple[str, ...] = ()

    @property
    def tells_address(self) -> bool:
        """True for a program that may tell the public address; frpc never does."""
        return self.kind is TunnelKind.COMMAND and self.preset != "frpc"

    def command_to(self, port: int) -> list[str]:
        """Return the whole command of a tunnel that leads to `port` of this machine."""
        usual = _USUAL.get(self.preset, "").format(port=port).split()
        return list(self.command or usual[:1]) + (usual[1:] if len(self.command) <= 1 else [])


def check_tunnel(tunnel: TunnelSettings, file: str) -> None:
    """Check what a type alone does not. Raises `BadConfig`."""
    for key, port in (("port", tunnel.port), ("remote_port", tunnel.remote_port)):
        if not 1 <= port <= 65535:
            raise BadConfig(file, f"tunnel.{key}", "must be from 1 to 65535")
    if tunnel.host_key and not _FINGERPRINT.fullmatch(tunnel.host_key):
        raise BadConfig(
            file, "tunnel.host_key", "is not a fingerprint; it begins with SHA256: and has 43 more characters"
        )
    if tunnel.kind is TunnelKind.SSH:
        _check_ssh(tunnel, file)
    if tunnel.kind is TunnelKind.COMMAND and not (tunnel.preset or any(tunnel.command)):
        raise BadConfig(file, "tunnel.command", "is empty; it takes a program with its arguments, or choose a preset")


def _check_ssh(tunnel: TunnelSettings, file: str) -> None:
    if not tunnel.host:
        raise BadConfig(file, "tunnel.host", "is empty")
    if "/" in tunnel.host or "@" in tunnel.host:
        raise BadConfig(file, "tunnel.host", "takes the name or the address of a server alone")
    if tunnel.gateway == "frps":
        # frps splits what it is told at blanks, and knows no quotes.
        for key, value in (("proxy_name", tunnel.proxy_name), ("custom_domain", tunnel.custom_domain)):
            if not _PROXY_WORD.fullmatch(value):
                raise BadConfig(file, f"tunnel.{key}", "takes letters, digits, dots, - and _, and is not empty")
        if tunnel.carry_api:
            raise BadConfig(file, "tunnel.carry_api", "needs an sshd; frps carries nothing outwards")
    elif not tunnel.user:
        raise BadConfig(file, "tunnel.user", "is empty")


def words_of(line: str) -> tuple[str, ...]:
    """Split a written command; quotes keep blanks, also a line that is a file."""
    words = shlex.shlex(line, posix=True, punctuation_chars=False)
    words.whitespace_split, words.commenters, words.escape = True, "", ""  # a backslash is Windows' own
    try:
        return (line,) if Path(line).is_file() else tuple(words)
    except (OSError, ValueError):  # it is too long for a file, or a quote does not end
        return tuple(line.split())


def line_of(command: Iterable[str]) -> str:
    """Write a command so that `words_of` finds the same words."""
    return " ".join(shlex.quote(word) if not word or re.search(r"[\s'\"]", word) else word for word in command)


def keys_of(tunnel: TunnelSettings) -> dict[str, object]:
    """Return the table as config.toml shall have it; None leaves a default out."""
    plain = msgspec.structs.asdict(TunnelSettings())
    return {
        key: None if value == plain[key] else list(value) if isinstance(value, tuple) else value
        for key, value in msgspec.structs.asdict(tunnel).items()
    }
