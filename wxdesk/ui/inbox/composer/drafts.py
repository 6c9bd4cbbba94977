"""Drafts of all conversations: everything that is begun and not sent."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace
from PySide6.QtCore import QObject, Signal

from wxdesk.core.model.reply import EDITABLE, Content, Draft, Reply, ReplyKind

PANEL_KINDS = (ReplyKind.LINK, ReplyKind.IMAGE, ReplyKind.CARD)
"""Kinds of reply that have a panel, in the order of their buttons."""

type StackKey = tuple[int, ReplyKind]
"""A conversation by its id, and the kind of what is begun there."""


class Drafts(QObject):
    """Stacks of drafts, one for each conversation and kind.

    The top draft of a stack is in hand: the text field, or the panel of its kind, shows it while its conversation
    is open, and what is written there is written into it. Each draft is one of these:

    - a new reply, without `editing`;
    - an edit of the pending or failed reply `editing`, which `EditLock` keeps from leaving. Once that reply has
      ended, the draft is a new reply. An edit in a panel ends when the panel closes, so that only texts lie below.

    The changed content of an edit that was left is not on a stack and not stored: it returns with the next edit, or
    with the text of its reply once that was stopped.
    What is being sent, now or for later, stays until the desk has stored it, and what was refused stays in hand.

    Signals:
        changed: a draft was begun, written or removed, or another conversation or kind was opened.
        given_up: the `Draft` of an edit that was left, so that its reply shall stay as it was.
    """

    changed = Signal()
    given_up = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.conversation_id = 0  # the open one
        self._kind = ReplyKind.TEXT
        self.composing: Callable[[], bool] = lambda: False  # a text has words that are not committed
        self.owner = 0  # another number once they are those of another operator
        self._stacks: dict[StackKey, list[Draft]] = {}
        self.left: dict[int, Content] = {}  # what a left edit had made of its reply, by its id

    def _at(self, kind: ReplyKind) -> StackKey:
        return self.conversation_id, kind

    def _stack(self, key: StackKey) -> Sequence[Draft]:
        return self._stacks.get(key, ())

    def _set(self, key: StackKey, stack: Sequence[Draft]) -> None:
        if not stack or (len(stack) == 1 and stack[0].blank):
            self._stacks.pop(key, None)  # a day has thousands of conversations
        else:
            self._stacks[key] = list(stack)
        self.changed.emit()

    # -- all of them

    @property
    def unsent(self) -> list[tuple[int, Draft]]:
        """All drafts to be stored, each with its conversation's id; the topmost last."""
        return [(one, draft) for (one, _), stack in self._stacks.items() for draft in stack if draft.unsaved]

    @property
    def edited(self) -> set[int]:
        """Ids of all replies being edited."""
        return {draft.editing.id for stack in self._stacks.values() for draft in stack if draft.editing is not None}

    def restore(self, stored: Sequence[tuple[int, Draft]]) -> None:
        """Put stored drafts below what is begun; an edit in a panel counts as left."""
        begun, self._stacks = self._stacks, {}
        for conversation_id, draft in stored:
            if draft.editing is not None and draft.content.kind is not ReplyKind.TEXT:
                self.left[draft.editing.id] = draft.content
            else:
                self._stacks.setdefault((conversation_id, draft.content.kind), []).append(draft)
        for key, stack in begun.items():
            self._stacks.setdefault(key, []).extend(draft for draft in stack if not draft.blank)
        self.changed.emit()

    def forget(self) -> None:
        """Drop all drafts, which stay stored."""
        self.owner += 1
        self._stacks.clear()
        self.left.clear()
        self.changed.emit()

    # -- in the open conversation

    def open(self, conversation_id: int) -> None:
        """Go to a conversation by id, 0 for none."""
        self.conversation_id = conversation_id
        self.changed.emit()

    @property
    def kind(self) -> ReplyKind:
        """The kind of the open panel, else text."""
        return self._kind

    @kind.setter
    def kind(self, kind: ReplyKind) -> None:
        """Note that the panel of this kind was opened, or for texts that it was closed."""
        self._kind = kind
        self.changed.emit()

    def top(self, kind: ReplyKind = ReplyKind.TEXT) -> Draft:
        """Return the draft in hand of this kind, a blank one if there is none."""
        stack = self._stack(self._at(kind))
        return stack[-1] if stack else Draft(Content(kind))

    @property
    def below(self) -> dict[ReplyKind, int]:
        """Number of drafts below the one in hand, by kind."""
        return {kind: max(len(self._stack(self._at(kind))) - 1, 0) for kind in ReplyKind}

    @property
    def begun(self) -> Sequence[ReplyKind]:
        """Kinds of what is begun in closed panels."""
        return [kind for kind in PANEL_KINDS if kind is not self.kind and not self.top(kind).blank]

    def write(self, content: Content) -> None:
        """Give the draft in hand this content."""
        draft = self.top(content.kind)
        if draft.content != content:
            key = self._at(content.kind)
            self._set(key, [*self._stack(key)[:-1], replace(draft, content=content)])

    def begin(self, draft: Draft) -> None:
        """Put a draft on top of what was in hand, unless that holds nothing of its own."""
        key, before = self._at(draft.content.kind), self.top(draft.content.kind)
        below = self._stack(key) if before.unsaved else self._stack(key)[:-1]
        self._set(key, [*below, draft])
        if before.editing is not None and not before.changed:
            self.given_up.emit(before)

    def edit(self, reply: Reply) -> None:
        """Take the edit of a reply in hand: one begun, one that was left, or a new one."""
        key = self._at(reply.content.kind)
        if self.top(reply.content.kind).reply_id == reply.id:
            self.follow(reply)
            return
        begun = next((draft for draft in self._stack(key) if draft.reply_id == reply.id), None)
        if begun is None:
            content = self.left.pop(reply.id, replace(reply.content, gaps=()))
        else:
            content = begun.content
            self._set(key, [draft for draft in self._stack(key) if draft is not begun])
        self.begin(Draft(content, reply))

    def leave(self, kind: ReplyKind = ReplyKind.TEXT) -> None:
        """Leave what is in hand: a reply stays as it was, an empty draft is dropped.

        A new text goes below all others; what is new in a panel stays in hand.
        """
        draft, key = self.top(kind), self._at(kind)
        below = self._stack(key)[:-1]
        if draft.editing is not None:
            if draft.changed:
                self.left[draft.editing.id] = draft.content
            self._set(key, below)
            self.given_up.emit(draft)
        elif draft.blank:
            self._set(key, below)
        elif kind is ReplyKind.TEXT:
            self._set(key, [draft, *below])

    # -- what the desk did with one

    def remove(self, conversation_id: int, sent: Draft) -> bool:
        """Remove a draft that was sent; return True if it was in hand.

        What was written after a text while it was sent stays as a draft.
        """
        key = conversation_id, sent.content.kind
        stack = self._stack(key)
        self.left.pop(sent.reply_id or 0, None)
        for at in reversed(range(len(stack))):
            rest = _rest_of(stack[at], sent)
            if rest is not None:
                in_hand = conversation_id == self.conversation_id and at == len(stack) - 1
                kept = not rest.blank or (in_hand and self.composing())
                self._set(key, [*stack[:at], *([rest] if kept else ()), *stack[at + 1 :]])
                return in_hand
        return False

    def complete(self, conversation_id: int, awaiting: Content, content: Content) -> None:
        """Give the draft `awaiting` its picture; without that draft, put it back."""
        key = conversation_id, content.kind
        stack = self._stack(key)
        at = next((at for at, draft in enumerate(stack) if draft.content == awaiting), None)
        if at is None:
            self.put_back(conversation_id, content)
        else:
            self._set(key, [*stack[:at], replace(stack[at], content=content), *stack[at + 1 :]])

    def put_back(self, conversation_id: int, content: Content) -> None:
        """Take back what was sent, or a picture more than a draft takes.

        A text comes before the topmost new one, anything else below what is in hand.
        """
        key = conversation_id, content.kind
        stack = self._stack(key)
        if content.kind is not ReplyKind.TEXT:
            self._set(key, [*stack[:-1], Draft(content), *stack[-1:]])
            return
        at = next((at for at in reversed(range(len(stack))) if stack[at].editing is None), None)
        if at is None:
            self._set(key, [Draft(content), *stack])
        else:
            begun = stack[at].text
            text = f"{content.text}\n{begun}" if begun else content.text
            self._set(key, [*stack[:at], Draft.of_text(text), *stack[at + 1 :]])

    def follow(self, reply: Reply) -> bool:
        """Update the edit of a reply; return True if that ended and it is a new one."""
        key, ended = (reply.conversation_id, reply.content.kind), reply.state not in EDITABLE
        stack = self._stack(key)
        now = None if ended else reply
        followed = [replace(draft, editing=now) if draft.reply_id == reply.id else draft for draft in stack]
        if followed == list(stack):
            return False
        self._set(key, followed)
        return ended


def _rest_of(draft: Draft, sent: Draft) -> Draft | None:
    """Return what `draft` goes on with after `sent`; None if it is another."""
    if draft.reply_id != sent.reply_id:
        return None
    if draft.content == sent.content:
        return Draft(Content(sent.content.kind))
    if draft.content.kind is not ReplyKind.TEXT:
        return None
    if draft.text.startswith(sent.text):
        return Draft.of_text(draft.text.removeprefix(sent.text))
    before = draft.text.removesuffix(f"\n{sent.text}")  # what was taken back meanwhile
    return Draft.of_text(before) if before != draft.text else None
