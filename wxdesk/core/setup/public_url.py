"""Public address of the desk: cleaned as pasted, and judged before any probe.

WeChat calls `http://` on port 80 or `https://` on port 443 and nothing else ("消息推送",
framework/server-ability/message-push). The address stands for all accounts: the push URL of each is
`{public_url}/wx/{account}`, and people paste that whole line.
"""

import re
import unicodedata
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

from msgspec import Struct

from wxdesk.core.setup.findings import Check, CheckVerdict, Finding

PORTS = {"http": 80, "https": 443}
"""Ports that WeChat calls, by scheme."""

LONGEST = 2048
"""Characters of a pasted address that are read; no name has more than 253."""

PUSH_PREFIX = "/wx/"
"""Beginning of every push path; the account's name follows."""

_QUOTES = "\"'`<>《》〈〉「」『』【】“”‘’"
_MARKS = "。.,;、:!/"  # after NFKC
_SCHEME = re.compile(r"(https?)[:/]+", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_USER = re.compile(r"//[^/]*@")  # may hold a password, which nobody else shall read
_PUSH_PATH = re.compile(r"/wx(?:/[A-Za-z0-9][A-Za-z0-9_-]{0,31})?$")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LONGEST_NAME = 253
_NAT64, _GLOBAL_UNICAST = IPv6Network("64:ff9b::/96"), IPv6Network("2000::/3")
_PRETENDED = IPv4Network("198.18.0.0/15")  # given out by proxy programs such as Clash in place of real addresses
_PATH = re.compile(r"(?:/[A-Za-z0-9._~%-]+)*")


class PublicUrl(Struct, frozen=True):
    """A usable public address.

    `host` is ASCII and has no brackets, `path` no `/` at its end.
    """

    scheme: str
    host: str
    path: str = ""

    @property
    def port(self) -> int:
        """The port that WeChat calls."""
        return PORTS[self.scheme]

    @property
    def ip(self) -> IPv4Address | IPv6Address | None:
        """The host as an address; None if it is a name."""
        return _ip(self.host)

    def __str__(self) -> str:
        return f"{self.scheme}://{bracketed(self.host)}{self.path}"


def bracketed(host: str) -> str:
    """Write a host as before a port or in a URL: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


def push_path(account: str) -> str:
    """Return the path at which the listener takes the pushes for an account."""
    return PUSH_PREFIX + account


def cleaned_url(pasted: str) -> str:
    """Return a pasted address as it was meant; an empty text stays empty.

    Blanks, invisible and full-width characters, quotes and marks round it, a missing scheme (`https`), the port
    that the scheme has anyway, and the rest of a whole push URL (`/wx/shop`, a query) are mended.
    """
    text = unicodedata.normalize("NFKC", pasted[:LONGEST])
    text = "".join(char for char in text if not char.isspace() and unicodedata.category(char) not in {"Cc", "Cf"})
    text = text.strip(_QUOTES).replace("。", ".")
    text = text.partition("?")[0].partition("#")[0].rstrip(_MARKS + _QUOTES)
    if not text:
        return ""
    if found := _SCHEME.match(text):
        text = f"{found[1].lower()}://{text[found.end() :]}"
    elif not _OTHER_SCHEME.match(text):
        text = f"https://{text}"
    scheme, _, rest = text.partition("://")
    host, slash, path = rest.partition("/")
    host = host.lower().removesuffix(f":{PORTS.get(scheme, '')}").rstrip(".")
    return f"{scheme}://{host}" + _PUSH_PATH.sub("", slash + path.rstrip("/"))


def read_public_url(text: str) -> tuple[PublicUrl | None, Finding]:
    """Clean and judge an address; None if WeChat cannot call it whatever answers.

    The finding is `ok`, `url_cleaned` (`url`), `ip_without_name` (`url`), or why it cannot be used:
    `no_public_url`, `url_illegal` (`url`), `wrong_port` (`port`), `private_address` (`ip`).
    """
    url = cleaned_url(text)
    if not url:
        return None, _found(CheckVerdict.NO_PUBLIC_URL)
    if max(len(text), len(url)) > LONGEST:
        return None, _illegal(url)
    try:
        parts = urlsplit(url)
        host, port = _ascii(parts.hostname or ""), parts.port
    except ValueError:
        return None, _illegal(url)
    if not _is_usable(parts, host):
        return None, _illegal(url)
    address = PublicUrl(parts.scheme, host, parts.path)
    if port is not None:
        return None, _found(CheckVerdict.WRONG_PORT, port=str(port), url=str(address))
    if host == "localhost" or (address.ip is not None and is_private(address.ip)):
        return None, _found(CheckVerdict.PRIVATE_ADDRESS, ip=host, host=host)
    if address.ip is not None:
        return address, _found(CheckVerdict.IP_WITHOUT_NAME, url=url)
    meant = text.strip() in {url, str(address)}
    return address, _found(CheckVerdict.OK if meant else CheckVerdict.URL_CLEANED, url=url)


def is_private(ip: IPv4Address | IPv6Address) -> bool:
    """Tell if nobody outside reaches an address: own network, loopback, carrier's NAT.

    Of IPv6, global unicast alone is outside; an address that is translated to IPv4 (NAT64) is judged as that.
    """
    if isinstance(ip, IPv6Address):
        if ip in _NAT64:
            return is_private(IPv4Address(int(ip) & 0xFFFF_FFFF))
        if ip not in _GLOBAL_UNICAST:
            return True
    return not ip.is_global or ip.is_multicast


def leads_inside(found: str) -> bool:
    """Tell if a looked-up address is private; behind a pretended one nobody knows."""
    ip = ip_address(found.partition("%")[0])
    return is_private(ip) and ip not in _PRETENDED


def _is_usable(parts: SplitResult, host: str) -> bool:
    plain = parts.scheme in PORTS and parts.username is None and _PATH.fullmatch(parts.path) is not None
    return plain and len(host) <= _LONGEST_NAME and (_ip(host) is not None or host == "localhost" or _is_name(host))


def _is_name(host: str) -> bool:
    """Tell if `host` looks like a name that every network can know."""
    labels = host.split(".")
    return len(labels) > 1 and not labels[-1].isdigit() and all(map(_LABEL.fullmatch, labels))


def _ascii(host: str) -> str:
    """Write a name as DNS has it; raises ValueError (a UnicodeError) if it has none."""
    return host if host.isascii() else host.encode("idna").decode()


def _ip(host: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _illegal(url: str) -> Finding:
    return _found(CheckVerdict.URL_ILLEGAL, url=_USER.sub("//…@", url))


def _found(verdict: CheckVerdict, **values: str) -> Finding:
    return Finding(Check.ADDRESS, verdict, values=values)


def caddyfile(domain: str, remote_port: int) -> str:
    """Write the file that leads `domain` to the port opened by the SSH server.

    While nothing listens there, Caddy tries again, within the five seconds that WeChat waits: at a 502, WeChat may
    use up its three tries at once.
    """
    return f"{domain} {{\n\treverse_proxy 127.0.0.1:{remote_port} {{\n\t\tlb_try_duration 4s\n\t}}\n}}\n"
