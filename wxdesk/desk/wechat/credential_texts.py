"""Sentences about the shape of an account's values: faults and corrections.

The only source of these texts for `wxdesk secret set`, `doctor`, `serve` and the window.
"""

import unicodedata
from collections.abc import Iterable

from wxdesk.core.wechat.credential_shapes import SHAPES, Cleaning, CredentialField, ShapeFault, ShapeIssue
from wxdesk.i18n import tr

_NAMES = {
    CredentialField.APP_ID: "AppID",
    CredentialField.APP_SECRET: "AppSecret",
    CredentialField.PUSH_TOKEN: "Token",
    CredentialField.ENCODING_AES_KEY: "EncodingAESKey",
}

_SHAPES = {
    CredentialField.APP_ID: "It is “wx” and 16 letters or digits, 18 in all.",
    CredentialField.ORIGINAL_ID: "It is “gh_” and 12 letters or digits.",
    CredentialField.APP_SECRET: "It has 32 characters, digits and the letters a to f.",
    CredentialField.PUSH_TOKEN: "It has 3 to 32 letters or digits.",
    CredentialField.ENCODING_AES_KEY: "It has 43 letters or digits.",
}

_CLEANINGS = {
    Cleaning.INVISIBLE: "invisible characters",
    Cleaning.FULL_WIDTH: "full-width characters (made half-width)",
    Cleaning.QUOTES: "quotation marks",
    Cleaning.BLANKS: "blanks",
    Cleaning.PADDING: "“=” at the end",
}


def field_name(field: CredentialField) -> str:
    """Return the field's name as WeChat's console has it."""
    return _NAMES.get(field) or tr("original id")


def explain_issue(issue: ShapeIssue) -> str:
    """Explain why the value cannot be right, and how the right one looks."""
    field, shape = field_name(issue.field), tr(_SHAPES[issue.field])
    other = field_name(issue.other) if issue.other else ""
    if issue.fault is ShapeFault.SWAPPED:
        return tr("{field} and {other} stand in each other's place. Swap them.", field=field, other=other)
    if issue.fault is ShapeFault.OTHER_VALUE:
        return tr("This is not the {field} but the {other}. {shape}", field=field, other=other, shape=shape)
    if issue.fault is ShapeFault.BEGINNING:
        beginning = SHAPES[issue.field].beginning
        return tr("The {field} must begin with “{beginning}”. {shape}", field=field, beginning=beginning, shape=shape)
    if issue.fault is ShapeFault.CHARACTERS:
        return tr("“{character}” cannot stand in the {field}. {shape}",
                  character=_shown(issue.character), field=field, shape=shape)  # fmt: skip
    return tr("The {field} cannot have {n} characters. {shape}", field=field, n=issue.length, shape=shape)


def explain_cleaning(field: CredentialField, cleanings: Iterable[Cleaning]) -> str:
    """Explain what was taken off a pasted value; empty if nothing was."""
    taken = tr(", ").join(tr(_CLEANINGS[one]) for one in cleanings)
    return tr("Corrected in the {field}: {taken}.", field=field_name(field), taken=taken) if taken else ""


def _shown(character: str) -> str:
    if character == " ":
        return tr("a blank")
    if character.isprintable():
        return character
    return unicodedata.name(character, f"U+{ord(character):04X}")
