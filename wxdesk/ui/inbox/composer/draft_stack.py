"""What was written and not sent, by conversation: sheets that lie on one another, the uppermost one being written on.

Nothing that somebody typed is thrown away here: whoever begins something else lays it on top.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace

from wxdesk.core.model.reply import Reply


@dataclass(frozen=True, slots=True)
class Sheet:
    """One text; `editing` is the reply that it changes, None where it is to be a new one."""

    text: str = ""
    editing: Reply | None = None

    @property
    def blank(self) -> bool:
        """Whether nothing is lost with it."""
        return self.editing is None and not self.text

    @property
    def loses(self) -> bool:
        """Whether something that was written is lost with it; a reply in which nothing was changed stays."""
        return self.changed if self.editing is not None else bool(self.text.strip())

    @property
    def changed(self) -> bool:
        """Whether the reply that it changes says something else than the sheet."""
        return self.editing is not None and self.text != self.editing.content.text


class Sheets:
    """All but the one that is being written on."""

    def __init__(self) -> None:
        self._lying: defaultdict[int, list[Sheet]] = defaultdict(list)
        self._left: dict[int, str] = {}

    def lay(self, conversation_id: int, sheet: Sheet) -> None:
        """Lay a sheet on top of the others; a blank one is none."""
        if not sheet.blank:
            self._lying[conversation_id].append(sheet)

    def lay_below(self, conversation_id: int, sheet: Sheet) -> None:
        """Lay a sheet under all others."""
        if not sheet.blank:
            self._lying[conversation_id].insert(0, sheet)

    def take(self, conversation_id: int) -> Sheet:
        """Take the uppermost sheet, a blank one where none lies there."""
        lying = self._lying[conversation_id]
        return lying.pop() if lying else Sheet()

    def take_of(self, reply: Reply) -> Sheet:
        """Take the sheet that changes `reply`: one that lies there, or with a change that was left, or a fresh one."""
        lying = self._lying[reply.conversation_id]
        for sheet in lying:
            if sheet.editing is not None and sheet.editing.id == reply.id:
                lying.remove(sheet)
                return replace(sheet, editing=reply)
        return Sheet(self._left.pop(reply.id, reply.content.text), reply)

    def leave(self, sheet: Sheet) -> None:
        """Keep a change that was not made, until its reply is changed after all."""
        if sheet.editing is not None and sheet.changed:
            self._left[sheet.editing.id] = sheet.text

    def count(self, conversation_id: int) -> int:
        """How many lie there."""
        return len(self._lying[conversation_id])

    def begun(self) -> set[int]:
        """Where something lies that would be lost."""
        return {one for one, lying in self._lying.items() if any(sheet.loses for sheet in lying)}

    def edited(self, conversation_id: int) -> list[Reply]:
        """The replies that sheets there change."""
        return [sheet.editing for sheet in self._lying[conversation_id] if sheet.editing is not None]

    def own(self, conversation_id: int) -> str:
        """The uppermost text there that changes no reply."""
        return next((one.text for one in reversed(self._lying[conversation_id]) if one.editing is None), "")

    def write_above(self, conversation_id: int, text: str) -> None:
        """Let `text` stand above the uppermost one that changes no reply."""
        lying = self._lying[conversation_id]
        for at in reversed(range(len(lying))):
            if lying[at].editing is None:
                lying[at] = Sheet(above(text, lying[at].text))
                return
        self.lay_below(conversation_id, Sheet(text))

    def follow(self, reply: Reply, *, ended: bool) -> None:
        """`reply` is another now; what was to change one that has `ended` becomes a text of its own."""
        lying = self._lying[reply.conversation_id]
        for at, sheet in enumerate(lying):
            if sheet.editing is not None and sheet.editing.id == reply.id:
                lying[at] = Sheet(sheet.text) if ended else replace(sheet, editing=reply)

    def remove(self, conversation_id: int, text: str) -> None:
        """Throw away what was sent."""
        lying = self._lying[conversation_id]
        for sheet in reversed(lying):
            if sheet.text == text:
                lying.remove(sheet)
                return


def above(text: str, begun: str) -> str:
    """One text over the other, where there is another."""
    return f"{text}\n{begun}" if begun else text
