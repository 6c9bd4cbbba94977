"""Unsent texts and panels of the composer: stacks of drafts for each conversation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.reply import Reply

_NOTHING = Content()


@dataclass(frozen=True, slots=True)
class Draft:
    """Unsent content; `editing` is the reply that it changes, None for a new one."""

    content: Content = _NOTHING
    editing: Reply | None = None

    @classmethod
    def of_text(cls, text: str, editing: Reply | None = None) -> Draft:
        """Return a draft of a text."""
        return cls(Content(text=text), editing)

    @property
    def text(self) -> str:
        """The text of the content."""
        return self.content.text

    @property
    def blank(self) -> bool:
        """True if it holds neither content nor an edit."""
        return self.editing is None and self.content == _NOTHING

    @property
    def unsaved(self) -> bool:
        """True if closing would lose content or a changed edit."""
        if self.editing is not None:
            return self.changed
        return self.content.kind is not ReplyKind.TEXT or bool(self.text.strip())

    @property
    def changed(self) -> bool:
        """True if the content differs from that of the reply it edits."""
        return self.editing is not None and replace(self.editing.content, gaps=self.content.gaps) != self.content

    def is_like(self, other: Draft) -> bool:
        """Return True if `other` has the same content and edits the same reply, if any."""
        edits = [None if one.editing is None else one.editing.id for one in (self, other)]
        return self.content == other.content and edits[0] == edits[1]


class DraftStack:
    """All drafts except those in the text field and in the panels."""

    def __init__(self) -> None:
        self._lying: defaultdict[tuple[int, ReplyKind], list[Draft]] = defaultdict(list)
        self._left: dict[int, Content] = {}

    def put_on_top(self, conversation_id: int, sheet: Draft) -> None:
        """Put a draft on top of its conversation's stack; ignore a blank one."""
        if not sheet.blank:
            self._lying[conversation_id, sheet.content.kind].append(sheet)

    def put_at_bottom(self, conversation_id: int, sheet: Draft) -> None:
        """Put a draft at the bottom of its conversation's stack."""
        if not sheet.blank:
            self._lying[conversation_id, sheet.content.kind].insert(0, sheet)

    def take(self, conversation_id: int, kind: ReplyKind = ReplyKind.TEXT) -> Draft:
        """Take the top draft of this kind, a blank one if there is none."""
        lying = self._lying[conversation_id, kind]
        return lying.pop() if lying else Draft()

    def take_edit(self, reply: Reply) -> Draft:
        """Take the draft that edits `reply`: a stacked, an abandoned, or a new one."""
        lying = self._lying[reply.conversation_id, reply.content.kind]
        for sheet in lying:
            if sheet.editing is not None and sheet.editing.id == reply.id:
                lying.remove(sheet)
                return replace(sheet, editing=reply)
        return Draft(self._left.pop(reply.id, reply.content), reply)

    def leave(self, sheet: Draft) -> None:
        """Keep the content of an abandoned edit until its reply is edited again."""
        if sheet.editing is not None and sheet.changed:
            self._left[sheet.editing.id] = sheet.content

    def count(self, conversation_id: int) -> int:
        """Return the number of texts of a conversation."""
        return len(self._lying[conversation_id, ReplyKind.TEXT])

    def begun(self) -> set[int]:
        """Return the ids of conversations with drafts that would be lost."""
        return {one for (one, _), lying in self._lying.items() if any(sheet.unsaved for sheet in lying)}

    def edited(self, conversation_id: int) -> list[Reply]:
        """Return the replies that texts of a conversation edit."""
        return [sheet.editing for sheet in self._lying[conversation_id, ReplyKind.TEXT] if sheet.editing is not None]

    def own(self, conversation_id: int) -> str:
        """Return the topmost text of a conversation that edits no reply."""
        return next(
            (one.text for one in reversed(self._lying[conversation_id, ReplyKind.TEXT]) if one.editing is None), ""
        )

    def put_text_before(self, conversation_id: int, text: str) -> None:
        """Put `text` before the topmost draft that edits no reply."""
        lying = self._lying[conversation_id, ReplyKind.TEXT]
        for at in reversed(range(len(lying))):
            if lying[at].editing is None:
                lying[at] = Draft.of_text(above(text, lying[at].text))
                return
        self.put_at_bottom(conversation_id, Draft.of_text(text))

    def follow(self, reply: Reply, *, ended: bool) -> None:
        """Update drafts that edit `reply`; if it has `ended`, they become new texts."""
        lying = self._lying[reply.conversation_id, reply.content.kind]
        for at, sheet in enumerate(lying):
            if sheet.editing is not None and sheet.editing.id == reply.id:
                lying[at] = Draft(sheet.content) if ended else replace(sheet, editing=reply)

    def remove(self, conversation_id: int, sent: Draft) -> None:
        """Remove a draft that was sent."""
        lying = self._lying[conversation_id, sent.content.kind]
        for sheet in reversed(lying):
            if sheet.is_like(sent):
                lying.remove(sheet)
                return


def above(text: str, begun: str) -> str:
    """Return `text` followed by `begun` on a new line, if there is any."""
    return f"{text}\n{begun}" if begun else text
