"""URL of the store; its password is neither shown nor logged."""

import os
from urllib.parse import parse_qs, unquote, urlsplit

VARIABLE = "WXDESK_STORE_URL"
"""Environment variable that takes the place of `[store] url`."""

KINDS = ("sqlite:///", "postgresql://")


def url_of_environment() -> str:
    """Return the URL in the environment; empty if there is none."""
    return os.environ.get(VARIABLE, "").strip()


def public_part(url: str) -> str:
    """Strip user and parameters, which may hold a password, from a store's URL."""
    kind, found, rest = url.partition("://")
    place = rest.partition("?")[0]
    return f"{kind}{found}{place if kind == 'sqlite' else place.rpartition('@')[2]}"


def without_password(url: str) -> str:
    """Put *** in the place of what may be the password in a store's URL."""
    for one in sorted(passwords_in(url), key=len, reverse=True):
        url = url.replace(f":{one}@", ":***@").replace(f"password={one}", "password=***")
    return url


def passwords_in(url: str) -> tuple[str, ...]:
    """Return what may be the password in a URL, as written and as meant."""
    try:
        parts = urlsplit(url)
        written = [parts.password or "", *parse_qs(parts.query).get("password", ())]
    except ValueError:
        return ()
    return tuple({form for one in written if one for form in (one, unquote(one))})
