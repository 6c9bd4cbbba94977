"""Check of config.toml, by which all later ones go."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from wxdesk.config import FILE, load
from wxdesk.core.errors import WxdeskError
from wxdesk.core.model.account import Account
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.doctor.case import Case
from wxdesk.i18n import explain
from wxdesk.threads import aside
from wxdesk.timezones import zone_named


async def check_configuration(case: Case) -> Iterable[Finding]:
    """Read config.toml; later checks go by it."""
    try:
        case.config = await aside(lambda: load(case.home))
    except WxdeskError as error:
        return (_found(CheckVerdict.CONFIG_BROKEN, reason=explain(error)),)
    if case.accounts:
        names = ", ".join(account.name for account in case.accounts)
        of_accounts = [finding for account in case.accounts for finding in _of_account(case, account)]
        return (_found(CheckVerdict.OK, accounts=names), *of_accounts)
    misnamed = _misnamed(case.home)
    if misnamed:
        return (_found(CheckVerdict.CONFIG_MISNAMED, file=misnamed, path=str(case.home)),)
    return (_found(CheckVerdict.NO_ACCOUNT),)


def _of_account(case: Case, account: Account) -> Iterator[Finding]:
    values = {"cause": "account", "n": str(account.reserve)}
    if account.timezone:
        values |= {"zone": account.timezone, "time": f"{case.clock().astimezone(zone_named(account.timezone)):%H:%M}"}
    yield Finding(Check.CONFIGURATION, CheckVerdict.OK, account.name, values)
    if account.paused:
        yield Finding(Check.CONFIGURATION, CheckVerdict.ACCOUNT_PAUSED, account.name)


def _misnamed(home: Path) -> str:
    """Name of a file that was meant to be config.toml; empty if there is none."""
    if (home / FILE).exists():
        return ""
    return next((found.name for found in sorted(home.glob("config*")) if found.stem in ("config", FILE)), "")


def _found(verdict: CheckVerdict, **values: str) -> Finding:
    return Finding(Check.CONFIGURATION, verdict, values=values)
