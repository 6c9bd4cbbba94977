"""Changes by an operator: of a contact, and of conversations together, with undo."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.model.conversation import Contact


class ContactChange(Struct, frozen=True):
    """Change of a contact: None keeps a field, tags of `add` come, of `remove` go.

    `note` replaces `noted`, which was shown: lines that others have written since stay below it. `line` is added to
    the note as it is then.
    """

    alias: str | None = None
    note: str | None = None
    noted: str | None = None
    blocked: bool | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    line: str = ""

    def applied_to(self, contact: Contact) -> Contact:
        """Return `contact` with this change."""
        kept = (tag for tag in contact.tags if tag not in self.remove)
        note = contact.note if self.note is None else self.note.strip()
        if self.noted is not None:
            own = {*self.noted.splitlines(), *note.splitlines()}
            note = "\n".join((note, *(line for line in contact.note.splitlines() if line not in own))).strip()
        return replace(
            contact,
            alias=contact.alias if self.alias is None else self.alias.strip(),
            note=f"{note}\n{self.line}".strip() if self.line else note,
            blocked=contact.blocked if self.blocked is None else self.blocked,
            tags=tuple(dict.fromkeys((*kept, *self.add))),
        )


def change_from_form(contact: Contact, written: Contact, noted: str) -> ContactChange:
    """Return the change from `contact` and the note `noted`, as shown, to `written`."""
    alias, note = written.alias.strip(), written.note.strip()
    return ContactChange(
        alias=None if alias == contact.alias else alias,
        note=None if note == noted else note,
        noted=None if note == noted else noted,
        add=tuple(tag for tag in written.tags if tag not in contact.tags),
        remove=tuple(tag for tag in contact.tags if tag not in written.tags),
    )


MOST_ROWS = 200
"""Conversations chosen together at the most, so that no message waits for them."""


class RowAct(StrEnum):
    """Act of an operator on rows of the conversation list."""

    READ = "read"
    UNREAD = "unread"
    PIN = "pin"
    UNPIN = "unpin"
    RESOLVE = "resolve"
    SNOOZE = "snooze"
    REOPEN = "reopen"
    BLOCK = "block"
    UNBLOCK = "unblock"
    TAG = "tag"
    UNTAG = "untag"


SETTING_ASIDE = frozenset({RowAct.RESOLVE, RowAct.SNOOZE, RowAct.BLOCK})
"""Acts that resolve or snooze; the operator goes on to another conversation."""

REOPENING = frozenset({RowAct.REOPEN, RowAct.UNBLOCK})
"""Acts after which conversations are open."""

_PAIRS = ((RowAct.READ, RowAct.UNREAD), (RowAct.PIN, RowAct.UNPIN), (RowAct.TAG, RowAct.UNTAG))
_UNDO = {
    **dict(_PAIRS),
    **{after: before for before, after in _PAIRS},
    **dict.fromkeys((RowAct.RESOLVE, RowAct.SNOOZE), RowAct.REOPEN),
    RowAct.BLOCK: RowAct.UNBLOCK,
}


class RowChange(Struct, frozen=True):
    """An act; `until` ends a snooze, `tag` is added to contacts or taken away."""

    act: RowAct
    until: datetime | None = None
    tag: str = ""

    @property
    def undo(self) -> "RowChange | None":
        """The change that takes this one back, for the rows it changed."""
        act = _UNDO.get(self.act)
        return None if act is None else RowChange(act, tag=self.tag)

    @property
    def of_contact(self) -> ContactChange | None:
        """The change of each contact."""
        match self.act:
            case RowAct.BLOCK | RowAct.UNBLOCK:
                return ContactChange(blocked=self.act is RowAct.BLOCK)
            case RowAct.TAG:
                return ContactChange(add=(self.tag,))
            case RowAct.UNTAG:
                return ContactChange(remove=(self.tag,))
        return None

    @property
    def blocks(self) -> bool:
        """True if it blocks the contacts, which also cancels automatic replies to them."""
        return self.of_contact is not None and self.of_contact.blocked is True


class RowsChanged(Struct, frozen=True):
    """Conversations that a change reached, and those with a reply left to settle.

    These stay open; blocking reaches their contacts all the same. `until` is the earliest end of the snoozes.
    """

    ids: tuple[int, ...] = ()
    unsettled: tuple[int, ...] = ()
    until: datetime | None = None
