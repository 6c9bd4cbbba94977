"""Areas of troubles: where each is listed, and what it ends with."""

from enum import Enum, StrEnum
from typing import Self

from wxdesk.core.setup.findings import Check


class EndsWith(Enum):
    """End of an account or of this server's turn to work, with which a trouble ends."""

    ACCOUNT = "account"
    WORK = "work"


class TroubleArea(StrEnum):
    """Area of a trouble: its key, or the beginning of its key before a name.

    `check` is the part of the health page that it is listed under; without one, it is under “Also”. One that ends with
    an account has the account's name in its key. One that ends with the work is met by the server that works alone,
    so that another one meets it itself. The keys are stable: `/healthz` and desks of other versions have them.
    """

    check: Check | None
    ends_with: tuple[EndsWith, ...]

    def __new__(cls, key: str, check: Check | None = None, *ends_with: EndsWith) -> Self:
        """Make a member that equals its key."""
        made = str.__new__(cls, key)
        made._value_, made.check, made.ends_with = key, check, ends_with
        return made

    ACCOUNT = "account", Check.API, EndsWith.ACCOUNT, EndsWith.WORK
    BACKUP = "backup"
    CLOCK = "clock", Check.CLOCK
    CONFIGURATION = "configuration"
    DATABASE = "database", Check.DATABASE  # nothing can be stored
    DATABASE_UNSAFE = "database_unsafe", Check.DATABASE
    DISK = "disk", Check.DATABASE
    FIGURES = "figures", None, EndsWith.WORK
    FOLDER = "folder", Check.DATABASE
    INTAKE = "intake", Check.DATABASE, EndsWith.WORK
    KEEP_MONTHS = "keep_months", None, EndsWith.ACCOUNT
    LATE = "late", Check.DATABASE
    LISTENER = "listener"
    LOST_MESSAGES = "lost_messages", Check.DATABASE
    ORIGINAL_ID = "original_id", Check.ADDRESS, EndsWith.ACCOUNT
    PART = "part"  # that of the work ends with it, too
    PHONE = "phone", None, EndsWith.WORK
    PICTURES = "pictures", Check.DATABASE, EndsWith.WORK
    PUSH = "push", Check.ADDRESS, EndsWith.ACCOUNT
    QUARANTINE = "quarantine"
    REACH = "reach", Check.ADDRESS, EndsWith.WORK
    RESTART = "restart"
    RULE = "rule", None, EndsWith.WORK
    SECRETS = "secrets"
    SERVER = "server", Check.DATABASE
    STATUS = "status"
    TOKEN = "token", Check.API, EndsWith.ACCOUNT, EndsWith.WORK
    OTHER = "other"  # of a desk of another version

    @classmethod
    def _missing_(cls, _: object) -> Self:
        return cls("other")

    def key(self, name: object) -> str:
        """Return the key of the trouble with one of several."""
        return f"{self}:{name}"
