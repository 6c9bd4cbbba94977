"""A mini program as it is configured, and the modes in which it answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PushMode(StrEnum):
    """How WeChat protects a push (消息加密方式); set per account in WeChat's console and here alike."""

    PLAIN = "plain"
    COMPAT = "compat"
    SECURE = "secure"


class ReplyMode(StrEnum):
    """What happens to an automatic reply: sent, sent after a wait, prepared only, or not made at all."""

    AUTO = "auto"
    HOLD = "hold"
    DRAFT = "draft"
    OFF = "off"


class ModeSource(StrEnum):
    """Whose word a mode is: the account's, the rule's delivery, or a human's about one conversation."""

    ACCOUNT = "account"
    RULE = "rule"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class Account:
    """One mini program, as the operator configured it. `name` is the path of its push URL.

    `reserve` is how many of the replies that WeChat allows to a contact the rules leave to the human, 0 to 4.
    `timezone` is the IANA name of the one in which its customers are told the time; empty is the machine's own.
    """

    name: str
    app_id: str
    original_id: str
    push_mode: PushMode = PushMode.SECURE
    reply_mode: ReplyMode = ReplyMode.AUTO
    hold_seconds: int = 8
    reserve: int = 2
    timezone: str = ""
