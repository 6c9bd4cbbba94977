"""Shapes of an account's five values: cleaning, judging and making them.

The shapes are those that WeChat's console gives or takes (消息推送: Token of 3 to 32 letters and digits,
EncodingAESKey of 43). No value is kept in a result, so that it may be shown and stored.
"""

import secrets
import string
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from wxdesk.core.model.account import Account
from wxdesk.core.wechat.credentials import Credentials


class CredentialField(StrEnum):
    """The five values of an account that are copied from or into WeChat's console."""

    APP_ID = "app_id"
    ORIGINAL_ID = "original_id"
    APP_SECRET = "app_secret"  # noqa: S105 - the name of one
    PUSH_TOKEN = "push_token"  # noqa: S105
    ENCODING_AES_KEY = "encoding_aes_key"


class Cleaning(StrEnum):
    """Kinds of characters that a pasted value had too many, or wrong."""

    INVISIBLE = "invisible"
    FULL_WIDTH = "full_width"
    QUOTES = "quotes"
    BLANKS = "blanks"
    PADDING = "padding"


class ShapeFault(StrEnum):
    """Reason for which a value cannot be the one of its field."""

    LENGTH = "length"
    CHARACTERS = "characters"
    BEGINNING = "beginning"
    OTHER_VALUE = "other_value"  # it is the value of another field
    SWAPPED = "swapped"  # it and the value of another field stand in each other's place


@dataclass(frozen=True, slots=True, repr=False)
class CleanedValue:
    """A pasted value as it was meant, and the kinds of characters taken off it."""

    value: str
    cleanings: tuple[Cleaning, ...] = ()


class ShapeIssue(Struct, frozen=True):
    """A field whose value cannot be right.

    `length` is the number of characters given, `character` the first one that is not allowed, `other` the field
    that the value belongs to, where that can be told.
    """

    field: CredentialField
    fault: ShapeFault
    length: int = 0
    character: str = ""
    other: CredentialField | None = None


class FieldShape(Struct, frozen=True):
    """Shape of one field: beginning, characters after it, least and most of them."""

    beginning: str
    characters: str
    least: int
    most: int

    def fits(self, value: str) -> bool:
        """Tell if `value` has this shape."""
        rest = value.removeprefix(self.beginning)
        return (
            value.startswith(self.beginning)
            and self.least <= len(rest) <= self.most
            and not any(character not in self.characters for character in rest)
        )


_ALPHANUMERIC = string.ascii_letters + string.digits

SHAPES = {
    CredentialField.APP_ID: FieldShape("wx", _ALPHANUMERIC, 16, 16),
    CredentialField.ORIGINAL_ID: FieldShape("gh_", _ALPHANUMERIC, 12, 12),
    CredentialField.APP_SECRET: FieldShape("", string.hexdigits, 32, 32),
    CredentialField.PUSH_TOKEN: FieldShape("", _ALPHANUMERIC, 3, 32),
    CredentialField.ENCODING_AES_KEY: FieldShape("", _ALPHANUMERIC, 43, 43),
}

_QUOTES = "\"'`´“”„‟‘’‚‛«»‹›「」『』《》〈〉【】〝〞〟"
_TO_HALF_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_ENDS_AN_AES_KEY = "AEIMQUYcgkosw048"
"""Last characters of 32 bytes in Base64: strict decoders refuse any other."""


