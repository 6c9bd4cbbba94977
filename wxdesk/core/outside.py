"""Records of the shop's own systems: notices to phones, and data about a customer."""

from enum import StrEnum

from msgspec import Struct


class PhoneKind(StrEnum):
    """Services that bring a notice to a phone."""

    WECOM = "wecom"
    NTFY = "ntfy"
    BARK = "bark"
    SERVERCHAN = "serverchan"
    WEBHOOK = "webhook"


class PhoneNotice(Struct, frozen=True):
    """Notice to a phone that `waiting` customers wait while nobody is at the desk."""

    title: str
    text: str
    waiting: int


class CustomerSheet(Struct, frozen=True):
    """Data about a customer from the shop's own system, shown as plain text.

    `lines` are names with values, of which either may be empty; `links` are names with web addresses.
    """

    title: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    links: tuple[tuple[str, str], ...] = ()
