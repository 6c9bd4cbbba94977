"""Checks of the database and of what it holds: rules, and earlier attempts."""

from __future__ import annotations

from collections.abc import Iterable

from wxdesk.core.errors import WxdeskError
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.doctor.case import Case
from wxdesk.i18n import explain
from wxdesk.store import StoreStatus, check_store, read_store


async def check_database(case: Case) -> Iterable[Finding]:
    """Look at the database without changing it."""
    if case.config is None:
        return ()
    try:
        case.store = await check_store(case.config.store.url, case.home)
    except WxdeskError as error:
        return (Finding(Check.DATABASE, CheckVerdict.DATABASE_FAILED, values={"reason": explain(error)}),)
    if case.in_use:
        return (Finding(Check.DATABASE, CheckVerdict.DATABASE_IN_USE),)
    return (Finding(Check.DATABASE, CheckVerdict.OK, values={"cause": case.store.value}),)


async def check_records(case: Case) -> Iterable[Finding]:
    """Ask the database whether any rule can answer."""
    if case.config is None or case.store in (None, StoreStatus.OLDER):
        return ()
    if case.store is StoreStatus.EMPTY:
        return (Finding(Check.RULES, CheckVerdict.NO_RULES),)
    try:
        store = await read_store(case.config.store.url, case.home)
    except WxdeskError as error:
        return (Finding(Check.RULES, CheckVerdict.CHECK_FAILED, values={"reason": explain(error)}),)
    try:
        enabled = [rule for rule in await store.rules.all() if rule.enabled]
    finally:
        await store.close()
    if not enabled:
        return (Finding(Check.RULES, CheckVerdict.NO_RULES),)
    return (Finding(Check.RULES, CheckVerdict.OK, values={"n": str(len(enabled))}),)