def clean(field: CredentialField, pasted: str) -> CleanedValue:
    """Take off what copying adds, and make full-width characters half-width.

    A blank inside is taken out of values of one length only: inside a Token, nobody knows what was meant.
    """
    done: list[Cleaning] = []

    def step(kind: Cleaning, before: str, after: str) -> str:
        if after != before and kind not in done:
            done.append(kind)
        return after

    # A line's end belongs to the way in which the value came, not to the value.
    value = pasted.strip("\r\n")
    visible = [one for one in value if unicodedata.category(one) not in ("Cf", "Cc") or one in "\t\r\n"]
    value = step(Cleaning.INVISIBLE, value, "".join(visible))
    value = step(Cleaning.FULL_WIDTH, value, value.translate(_TO_HALF_WIDTH))
    before = ""
    while value != before:  # blanks may stand outside of the quotes, and inside them
        before = value
        value = step(Cleaning.BLANKS, value, value.strip())
        value = step(Cleaning.QUOTES, value, value.strip(_QUOTES))
        if field is CredentialField.ENCODING_AES_KEY:
            value = step(Cleaning.PADDING, value, value.rstrip("="))
    together = "".join(value.split())
    if together != value and field is not CredentialField.PUSH_TOKEN and SHAPES[field].fits(together):
        value = step(Cleaning.BLANKS, value, together)
    return CleanedValue(value, tuple(done))


def judge(field: CredentialField, value: str) -> ShapeIssue | None:
    """Return the fault that keeps `value` from being the one of `field`, if any."""
    shape = SHAPES[field]
    if shape.fits(value):
        return None
    for other in CredentialField:
        if other is not CredentialField.PUSH_TOKEN and other is not field and SHAPES[other].fits(value):
            return ShapeIssue(field, ShapeFault.OTHER_VALUE, len(value), other=other)
    if not value.startswith(shape.beginning):
        return ShapeIssue(field, ShapeFault.BEGINNING, len(value))
    rest = value.removeprefix(shape.beginning)
    wrong = next((character for character in rest if character not in shape.characters), "")
    if wrong:
        return ShapeIssue(field, ShapeFault.CHARACTERS, len(value), wrong)
    return ShapeIssue(field, ShapeFault.LENGTH, len(value))


def judge_together(values: Mapping[CredentialField, str]) -> tuple[ShapeIssue, ...]:
    """Judge the values of an account together; empty ones are left out.

    Two that fit each other's field, and not both their own, are swapped. A value that fits its field is still
    wrong when it is the same as another field's: a Token may look like anything.
    """
    given = {field: values[field] for field in CredentialField if values.get(field)}
    return tuple(filter(None, (_judge_beside(field, given) for field in given)))


def _judge_beside(field: CredentialField, given: Mapping[CredentialField, str]) -> ShapeIssue | None:
    value = given[field]
    for other, others in given.items():
        if other is field:
            continue
        own = SHAPES[field].fits(value) and SHAPES[other].fits(others)
        if not own and SHAPES[field].fits(others) and SHAPES[other].fits(value):
            return ShapeIssue(field, ShapeFault.SWAPPED, len(value), other=other)
        if field is CredentialField.PUSH_TOKEN and value == others:
            return ShapeIssue(field, ShapeFault.OTHER_VALUE, len(value), other=other)
    return judge(field, value)


def values_of(account: Account, credentials: Credentials) -> dict[CredentialField, str]:
    """Return the values of a configured account by field."""
    return {
        CredentialField.APP_ID: account.app_id,
        CredentialField.ORIGINAL_ID: account.original_id,
        CredentialField.APP_SECRET: credentials.app_secret,
        CredentialField.PUSH_TOKEN: credentials.push_token,
        CredentialField.ENCODING_AES_KEY: credentials.encoding_aes_key,
    }


def judge_account(account: Account, credentials: Credentials) -> tuple[ShapeIssue, ...]:
    """Judge all values of a configured account together."""
    return judge_together(values_of(account, credentials))


def new_token() -> str:
    """Make a Token for WeChat's console: 32 letters and digits."""
    return _random(32, _ALPHANUMERIC)


def new_aes_key() -> str:
    """Make an EncodingAESKey for WeChat's console: 43 letters and digits."""
    return _random(42, _ALPHANUMERIC) + _random(1, _ENDS_AN_AES_KEY)


def _random(length: int, characters: str) -> str:
    return "".join(secrets.choice(characters) for _ in range(length))
