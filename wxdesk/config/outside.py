"""Tables `[phone]` and `[customer_data]` of config.toml: the shop's own systems.

The addresses of phones and the key of the customers' data are secrets (`wxdesk.secrets`).
"""

import re

import msgspec

from wxdesk.core.errors import BadConfig, Phrase
from wxdesk.core.outside import PhoneKind
from wxdesk.core.wechat.credential_shapes import CredentialField

LONGEST_MINUTES = 24 * 60
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class PhoneSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Phones to tell when nobody is at the desk, by name and kind.

    The first notice goes `after_minutes`, each further one `every_minutes` at most. With `words` it has what customers
    wrote. Hosts inside one's own network are in `private_hosts`.
    """

    targets: dict[str, str] = {}
    after_minutes: int = 5
    every_minutes: int = 15
    words: bool = False
    private_hosts: tuple[str, ...] = ()


class CustomerDataSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Address that answers what the shop knows about a customer; empty for none."""

    url: str = ""
    private_hosts: tuple[str, ...] = ()


def check_outside(phone: PhoneSettings, data: CustomerDataSettings, file: str) -> None:
    """Check both tables. Raises `BadConfig`."""
    for name, kind in phone.targets.items():
        if not _NAME.fullmatch(name) or name.lower() in tuple(CredentialField):
            reason = "a phone's name takes 1 to 32 letters, digits, - and _, and begins with a letter or digit"
            raise BadConfig(file, "phone.targets", reason)
        if kind not in tuple(PhoneKind):
            choices = Phrase("“{value}” is none of: {choices}", value=kind, choices=" | ".join(PhoneKind))
            raise BadConfig(file, "phone.targets", choices)
    for key in ("after_minutes", "every_minutes"):
        if not 1 <= getattr(phone, key) <= LONGEST_MINUTES:
            raise BadConfig(file, f"phone.{key}", Phrase("must be from 1 to {most}", most=LONGEST_MINUTES))
    if data.url and not data.url.startswith(("http://", "https://")):
        raise BadConfig(file, "customer_data.url", "must begin with http:// or https://")
