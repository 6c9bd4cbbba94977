"""What follows from each way in which a call to WeChat can end: for the reply, its contact and its account.

accepted                         sent; the reply window loses one
certainly not delivered          queued again, later and later (`core.backoff`), then failed
paused before the call           queued again
taken over before the call       cancelled
nothing there to deliver         failed: its picture is gone from this machine
no answer came                   unknown: never sent again by itself
not even tried, being too late   a draft: its human decides whether it still fits
refused, by its errcode's action (`core.errcodes`):
    RETRY                        queued again after 1, 3 and 9 s, then failed
    WAIT, CONFIG, TOKEN, QUOTA   queued again and the account rests (`desk.rests`); the operator is told.
                                 A refused token was renewed and tried once more by the client before
    USER                         failed; other automatic answers to this contact are cancelled, the later parts of this
                                 one wait behind it, and no rule speaks before he writes again
    all others                   failed, as this reply is wrong; never repeated unchanged
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wxdesk.core.errors import NotSent, Refused
from wxdesk.core.events import Event, ReplyChanged, TroubleRaised
from wxdesk.core.model.reply import Reply, ReplyState
from wxdesk.core.replies.backoff import wait_after
from wxdesk.core.replies.lifecycle import BY_WECHAT, Move
from wxdesk.core.wechat import quota
from wxdesk.core.wechat.errcodes import ErrorAction, action_for
from wxdesk.desk.ports.replies import ReplyChanges
from wxdesk.desk.ports.store import Clock, Store
from wxdesk.desk.replies.account_backoff import Rests
from wxdesk.desk.wechat.refusals import refusal_words
from wxdesk.i18n import tr

TOO_LATE = "It could not leave in time, so it was not sent by itself. See whether it still fits."

type Consequence = tuple[Move, ReplyChanges]

_REST = frozenset({ErrorAction.WAIT, ErrorAction.CONFIG, ErrorAction.TOKEN, ErrorAction.QUOTA})

_ON_ITS_WAY = frozenset({ReplyState.QUEUED, ReplyState.SENDING})


class Consequences:
    """The policy of the way out. What it says about the reply is for the outbox to record."""

    def __init__(self, store: Store, rests: Rests, publish: Callable[[Event], None], clock: Clock) -> None:
        self._store = store
        self._rests = rests
        self._publish = publish
        self._clock = clock
        self._tries: dict[tuple[int, bool], int] = {}

    def hear(self, event: Event) -> None:
        """Forget how often a reply was tried that is not to leave any more; sent again later, it begins anew."""
        if isinstance(event, ReplyChanged) and event.state not in _ON_ITS_WAY:
            self._forget(event.reply_id)

    def accepted(self, reply: Reply) -> Consequence:
        """WeChat has it, and so the account is well."""
        self._account_is_well(reply.account)
        return self._final(reply, Move.ACCEPT, ReplyChanges(errcode=0, error="", window=quota.spent))

    def lost(self, reply: Reply, reason: str) -> Consequence:
        """The answer never came; what may have arrived counts as sent."""
        return self._final(reply, Move.LOSE, ReplyChanges(error=reason, window=quota.spent))

    def hopeless(self, reply: Reply, reason: str) -> Consequence:
        """It cannot leave: something of it is gone, or WeChat would certainly refuse it."""
        return self._final(reply, Move.REFUSE, ReplyChanges(error=reason))

    def expired(self, reply: Reply) -> Consequence:
        """Its time was so long ago that the customer may have moved on; nothing has left."""
        return self._final(reply, Move.EXPIRE, ReplyChanges(error=TOO_LATE))

    def recalled(self, reply: Reply, by: str) -> Consequence:
        """A human took the word between its claim and its call."""
        return self._final(reply, Move.RECALL, ReplyChanges(by=by))

    def stopped(self) -> Consequence:
        """Something came between its claim and its call: nothing has left, and it is where it was."""
        return Move.POSTPONE, ReplyChanges()

    def not_sent(self, reply: Reply, error: NotSent) -> Consequence:
        """It certainly did not reach the contact."""
        return self._again_or_failed(reply, ReplyChanges(error=str(error.values["reason"])), busy=error.busy)

    def refused(self, reply: Reply, error: Refused) -> Consequence:
        """WeChat answered with an errcode."""
        action = action_for(error.errcode)
        said = ReplyChanges(errcode=error.errcode, error=error.errmsg, rid=error.rid)
        if action is ErrorAction.RETRY:
            return self._again_or_failed(reply, said, busy=True)
        if action in _REST:
            self._let_rest(reply.account, action, error)
            return Move.POSTPONE, said
        self._account_is_well(reply.account)
        if action is ErrorAction.USER:
            now = self._clock()
            said = replace(said, window=lambda window: quota.corrected(window, error.errcode, now))
        return self._final(reply, Move.REFUSE, said)

    def _again_or_failed(self, reply: Reply, said: ReplyChanges, *, busy: bool) -> Consequence:
        tries = self._tries[reply.id, busy] = self._tries.get((reply.id, busy), 0) + 1
        wait = wait_after(tries, busy=busy)
        if wait is None:
            return self._final(reply, Move.REFUSE, said)
        return Move.POSTPONE, replace(said, not_before=self._clock() + wait)

    def _final(self, reply: Reply, move: Move, changes: ReplyChanges) -> Consequence:
        self._forget(reply.id)
        return move, changes

    def _forget(self, reply_id: int) -> None:
        for busy in (True, False):
            self._tries.pop((reply_id, busy), None)

    def _let_rest(self, account: str, action: ErrorAction, error: Refused) -> None:
        until_midnight = action is ErrorAction.QUOTA
        until = self._rests.begin_until_midnight(account) if until_midnight else self._rests.begin(account)
        words = refusal_words(error.errcode, error.errmsg)
        text = tr(
            "{account} cannot send: {said} Its replies wait; one tries again at {time}.",
            account=account,
            said=words.sentence,
            time=f"{until.astimezone():%H:%M:%S}",
        )
        self._publish(TroubleRaised(f"account:{account}", text, copy=words.copy, account=account))

    def _account_is_well(self, account: str) -> None:
        if self._rests.end(account):
            self._publish(TroubleRaised(f"account:{account}", ""))

    async def spare(self, refused: Reply) -> None:
        """What follows from a refusal that is about the contact: nothing else is tried where WeChat takes nothing.

        Whoever sends the refused part again has the rest of its answer, too.
        """
        cancelled = await self._store.replies.cancel_automatic(
            refused.conversation_id, BY_WECHAT, self._clock(), but_answer=refused.part_of or refused.id
        )
        for reply in cancelled:
            self._publish(ReplyChanged(reply.conversation_id, reply.id, reply.state))
