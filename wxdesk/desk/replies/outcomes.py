"""Policy for each way in which a call to WeChat can end.

accepted                         sent; the reply window loses one
WeChat not reached               queued again, later and later, or as soon as another reply of the
                                 account gets through; told, and after ten minutes held until an operator decides
a gateway answered for WeChat    as RETRY below
paused before the call           queued again
taken over before the call       cancelled
nothing there to deliver         failed: its picture, account or allowance is gone
no answer came, or an exit       unknown: never sent again by itself; after three in a row the account rests, too
not even tried, being too late   held until an operator decides whether it still fits
refused, by its errcode's action (`core.wechat.errcodes`):
    RETRY                        queued again after 1, 3 and 9 s, then failed
    WAIT, CONFIG, TOKEN,         queued again and the account rests (`desk.replies.account_backoff`); the
    MIDNIGHT                     operator is told. A refused token was renewed and tried once more before
    CONTACT                      failed; other automatic answers to this contact are cancelled, the later
                                 parts of this one wait behind it, and no rule answers before the contact
                                 writes again
    all others                   failed, as this reply is wrong; never repeated unchanged
"""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec.structs import replace

from wxdesk.core.errors import NotSent, Phrase, Refused
from wxdesk.core.events import Event, PauseChanged, ReplyChanged, TroubleRaised
from wxdesk.core.model.reply import ON_ITS_WAY, Reply
from wxdesk.core.replies.lifecycle import BEHIND_UNREACHED, BY_WECHAT, TOO_LATE, UNREACHED, Move
from wxdesk.core.troubles import TroubleArea
from wxdesk.core.wechat import quota
from wxdesk.core.wechat.errcodes import ErrorAction, action_for
from wxdesk.desk.ports import Clock
from wxdesk.desk.replies.account_backoff import AccountBackoff
from wxdesk.desk.runtime.bus import publish_replies
from wxdesk.desk.wechat.explanations import refusal_text
from wxdesk.store import Store
from wxdesk.store.replies.moves import ReplyChanges

LOST_IN_A_ROW = 3
"""Replies in a row without an answer after which an account rests."""

MISSED_IN_A_ROW = 3
"""Tries of a reply that did not reach WeChat after which that is told."""

ANSWERS_LOST = "WeChat's answers do not arrive, so nobody knows which replies did. Check the connection."

type ReplyOutcome = tuple[Move, ReplyChanges]


