"""Shows the contact WeChat's typing indicator, when true and WeChat allows it.

WeChat ("下发客服当前输入状态") shows it for 15 seconds, takes it only within 30 seconds of a message in the chat, and
ends it with the next one. It is a courtesy: its errors are only logged, and it must never delay a reply.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from wxdesk.core.errors import NotFound, SendError, StoreError
from wxdesk.core.events import Event, EverythingChanged, MessageKept, OperatorWrites, ReplyChanged, TypingAsked
from wxdesk.core.model.account import Account
from wxdesk.core.model.reply import ReplyState
from wxdesk.desk.ports import Clock, TypingSender
from wxdesk.desk.replies.operator_typing import OperatorTyping
from wxdesk.store import Store

log = logging.getLogger(__name__)

SHOWN = timedelta(seconds=15)
"""Time for which WeChat shows it; a repeat before that is refused (45081)."""

ALLOWED_AFTER_MESSAGE = timedelta(seconds=30)
"""Longest time after a message; later it is refused (45080)."""


@dataclass(eq=False, repr=False)
class TypingIndicator:
    """Typing indicator; hears `MessageKept`, `ReplyChanged` and `TypingAsked`.

    `run` tells WeChat until it is cancelled: nobody waits for a call that may hang. While `wanted` returns False,
    nothing is sent.
    """

    _store: Store
    _sender: TypingSender
    _accounts: Mapping[str, Account]
    _operator_typing: OperatorTyping
    _clock: Clock
    _wanted: Callable[[], bool]

    def __post_init__(self) -> None:
        self._last_word: dict[int, datetime] = {}
        self._shown: dict[int, datetime] = {}
        self._asked: asyncio.Queue[tuple[int, bool, datetime]] = asyncio.Queue()

    @property
    def written_in(self) -> frozenset[int]:
        """Conversations in which the operator is typing; safe to read from another thread."""
        return self._operator_typing.told

    def on_event(self, event: Event) -> None:
        """Note messages and replies; one that arrives also ends the indicator."""
        match event:
            case MessageKept(conversation_id=conversation_id):
                self._note_word(conversation_id)
            case ReplyChanged(conversation_id=conversation_id, state=ReplyState.SENT):
                self._note_word(conversation_id)
                self._shown.pop(conversation_id, None)
            case OperatorWrites() | EverythingChanged():
                self._operator_typing.on_event(event)
            case TypingAsked(conversation_id=conversation_id):
                self._show(conversation_id)
            case _:
                pass

    async def run(self) -> None:
        """Show and end indicators in turn, so that no end overtakes its beginning."""
        while True:
            await self._tell(*await self._asked.get())

    async def show(self, conversation_id: int) -> None:
        """Note a key stroke of the operator and show the indicator.

        Cheap: call it on every key stroke; at most one call leaves in 15 seconds. Held replies of that conversation
        wait from now on, whether the indicator is shown or not.
        """
        self._operator_typing.key(conversation_id)
        self._show(conversation_id)

    async def prepare(self, conversation_id: int) -> None:
        """Make held replies wait while the operator prepares no text; shows no indicator."""
        self._operator_typing.key(conversation_id)

    def _show(self, conversation_id: int) -> None:
        now = self._clock()
        said, shown = self._last_word.get(conversation_id), self._shown.get(conversation_id)
        if not self._wanted() or said is None or now - said >= ALLOWED_AFTER_MESSAGE or (shown and now - shown < SHOWN):
            return
        self._shown[conversation_id] = now
        self._asked.put_nowait((conversation_id, True, now))

    async def stop(self, conversation_id: int) -> None:
        """End the indicator, if shown: the text was sent, emptied or left."""
        self._operator_typing.stop(conversation_id)
        shown, now = self._shown.pop(conversation_id, None), self._clock()
        if shown is not None and now - shown < SHOWN:
            self._asked.put_nowait((conversation_id, False, now))

    async def _tell(self, conversation_id: int, on: bool, asked_at: datetime) -> None:
        if self._clock() - asked_at >= SHOWN:  # calls before it hung
            return
        try:
            conversation = await self._store.conversations.get(conversation_id)
            account = self._accounts.get(conversation.account)
            if account is not None:
                await self._sender.typing(account, conversation.contact.openid, on=on)
        except (SendError, StoreError, NotFound) as error:
            log.debug("Typing is not shown: %s", error)

    def _note_word(self, conversation_id: int) -> None:
        now = self._clock()
        self._last_word.pop(conversation_id, None)
        self._last_word[conversation_id] = now
        while now - self._last_word[first := next(iter(self._last_word))] >= ALLOWED_AFTER_MESSAGE:
            del self._last_word[first]
            self._shown.pop(first, None)
