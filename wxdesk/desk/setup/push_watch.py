"""Watch on requests: raises the troubles that they show, and ends them.

A wrong Token, key or path in WeChat's console keeps every message away, and nothing else in the desk would notice:
the listener only sees requests that it has to refuse.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from msgspec.structs import replace

from wxdesk.core.events import Event, PushSeen, TroubleRaised
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.troubles import TroubleArea
from wxdesk.desk.setup import sentences
from wxdesk.desk.setup.attempts import Attempts
from wxdesk.desk.setup.request_facts import DOUBTED, IN_THE_BODY, ON_THE_WAY_IN, is_good, stands_in_the_way

REPEATED_WITHIN = timedelta(seconds=20)
"""Time within which WeChat sends a push again that was answered too late."""

DOUBTS = 2
"""Unexplained refusals after a good request that raise a trouble.

One may be a stranger's. Whenever a good request refutes such a trouble, it takes twice as many.
"""

_MOST_KEYS = 512


class PushWatch:
    """Judge of refusals; `public_url` returns the address in force, empty if none."""

    def __init__(self, attempts: Attempts, public_url: Callable[[], str], publish: Callable[[Event], None]) -> None:
        self._attempts = attempts
        self._public_url = public_url
        self._publish = publish
        self._troubles: dict[str, Finding] = {}
        self._good: set[str] = set()  # accounts that a good request came for, and "" once one has come at all
        self._doubts: dict[str, int] = {}  # unexplained refusals since the last good request
        self._doubts_needed: dict[str, int] = {}  # for a trouble, where it is no longer `DOUBTS`
        self._keys: dict[tuple[str, str], tuple[datetime, int]] = {}  # of the newest pushes; see `_remember`

    async def load(self, accounts: tuple[str, ...]) -> None:
        """Raise again what was refused when the last run ended."""
        refuted = datetime.min.replace(tzinfo=UTC)  # by the newest good request: what nobody sent before it
        for account in (*accounts, ""):
            for finding in await self._attempts.newest(account):
                at = finding.at or refuted
                if DOUBTED in finding.values or (not account and at < refuted):
                    continue
                if finding.verdict in ON_THE_WAY_IN | IN_THE_BODY:
                    self._raise(finding)
                if finding.check in (Check.URL_CHECK, Check.PUSH) and finding.verdict is not CheckVerdict.NOT_WECHAT:
                    if finding.ok:
                        self._good |= {account, ""}
                        refuted = max(refuted, at)
                    break

    def note_request(self, event: PushSeen, *, awaited: bool) -> bool:
        """Take note of a request; False if it may be a stranger's and decides nothing.

        `awaited`: the operator has just submitted the URL, so it is no stranger's.
        """
        finding = self._repeated(event) or self._with_url(event.finding)
        refusal = finding if stands_in_the_way(event) and not is_good(event) else None
        if refusal is not None and not awaited and not self._is_certain(refusal):
            self._attempts.keep(replace(refusal, values={**refusal.values, DOUBTED: "yes"}))
            return False
        if finding is not None and finding.verdict is not CheckVerdict.UNKNOWN:
            self._attempts.keep(finding)
        if is_good(event):
            self._came_through(event)
        elif refusal is not None:
            self._raise(refusal)
        return True

    def count(self, event: PushSeen) -> None:
        """Count a push that says nothing new."""
        self._remember(event)
        if event.finding is not None:
            self._attempts.keep(event.finding)

    def forget(self, account: str) -> None:
        """End the troubles of an account that is gone."""
        self._end_trouble(account)
        self._publish(TroubleRaised(TroubleArea.ORIGINAL_ID.key(account), ""))
        self._good.discard(account)

    def expect_secrets(self, account: str) -> None:
        """End the trouble of a missing secret: the next push shows if it is still missing."""
        known = self._troubles.get(account)
        if known is not None and known.verdict is CheckVerdict.SECRET_MISSING:
            self._end_trouble(account)

    def _repeated(self, event: PushSeen) -> Finding | None:
        """Count a push that WeChat sends again because it got no answer in time."""
        if not event.key:
            return None
        first, times = self._remember(event)
        if event.outcome != "duplicate" or times < 0 or event.at - first > REPEATED_WITHIN:
            return None
        return Finding(Check.PUSH, CheckVerdict.PUSH_REPEATED, event.account, {"n": str(times + 1)}, event.at)

    def _remember(self, event: PushSeen) -> tuple[datetime, int]:
        """Note a push; return when it came first, and how often since, at first -1."""
        key = (event.account, event.key)
        first, times = known = self._keys.get(key, (event.at, -1))
        self._keys[key] = (first, times + 1)
        if len(self._keys) > _MOST_KEYS:
            del self._keys[next(iter(self._keys))]
        return known

    def _with_url(self, finding: Finding | None) -> Finding | None:
        if finding is None or "expected" not in finding.values or not (public_url := self._public_url()):
            return finding
        return replace(finding, values={**finding.values, "url": f"{public_url}{finding.values['expected']}"})

    def _is_certain(self, finding: Finding) -> bool:
        """Tell whether a refusal can only come from WeChat, or is not the first in doubt.

        Anybody can send a request that fits nothing; beside good ones, a single one is no reason to call a person.
        """
        if _is_explained(finding) or finding.account not in self._good:
            return True
        self._doubts[finding.account] = self._doubts.get(finding.account, 0) + 1
        return self._doubts[finding.account] >= self._doubts_needed.get(finding.account, DOUBTS)

    def _came_through(self, event: PushSeen) -> None:
        self._good |= {event.account, ""}
        self._doubts.clear()
        for account in (event.account, ""):
            trouble = self._troubles.get(account)
            if trouble is not None and (trouble.verdict in ON_THE_WAY_IN or event.outcome != "checked"):
                self._end_trouble(account)
                if not _is_explained(trouble):
                    self._doubts_needed[account] = 2 * self._doubts_needed.get(account, DOUBTS)
        if event.outcome != "checked":
            self._compare_original_id(event)

    def _end_trouble(self, account: str) -> None:
        self._troubles.pop(account, None)
        self._publish(TroubleRaised(TroubleArea.PUSH.key(account), ""))

    def _compare_original_id(self, event: PushSeen) -> None:
        found = event.finding
        wrong = found if found is not None and found.verdict is CheckVerdict.ORIGINAL_ID_DIFFERS else None
        right = str(wrong.values["original_id"]) if wrong is not None else ""
        text = sentences.of_account(wrong, sentences.trouble(wrong)) if wrong is not None else ""
        self._publish(TroubleRaised(TroubleArea.ORIGINAL_ID.key(event.account), text, copy=right))

    def _raise(self, finding: Finding) -> None:
        known = self._troubles.get(finding.account)
        # Anybody can cause what belongs to no account, with another path each time: it is told once.
        if known is not None and (
            not finding.account or (known.verdict, known.values) == (finding.verdict, finding.values)
        ):
            return
        self._troubles[finding.account] = finding
        text = sentences.of_account(finding, sentences.trouble(finding))
        self._publish(TroubleRaised(TroubleArea.PUSH.key(finding.account), text, copy=sentences.copy(finding)))


def _is_explained(finding: Finding) -> bool:
    """Tell if only somebody who knows a secret of ours can have caused this."""
    fits = finding.verdict is not CheckVerdict.TOKEN_DIFFERS or sentences.CAUSE in finding.values
    return bool(finding.account) and fits
