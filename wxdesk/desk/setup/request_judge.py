"""Requests at the push URL, and what each of them decides."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from wxdesk.core.events import PushSeen
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.desk.settings.configuration import Configuration
from wxdesk.desk.setup.account_findings import kept_back
from wxdesk.desk.setup.fact_book import FactBook
from wxdesk.desk.setup.push_watch import PushWatch
from wxdesk.desk.setup.request_facts import IN_THE_BODY, KEPT, ON_THE_WAY_IN, fact_of, is_good
from wxdesk.desk.setup.waiting import SetupWaiting

AGAIN_WITHIN = timedelta(minutes=1)
"""Time within which a second check of the URL means that the first answer failed."""

MORE_WITHIN = timedelta(seconds=1)
"""Time for which a push like the last one says nothing new, and is only counted."""


class RequestJudge:
    """Judge of requests: puts the facts that each decides, and counts the rest."""

    def __init__(self, configuration: Configuration, watch: PushWatch, waiting: SetupWaiting, book: FactBook) -> None:
        self._configuration = configuration
        self._watch = watch
        self._waiting = waiting
        self._book = book
        self._answered: dict[str, datetime] = {}
        self._usual: dict[str, PushSeen] = {}

    def expect_news(self) -> None:
        """Judge the next request of every account, also if it is like the last one."""
        self._usual.clear()

    def judge(self, event: PushSeen) -> None:
        """Take note of a request, and put the facts that it decides."""
        sources = self._configuration.now.sources
        if event.finding is not None and kept_back(event.finding, sources) is not event.finding:
            return  # the trouble of the locked vault says why
        waited_for = self._waiting.waited_for
        if not waited_for and self._says_nothing_new(event):
            self._watch.count(event)
            return
        if is_good(event) and event.outcome == KEPT:
            self._usual[event.account] = event
        else:
            self._usual.clear()
        if self._watch.note_request(event, awaited=bool(waited_for)) and event.finding is not None:
            self._put_facts(event, event.finding)

    def _says_nothing_new(self, event: PushSeen) -> bool:
        """Tell if a kept push is like the last request, of a moment ago."""
        last = self._usual.get(event.account)
        if last is None or event.outcome != KEPT or not timedelta() <= event.at - last.at < MORE_WITHIN:
            return False
        now, before = event.finding, last.finding
        return now is before or (now is not None and now.says_the_same(before))

    def _put_facts(self, event: PushSeen, finding: Finding) -> None:
        taken = is_good(event)
        if taken or finding.verdict in ON_THE_WAY_IN | IN_THE_BODY:
            for one in self._for_each_account(finding):
                self._put_fact(one.account, event, one)
        if taken:
            self._book.something_came()
            if event.outcome != "checked":
                self._waiting.message_came(event.account)

    def _for_each_account(self, finding: Finding) -> list[Finding]:
        """Return the finding for each account that it concerns.

        One that belongs to no account concerns those that wait for a request, and so does another's Token at their URL.
        """
        waited_for = self._waiting.waited_for
        accounts = (finding.account,) if finding.account else waited_for
        other = finding.values.get("other", "") if finding.verdict is CheckVerdict.OTHER_ACCOUNT_PATH else ""
        if other in waited_for:
            accounts = (*accounts, other)
            finding = replace(finding, values={**finding.values, "account": finding.account})
        return [replace(finding, account=account) for account in accounts]

    def _put_fact(self, account: str, event: PushSeen, finding: Finding) -> None:
        fact = fact_of(finding)
        if is_good(event) and self._was_not_accepted(event):
            answer = {"n": f"{event.milliseconds:.0f}"}
            fact = Finding(Check.URL_CHECK, CheckVerdict.ECHO_NOT_ACCEPTED, account, answer, event.at)
        if fact is not None:
            self._book.put(account, fact)
            if fact.check is Check.URL_CHECK:
                self._waiting.checked(account)
        if finding.verdict in IN_THE_BODY:
            self._waiting.message_refused(account)

    def _was_not_accepted(self, event: PushSeen) -> bool:
        """Tell if WeChat asks again so soon that our answer cannot have satisfied it."""
        if event.outcome != "checked":
            self._answered.pop(event.account, None)
            return False
        before = self._answered.get(event.account)
        self._answered[event.account] = event.at
        return before is not None and event.at - before <= AGAIN_WITHIN
