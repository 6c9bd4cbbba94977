"""Variables of templates, and WeChat's limit on the length of a text.

Templates are written by the operator; a customer's text enters them as a value and never as template
text. The engine that fills them is chosen in `desk.answers.liquid`.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from wxdesk.core.model.account import Account
from wxdesk.core.model.conversation import Conversation
from wxdesk.core.model.message import Message
from wxdesk.core.normalise import is_visible
from wxdesk.core.wechat.session_from import PlainValue, plain_fields

TEXT_LIMIT_BYTES = 2048
"""Most UTF-8 bytes in one text, found by experience; WeChat refuses more (45002)."""

MAX_PARTS = 3
"""Most messages of one split reply: each costs one of the contact's five."""

VARIABLES: Mapping[str, frozenset[str] | None] = MappingProxyType(
    {
        "account": None,
        "contact": frozenset({"alias", "short_id"}),
        "message": frozenset({"text", "type"}),
        "m": frozenset(),
        "session_from": None,
        "session": None,
        "hours": frozenset({"open", "next_open", "next_close"}),
        "time": None,
        "date": None,
        "weekday": None,
        "window": frozenset({"left", "until"}),
    }
)
"""The names that a template can use, with their fields where these are fixed.

account: name of the mini program here · contact: alias, short_id (the end of the openid, never all of it) ·
message: text, type · m: named groups of the rule's patterns · session_from: value, and its fields if it is
JSON or a query string, of the entry that is answered · session: the same of the customer's last entry, also
when answering a later message · hours: open, next_open, next_close of the calendar that the rule names,
else of the first · time (14:05), date (2026-11-24), weekday (1 Monday to 7 Sunday): the account's clock ·
window: left (replies), until (date and time).
"""

WITH_FIELDS = frozenset({"contact", "message", "m", "session_from", "session", "hours", "window"})
"""Names that cannot be shown by themselves, only with a field."""

_SHORT_ID = 6


def byte_count(text: str) -> int:
    """The size of `text` as WeChat counts it: bytes of UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def without_markup(value: str) -> str:
    """Make a `value` from outside unable to become a link in a sent message.

    WeChat turns `<a href=…>` in a text into a link (文本消息支持插入跳转链接). Every `<` becomes the full-width
    `＜`, not only one before an `a`: two values that stand side by side could make a tag that neither holds
    alone. Lone surrogates are dropped, because they cannot be sent.
    """
    return value.encode("utf-8", "ignore").decode().replace("<", "＜")


def variables(
    message: Message, conversation: Conversation, account: Account, groups: Mapping[str, str], now: datetime
) -> dict[str, object]:
    """Return the values of VARIABLES but for `hours`; `now` is in the account's zone.

    Invisible values are left out, so that a template that shows one fails instead of having a hole: a customer
    without an alias, a picture without a text, a group that took no part or found blanks only.
    """
    contact, window = conversation.contact, conversation.window
    until = {} if window.until is None else {"until": window.until.astimezone(now.tzinfo).strftime("%Y-%m-%d %H:%M")}
    return {
        "account": without_markup(account.title or account.name),
        "contact": _filled({"alias": contact.alias, "short_id": contact.openid[-_SHORT_ID:]}),
        "message": _filled({"text": message.text, "type": message.type.value}),
        "m": _filled(groups),
        "session_from": _known(message.session_from or ""),
        "session": _known(message.session_from or conversation.session_from),
        "time": now.strftime("%H:%M"),
        "date": now.strftime("%Y-%m-%d"),
        "weekday": now.isoweekday(),
        "window": {"left": window.left, **until},
    }


def _filled(values: Mapping[str, str]) -> dict[str, str]:
    """Return the visible values, made harmless."""
    return {name: without_markup(value) for name, value in values.items() if is_visible(value)}


def _known(session_from: str) -> dict[str, PlainValue]:
    """Return the visible fields of a `SessionFrom`."""
    fields = session_fields(session_from) if session_from else {}
    return {name: field for name, field in fields.items() if not isinstance(field, str) or is_visible(field)}


def session_fields(value: str) -> dict[str, PlainValue]:
    """Return the plain fields of a `SessionFrom`, and the whole of it as `value`."""
    fields = {
        without_markup(name): without_markup(field) if isinstance(field, str) else field
        for name, field in plain_fields(value).items()
    }
    return {**fields, "value": without_markup(value)}