class Outcomes:
    """Chooses the outcome of each reply, for the outbox to record.

    `hurried` are replies that wait for another try and need not, for the outbox to take.
    """

    def __init__(self, store: Store, backoff: AccountBackoff, publish: Callable[[Event], None], clock: Clock) -> None:
        self._store = store
        self._backoff = backoff
        self._publish = publish
        self._clock = clock
        self._tries: dict[tuple[int, bool], tuple[int, timedelta]] = {}
        self._lost: dict[str, int] = {}
        self._missed: dict[str, Counter[int]] = {}  # by account, each reply's tries since WeChat was last reached
        self._away: set[str] = set()  # accounts of which it is told that WeChat is not reached
        self.hurried: set[int] = set()

    def on_event(self, event: Event) -> None:
        """Forget the tries of a reply that is not to leave any more."""
        if isinstance(event, ReplyChanged) and event.state not in ON_ITS_WAY:
            self._forget(event.reply_id)
        elif isinstance(event, PauseChanged) and event.paused:
            for account in tuple(self._away):
                self._end_outage(account)  # what rules say tries no more; a reply that an operator wrote tells again

    def accepted(self, reply: Reply) -> ReplyOutcome:
        """Mark a reply as sent; its account works."""
        self._account_is_well(reply.account)
        return self._final(reply, Move.ACCEPT, ReplyChanges(errcode=0, error="", window=quota.window_after_send))

    def lost(self, reply: Reply, reason: str) -> ReplyOutcome:
        """Mark a reply as unknown if no answer came; its quota counts as spent."""
        lost = self._lost[reply.account] = self._lost.get(reply.account, 0) + 1
        if lost >= LOST_IN_A_ROW:
            self._publish_rest(reply.account, self._backoff.begin(reply.account), Phrase(ANSWERS_LOST))
        return self._final(reply, Move.LOSE, ReplyChanges(error=reason, window=quota.window_after_send))

    def hopeless(self, reply: Reply, reason: str) -> ReplyOutcome:
        """Fail a reply whose content is gone or that WeChat would certainly refuse."""
        return self._final(reply, Move.REFUSE, ReplyChanges(error=reason))

    def expired(self, reply: Reply) -> ReplyOutcome:
        """Hold an unsent reply for the operator: the customer may have moved on."""
        return self._final(reply, Move.EXPIRE, ReplyChanges(error=TOO_LATE))

    def recalled(self, reply: Reply, by: str) -> ReplyOutcome:
        """Cancel a reply whose conversation was taken over before its call."""
        return self._final(reply, Move.RECALL, ReplyChanges(by=by))

    def stopped(self) -> ReplyOutcome:
        """Return an unsent reply to the queue: something stopped it before its call."""
        return Move.POSTPONE, ReplyChanges()

    def not_sent(self, reply: Reply, error: NotSent) -> ReplyOutcome:
        """Retry or give up a reply that certainly did not reach the contact."""
        reason = str(error.values["reason"])
        if not error.busy:
            self._note_missed(reply, reason)
        return self._again_or_given_up(reply, ReplyChanges(error=reason), busy=error.busy)

    def refused(self, reply: Reply, error: Refused) -> ReplyOutcome:
        """Apply the policy for WeChat's errcode."""
        self._end_outage(reply.account)
        action = action_for(error.errcode)
        said = ReplyChanges(errcode=error.errcode, error=error.errmsg, rid=error.rid)
        if action is ErrorAction.RETRY:
            return self._again_or_given_up(reply, said, busy=True)
        if action.is_about_the_account:
            self._lost.pop(reply.account, None)
            begin = self._backoff.begin_until_midnight if action is ErrorAction.MIDNIGHT else self._backoff.begin
            words = refusal_text(error.errcode, error.errmsg)
            self._publish_rest(reply.account, begin(reply.account), words.sentence, words.copy)
            return Move.POSTPONE, said
        self._account_is_well(reply.account)
        if action is ErrorAction.CONTACT:
            now = self._clock()
            said = replace(said, window=lambda window: quota.window_after_refusal(window, error.errcode, now))
        return self._final(reply, Move.REFUSE, said)

    def try_now(self, account: str) -> None:
        """Let the replies that did not reach WeChat be tried at once, as if they were new."""
        self._hurry(account)
        for reply_id in self.hurried:
            self._tries.pop((reply_id, False), None)

    def _hurry(self, account: str) -> None:
        self.hurried |= self._missed.get(account, {}).keys()

    def _note_missed(self, reply: Reply, reason: str) -> None:
        missed = self._missed.setdefault(reply.account, Counter())
        missed[reply.id] += 1
        if missed[reply.id] >= MISSED_IN_A_ROW and reply.account not in self._away:
            self._away.add(reply.account)
            told = "{account} cannot send: {said}. Its replies are tried again by themselves."
            text = Phrase(told, account=reply.account, said=Phrase(reason))
            self._publish(TroubleRaised(TroubleArea.ACCOUNT.key(reply.account), text, account=reply.account))

    def _again_or_given_up(self, reply: Reply, said: ReplyChanges, *, busy: bool) -> ReplyOutcome:
        waits, now, nothing = _BUSY if busy else _UNREACHABLE, self._clock(), timedelta()
        tries, spent = self._tries.get((reply.id, busy), (0, nothing))
        hung = min(max(now - reply.updated_at, nothing), LONGEST_TRY)
        if tries == len(waits) or (not busy and spent + hung > TRIED_FOR):
            given_up = (Move.REFUSE, said) if busy else (Move.HOLD, ReplyChanges(error=UNREACHED))
            return self._final(reply, *given_up)
        # If it hangs again, as long as it hung: so long it can be stopped, and others have its place.
        wait = max(timedelta(seconds=waits[tries]), hung if tries else nothing)
        self._tries[reply.id, busy] = tries + 1, spent + hung + wait
        return Move.POSTPONE, replace(said, not_before=now + wait)

    def _final(self, reply: Reply, move: Move, changes: ReplyChanges) -> ReplyOutcome:
        self._forget(reply.id)
        return move, changes

    def _forget(self, reply_id: int) -> None:
        for busy in (True, False):
            self._tries.pop((reply_id, busy), None)
        for account, missed in tuple(self._missed.items()):
            if missed.pop(reply_id, 0) >= MISSED_IN_A_ROW > max(missed.values(), default=0):
                self._end_outage(account)

    def _end_outage(self, account: str) -> None:
        """Note that WeChat was reached for `account`, or that none of its replies tries."""
        if account in self._away:
            self._hurry(account)
            self._away.remove(account)
            if account not in self._backoff.shut():
                self._publish(TroubleRaised(TroubleArea.ACCOUNT.key(account), ""))
        self._missed.pop(account, None)

    def _publish_rest(self, account: str, until: datetime, said: Phrase, copy: str = "") -> None:
        told = "{account} cannot send: {said} Its replies wait; the first after {time} tries again."
        text = Phrase(told, account=account, said=said, time=until.timestamp())
        self._publish(TroubleRaised(TroubleArea.ACCOUNT.key(account), text, copy=copy, account=account))

    def _account_is_well(self, account: str) -> None:
        self._lost.pop(account, None)
        self._end_outage(account)
        if self._backoff.end(account):
            self._publish(TroubleRaised(TroubleArea.ACCOUNT.key(account), ""))

    async def cancel_others(self, refused: Reply) -> None:
        """Cancel the other automatic replies to a contact for whom WeChat accepts nothing.

        The rest of the refused answer stays, for an operator who sends the refused part again.
        """
        cancelled = await self._store.outbox.cancel_automatic(
            refused.conversation_id, BY_WECHAT, self._clock(), but_answer=refused.part_of or refused.id
        )
        publish_replies(self._publish, cancelled)

    async def hold_behind(self, unreached: Reply) -> None:
        """Hold what would arrive before a reply that is given up."""
        publish_replies(
            self._publish, await self._store.pending_replies.hold_behind(unreached, BEHIND_UNREACHED, self._clock())
        )


_BUSY = (1, 3, 9)
"""Waits in seconds after -1, which WeChat's documents call worth three repeats."""

_UNREACHABLE = (1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60, 60, 60, 60)
"""The same where WeChat is not reached: ten minutes, as the contact still waits."""

TRIED_FOR = timedelta(minutes=9)
"""Time in tries and waits after which no further wait begins."""

LONGEST_TRY = timedelta(minutes=1)
"""Longest time that counts for a try; more passes if the machine sleeps."""
