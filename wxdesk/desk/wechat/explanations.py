"""Explains faults of an account's values, and WeChat's refusals.

The only source of these texts for `wxdesk secret set`, `doctor`, `serve` and the window.
"""

import unicodedata
from collections.abc import Iterable

from msgspec import Struct

from wxdesk.core.errors import Phrase
from wxdesk.core.wechat.credential_shapes import Cleaning, CredentialField, ShapeFault, ShapeIssue
from wxdesk.core.wechat.errcodes import addresses_in, is_known, meaning_of, remedy_of
from wxdesk.i18n import tr

_NAMES = {
    CredentialField.APP_ID: "AppID",
    CredentialField.APP_SECRET: "AppSecret",
    CredentialField.PUSH_TOKEN: "Token",
    CredentialField.ENCODING_AES_KEY: "EncodingAESKey",
}

_SHAPES = {
    CredentialField.APP_ID: "An AppID is “wx” and 16 letters or digits, 18 in all.",
    CredentialField.ORIGINAL_ID: "An original id is “gh_” and 12 letters or digits.",
    CredentialField.APP_SECRET: "An AppSecret has 32 characters, digits and the letters a to f.",
    CredentialField.PUSH_TOKEN: "A Token has 3 to 32 letters or digits.",
    CredentialField.ENCODING_AES_KEY: "An EncodingAESKey has 43 letters or digits.",
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
        return tr("{field} and {other} are swapped. Exchange them.", field=field, other=other)
    if issue.fault is ShapeFault.OTHER_VALUE:
        return tr("This is not the {field} but the {other}. {shape}", field=field, other=other, shape=shape)
    if issue.fault is ShapeFault.BEGINNING:
        return tr("This is not the {field}. {shape}", field=field, shape=shape)
    if issue.fault is ShapeFault.CHARACTERS:
        return tr("The {field} cannot contain “{character}”. {shape}",
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


NOT_IN_THE_IP_LIST = 40164

LONGEST = 120
"""Characters of WeChat's own errmsg that are shown."""


class RefusalText(Struct, frozen=True):
    """Explanation of an errcode, to be translated where it is read.

    `meaning` is part of a sentence, `remedy` sentences (perhaps empty), `copy` the text that the remedy asks to
    paste elsewhere.
    """

    errcode: int
    meaning: Phrase
    remedy: Phrase
    copy: str = ""

    @property
    def sentence(self) -> Phrase:
        """Code and meaning, then the remedy."""
        said = Phrase("{code} {meaning}.", code=self.errcode, meaning=self.meaning)
        return Phrase("{said} {more}", said=said, more=self.remedy) if self.remedy.sentence else said


def refusal_text(errcode: int, errmsg: str = "") -> RefusalText:
    """Explain `errcode`; `errmsg` has the address to allow, or explains unknown codes."""
    meaning = Phrase(meaning_of(errcode))
    if not is_known(errcode) and errmsg:
        meaning = Phrase("{meaning}: “{said}”", meaning=meaning, said=errmsg[:LONGEST])
    addresses = addresses_in(errmsg) if errcode == NOT_IN_THE_IP_LIST else ()
    if not addresses:
        return RefusalText(errcode, meaning, Phrase(remedy_of(errcode)))
    remedy = Phrase("Add {address} to the IP list in the mini program's console.", address=" · ".join(addresses))
    return RefusalText(errcode, meaning, remedy, "\n".join(addresses))
