"""Unsent texts and panels of the composer: stacks of drafts for each conversation."""

from collections import defaultdict
from dataclasses import replace

from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.model.reply import Draft, Reply


class DraftStack:
    """All drafts except those in the text field and in the panels."""

    def __init__(self) -> None:
        self._lying: defaultdict[tuple[int, ReplyKind], list[Draft]] = defaultdict(list)
        self._left: dict[int, Content] = {}

    def forget(self) -> None:
        """Drop all drafts, which stay stored."""
        self._lying.clear()
        self._left.clear()

    def put(self, conversation_id: int, sheet: Draft, *, below: bool = False) -> None:
        """Put a draft on top of its stack, or `below` all; ignore a blank one."""
        if not sheet.blank:
            lying = self._lying[conversation_id, sheet.content.kind]
            lying.insert(0 if below else len(lying), sheet)

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
        self.put(conversation_id, Draft.of_text(text), below=True)

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
