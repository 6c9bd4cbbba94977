"""Checks of the database and of what it holds: rules, and earlier attempts."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from msgspec.structs import replace

from wxdesk.core.errors import StoreError, WxdeskError
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.desk.messages.store_watch import database_failure, unsafe_database
from wxdesk.desk.setup.request_facts import DOUBTED, ON_THE_WAY_IN, facts_of_stored
from wxdesk.doctor.case import Case
from wxdesk.i18n import explain, moment_text
from wxdesk.store import Store, StoreStatus, check_store, read_store, unsafe_settings

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


async def check_database(case: Case) -> Iterable[Finding]:
    """Look at the database without changing it."""
    if case.config is None:
        return ()
    try:
        case.store = await check_store(case.config.store.url, case.home)
        unsafe = await unsafe_settings(case.config.store.url)
    except StoreError as error:
        return (database_failure(error),)
    if unsafe:
        return (unsafe_database(unsafe),)
    if case.in_use:
        return (Finding(Check.DATABASE, CheckVerdict.DATABASE_IN_USE),)
    return (Finding(Check.DATABASE, CheckVerdict.OK, values={"cause": case.store.value}),)


async def check_records(case: Case) -> Iterable[Finding]:
    """Ask the database what has arrived, and whether any rule can answer."""
    if case.config is None or case.store in (None, StoreStatus.OLDER):
        return ()
    if case.store is StoreStatus.EMPTY:
        return (Finding(Check.RULES, CheckVerdict.NO_RULES),)
    try:
        store = await read_store(case.config.store.url, case.home)
    except WxdeskError as error:
        return (Finding(Check.RULES, CheckVerdict.CHECK_FAILED, values={"reason": explain(error)}),)
    async with store:
        enabled = [rule for rule in await store.rules.all() if rule.enabled]
        names = [account.name for account in case.accounts]
        case.attempts = {name: await store.attempts.newest(name) for name in (*names, "")}
        facts = [fact for name in names for fact in await _facts(case, store, name)]
    rules = Finding(Check.RULES, CheckVerdict.OK if enabled else CheckVerdict.NO_RULES, values={"n": str(len(enabled))})
    return (*facts, *_of_no_account(case), rules)


async def _facts(case: Case, store: Store, account: str) -> tuple[Finding, Finding]:
    """Judge WeChat's check of the URL, and the first message that was answered."""
    facts, proofs = facts_of_stored(case.attempts[account]), await store.attempts.proofs(account)
    arrived = CheckVerdict.OK if proofs.kept else CheckVerdict.WAITING
    answered = CheckVerdict.UNANSWERED if proofs.kept else CheckVerdict.WAITING
    url = facts.get(Check.URL_CHECK, Finding(Check.URL_CHECK, arrived, account))
    message = facts.get(Check.MESSAGE)
    if message is None:
        message = Finding(Check.MESSAGE, CheckVerdict.OK if proofs.answered else answered, account)
    return _dated(url), _dated(message)


def _dated(finding: Finding) -> Finding:
    dated = {} if finding.at is None else {"time": moment_text(finding.at)}
    return replace(finding, values={**finding.values, **dated})


def _of_no_account(case: Case) -> Iterator[Finding]:
    """Tell of the last request, if it was for no account that there is."""
    known = [found[0].at for name, found in case.attempts.items() if name and found and found[0].at]
    for last in [one for one in case.attempts[""] if DOUBTED not in one.values][:1]:
        if last.verdict in ON_THE_WAY_IN and (last.at or _LONG_AGO) > max(known, default=_LONG_AGO):
            yield _dated(replace(last, check=Check.URL_CHECK))
