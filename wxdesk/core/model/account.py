"""A mini program as it is configured, and the modes in which it answers."""

from enum import StrEnum

from msgspec import Struct


class PushMode(StrEnum):
    """Protection of pushes (消息加密方式), set per account here and in WeChat's console."""

    PLAIN = "plain"
    COMPAT = "compat"
    SECURE = "secure"


class ReplyMode(StrEnum):
    """Treatment of automatic replies: send, hold first, only draft, or make none."""

    AUTO = "auto"
    HOLD = "hold"
    DRAFT = "draft"
    OFF = "off"


class ModeSource(StrEnum):
    """Setting that decided a reply's mode: account, rule, or conversation."""

    ACCOUNT = "account"
    RULE = "rule"
    CONVERSATION = "conversation"


class Account(Struct, frozen=True):
    """One mini program as configured; `name` is the path of its push URL.

    `title` is what people call it, in any script; empty for its name.
    `reserve` is how many of the replies that WeChat allows to a contact are left to the operator by the rules,
    0 to 4. `timezone` is the IANA name of its customers' time zone; empty is the machine's own. While it is `paused`
    no automatic reply is made or leaves, whatever a conversation or a rule says; operators answer as ever. Contacts are
    deleted after `keep_months` of silence, 0 for never.
    """

    name: str
    app_id: str
    original_id: str = ""
    push_mode: PushMode = PushMode.SECURE
    reply_mode: ReplyMode = ReplyMode.AUTO
    hold_seconds: int = 8
    reserve: int = 2
    timezone: str = ""
    paused: bool = False
    keep_months: int = 0
    title: str = ""
