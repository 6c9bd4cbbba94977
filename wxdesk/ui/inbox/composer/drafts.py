"""Drafts of all conversations."""

from __future__ import annotations

from msgspec.structs import replace

from wxdesk.core.model.reply import Content, Draft, Reply, ReplyKind


class DraftStack:
    """All drafts except those in the text field and in the panels."""

    def __init__(self) -> None:
        self._lying: dict[tuple[int, ReplyKind], list[Draft]] = {}  # of every conversation with a draft
        self._left: dict[int, Content] = {}

    def _of(self, conversation_id: int, kind: ReplyKind = ReplyKind.TEXT) -> list[Draft]:
        return self._lying.get((conversation_id, kind), [])

    def forget(self) -> None:
        """Drop all drafts, which stay stored."""
        self._lying.clear()
        self._left.clear()

    def put(self, conversation_id: int, sheet: Draft, *, below: bool = False) -> None:
        """Put a draft on top of its stack, or `below` all; ignore a blank one."""
        if not sheet.blank:
            lying = self._lying.setdefault((conversation_id, sheet.content.kind), [])
            lying.insert(0 if below else len(lying), sheet)

    def take(self, conversation_id: int, kind: ReplyKind = ReplyKind.TEXT) -> Draft:
        """Take the top draft of this kind, a blank one if there is none."""
        lying = self._of(conversation_id, kind)
        return lying.pop() if lying else Draft()

    def take_edit(self, reply: Reply) -> Draft:
        """Take the draft that edits `reply`: a stacked, an abandoned, or a new one."""
        lying = self._of(reply.conversation_id, reply.content.kind)
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
        return len(self._of(conversation_id))

    @property
    def unsent(self) -> list[tuple[int, Draft]]:
        """Every draft that holds something, each with its conversation's id."""
        return [(one, sheet) for (one, _), lying in self._lying.items() for sheet in lying if sheet.unsaved]

    def bring_back(self, conversation_id: int, draft: Draft) -> None:
        """Put a stored draft on top; a panel's edit waits until its reply is edited again."""
        if draft.editing is None or draft.content.kind is ReplyKind.TEXT:
            self.put(conversation_id, draft)
        else:
            self.leave(draft)

    def edited(self, conversation_id: int) -> list[Reply]:
        """Return the replies that texts of a conversation edit."""
        return [sheet.editing for sheet in self._of(conversation_id) if sheet.editing is not None]

    def put_text_before(self, conversation_id: int, text: str) -> None:
        """Put `text` before the topmost draft that edits no reply."""
        lying = self._of(conversation_id)
        for at in reversed(range(len(lying))):
            if lying[at].editing is None:
                lying[at] = Draft.of_text(above(text, lying[at].text))
                return
        self.put(conversation_id, Draft.of_text(text), below=True)

    def follow(self, reply: Reply, *, ended: bool) -> None:
        """Update drafts that edit `reply`; if it has `ended`, they become new texts."""
        lying = self._of(reply.conversation_id, reply.content.kind)
        for at, sheet in enumerate(lying):
            if sheet.editing is not None and sheet.editing.id == reply.id:
                lying[at] = Draft(sheet.content) if ended else replace(sheet, editing=reply)

    def remove(self, conversation_id: int, sent: Draft) -> None:
        """Remove a draft that was sent."""
        lying = self._of(conversation_id, sent.content.kind)
        for sheet in reversed(lying):
            if sheet.is_like(sent):
                lying.remove(sheet)
                return


def above(text: str, begun: str) -> str:
    """Return `text` followed by `begun` on a new line, if there is any."""
    return f"{text}\n{begun}" if begun else text
