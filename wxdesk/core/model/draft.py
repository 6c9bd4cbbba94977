"""Drafts of an operator: content that is begun and not sent."""

from dataclasses import dataclass, replace
from typing import Self

from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.reply import Reply, ReplyState

EDITABLE = frozenset({ReplyState.DRAFT, ReplyState.HELD, ReplyState.FAILED})
"""States in which a reply's content may be changed."""

_NOTHING = Content()


@dataclass(frozen=True, slots=True)
class UnsentContent:
    """Stored form of a draft; `reply_id` is the reply that it changes, if any."""

    content: Content
    reply_id: int | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """Unsent content; `editing` is the reply that it changes, None for a new one."""

    content: Content = _NOTHING
    editing: Reply | None = None

    @classmethod
    def of_text(cls, text: str, editing: Reply | None = None) -> Self:
        """Return a draft of a text."""
        return cls(Content(text=text), editing)

    @property
    def text(self) -> str:
        """The text of the content."""
        return self.content.text

    @property
    def stored(self) -> UnsentContent:
        """The draft as it is stored."""
        return UnsentContent(self.content, None if self.editing is None else self.editing.id)

    @property
    def blank(self) -> bool:
        """True if it holds neither content nor an edit."""
        return self.editing is None and self.content == _NOTHING

    @property
    def unsaved(self) -> bool:
        """True if it holds content of its own, or a changed edit."""
        if self.editing is not None:
            return self.changed
        return self.content.kind is not ReplyKind.TEXT or bool(self.text.strip())

    @property
    def changed(self) -> bool:
        """True if the content differs from that of the reply it edits."""
        return self.editing is not None and replace(self.editing.content, gaps=self.content.gaps) != self.content

    def is_like(self, other: Self) -> bool:
        """Return True if `other` has the same content and edits the same reply, if any."""
        return self.stored == other.stored
