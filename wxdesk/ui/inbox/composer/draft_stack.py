"""Unsent texts of the composer: a stack of drafts for each conversation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from wxdesk.core.model.reply import Reply


@dataclass(frozen=True, slots=True)
class ComposerDraft:
    """One unsent text; `editing` is the reply that it changes, None for a new one."""

    text: str = ""
    editing: Reply | None = None

    @property
    def blank(self) -> bool:
        """True if it holds neither a text nor an edit."""
        return self.editing is None and not self.text

    @property
    def has_unsaved_text(self) -> bool:
        """True if closing would lose written text or a changed edit."""
        return self.changed if self.editing is not None else bool(self.text.strip())

    @property
    def changed(self) -> bool:
        """True if the text differs from that of the reply it edits."""
        return self.editing is not None and self.text != self.editing.content.text

    def is_like(self, other: ComposerDraft) -> bool:
        """Return True if `other` has the same text and edits the same reply, or none too."""
        edits = [None if one.editing is None else one.editing.id for one in (self, other)]
        return self.text == other.text and edits[0] == edits[1]


class DraftStack:
    """All drafts except the one in the text field."""

    def __init__(self) -> None:
        self._lying: defaultdict[int, list[ComposerDraft]] = defaultdict(list)
        self._left: dict[int, str] = {}

    def put_on_top(self, conversation_id: int, sheet: ComposerDraft) -> None:
        """Put a draft on top of its conversation's stack; ignore a blank one."""
        if not sheet.blank:
            self._lying[conversation_id].append(sheet)

    def put_at_bottom(self, conversation_id: int, sheet: ComposerDraft) -> None:
        """Put a draft at the bottom of its conversation's stack."""
        if not sheet.blank:
            self._lying[conversation_id].insert(0, sheet)

    def take(self, conversation_id: int) -> ComposerDraft:
        """Take the top draft, a blank one if there is none."""
        lying = self._lying[conversation_id]
        return lying.pop() if lying else ComposerDraft()

    def take_edit(self, reply: Reply) -> ComposerDraft:
        """Take the draft that edits `reply`: a stacked, an abandoned, or a new one."""
        lying = self._lying[reply.conversation_id]
        for sheet in lying:
            if sheet.editing is not None and sheet.editing.id == reply.id:
                lying.remove(sheet)
                return replace(sheet, editing=reply)
        return ComposerDraft(self._left.pop(reply.id, reply.content.text), reply)

    def leave(self, sheet: ComposerDraft) -> None:
        """Keep the text of an abandoned edit until its reply is edited again."""
        if sheet.editing is not None and sheet.changed:
            self._left[sheet.editing.id] = sheet.text

    def count(self, conversation_id: int) -> int:
        """Return the number of drafts of a conversation."""
        return len(self._lying[conversation_id])

    def begun(self) -> set[int]:
        """Return the ids of conversations with text that would be lost."""
        return {one for one, lying in self._lying.items() if any(sheet.has_unsaved_text for sheet in lying)}

    def edited(self, conversation_id: int) -> list[Reply]:
        """Return the replies that drafts of a conversation edit."""
        return [sheet.editing for sheet in self._lying[conversation_id] if sheet.editing is not None]

    def own(self, conversation_id: int) -> str:
        """Return the topmost text of a conversation that edits no reply."""
        return next((one.text for one in reversed(self._lying[conversation_id]) if one.editing is None), "")

    def put_text_before(self, conversation_id: int, text: str) -> None:
        """Put `text` before the topmost draft that edits no reply."""
        lying = self._lying[conversation_id]
        for at in reversed(range(len(lying))):
            if lying[at].editing is None:
                lying[at] = ComposerDraft(above(text, lying[at].text))
                return
        self.put_at_bottom(conversation_id, ComposerDraft(text))

    def follow(self, reply: Reply, *, ended: bool) -> None:
        """Update drafts that edit `reply`; if it has `ended`, they become new texts."""
        lying = self._lying[reply.conversation_id]
        for at, sheet in enumerate(lying):
            if sheet.editing is not None and sheet.editing.id == reply.id:
                lying[at] = ComposerDraft(sheet.text) if ended else replace(sheet, editing=reply)

    def remove(self, conversation_id: int, sent: ComposerDraft) -> None:
        """Remove a draft that was sent."""
        lying = self._lying[conversation_id]
        for sheet in reversed(lying):
            if sheet.is_like(sent):
                lying.remove(sheet)
                return


def above(text: str, begun: str) -> str:
    """Return `text` followed by `begun` on a new line, if there is any."""
    return f"{text}\n{begun}" if begun else text
