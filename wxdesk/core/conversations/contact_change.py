"""Change of a contact by an operator; only changed fields are stored."""

from dataclasses import dataclass, replace

from wxdesk.core.model.conversation import Contact


@dataclass(frozen=True, slots=True)
class ContactChange:
    """Change of a contact: None keeps a field, tags of `add` come, of `remove` go.

    `line` is added to the note as it is then.
    """

    alias: str | None = None
    note: str | None = None
    blocked: bool | None = None
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()
    line: str = ""

    def applied_to(self, contact: Contact) -> Contact:
        """Return `contact` with this change."""
        kept = (tag for tag in contact.tags if tag not in self.remove)
        note = contact.note if self.note is None else self.note.strip()
        return replace(
            contact,
            alias=contact.alias if self.alias is None else self.alias.strip(),
            note=f"{note}\n{self.line}".strip() if self.line else note,
            blocked=contact.blocked if self.blocked is None else self.blocked,
            tags=tuple(dict.fromkeys((*kept, *self.add))),
        )


def change_from_form(contact: Contact, alias: str, note: str, tags: tuple[str, ...]) -> ContactChange:
    """Return the change from `contact`, as it was shown, to these values."""
    return ContactChange(
        alias=None if alias.strip() == contact.alias else alias.strip(),
        note=None if note.strip() == contact.note else note.strip(),
        add=tuple(tag for tag in tags if tag not in contact.tags),
        remove=tuple(tag for tag in contact.tags if tag not in tags),
    )
