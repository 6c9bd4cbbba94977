"""Checks of config.toml and its accounts: secrets, push mode, access_token, clock."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from wxdesk.config.reading import FILE, load
from wxdesk.core.errors import BadInput, SendError, WxdeskError
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.core.wechat.credential_shapes import CredentialField, judge_account
from wxdesk.desk.setup.account_findings import (
    failed_fetch,
    missing_finding,
    program_finding,
    push_finding,
    source_findings,
)
from wxdesk.desk.wechat.clock_skew import skew_values
from wxdesk.desk.wechat.explanations import field_name
from wxdesk.doctor.case import Case
from wxdesk.i18n import account_title, clock_text, explain, moment_text, name_accounts, tr
from wxdesk.secrets.names import SecretSource
from wxdesk.secrets.sources import AccountSecrets, SecretSources
from wxdesk.store import is_shared
from wxdesk.threads import on_own_thread
from wxdesk.timezones import zone_named
from wxdesk.wechat.client import WeChatClient


async def check_configuration(case: Case) -> Iterable[Finding]:
    """Read config.toml; later checks go by it."""
    try:
        case.config = await on_own_thread(lambda: load(case.home))
    except WxdeskError as error:
        return (_found(CheckVerdict.CONFIG_BROKEN, reason=explain(error)),)
    if case.accounts:
        name_accounts({account.name: account.title for account in case.accounts})
        names = tr(", ").join(account_title(account.name) for account in case.accounts)
        of_accounts = [finding for account in case.accounts for finding in _of_account(case, account)]
        return (_found(CheckVerdict.OK, accounts=names), *of_accounts)
    misnamed = _misnamed(case.home)
    if misnamed:
        return (_found(CheckVerdict.CONFIG_MISNAMED, file=misnamed, path=str(case.home)),)
    elsewhere = is_shared(case.config.store.url)
    return (_found(CheckVerdict.ACCOUNTS_ELSEWHERE if elsewhere else CheckVerdict.NO_ACCOUNT),)


def _of_account(case: Case, account: Account) -> Iterator[Finding]:
    values = {"cause": "account", "n": str(account.reserve)}
    if account.timezone:
        values |= {"zone": account.timezone, "time": clock_text(case.clock().astimezone(zone_named(account.timezone)))}
    yield Finding(Check.CONFIGURATION, CheckVerdict.OK, account.name, values)
    twin = next(one.name for one in case.accounts if one.app_id == account.app_id)
    if twin != account.name:
        yield Finding(Check.CONFIGURATION, CheckVerdict.APP_ID_ILLEGAL, account.name, {"cause": "twin", "other": twin})
    if account.paused:
        yield Finding(Check.CONFIGURATION, CheckVerdict.ACCOUNT_PAUSED, account.name)


def _misnamed(home: Path) -> str:
    """Name of a file that was meant to be config.toml; empty if there is none."""
    if (home / FILE).exists():
        return ""
    return next((found.name for found in sorted(home.glob("config*")) if found.stem in ("config", FILE)), "")


def _found(verdict: CheckVerdict, **values: str) -> Finding:
    return Finding(Check.CONFIGURATION, verdict, values=values)


async def check_api(case: Case) -> Iterable[Finding]:
    """Fetch an access_token for each account whose secrets may be right, side by side."""
    if case.config is None or not case.accounts:
        return ()
    at = case.config.wechat
    client = WeChatClient(at, case.credentials, lambda _: None, case.clock)

    async def check(account: Account) -> Finding | None:
        if program_finding(account, case.credentials_of(account), case.clock()) is not None:
            return None  # told by the check of the secrets
        if case.in_use and at.token_endpoint == "classic":  # noqa: S105 - the name of an endpoint
            return Finding(Check.API, CheckVerdict.UNKNOWN, account.name, {"cause": "classic"})
        try:
            seconds = await client.check(account)
        except SendError as error:
            return failed_fetch(error, account.name, urlsplit(at.api_base).netloc, case.clock())
        return Finding(Check.API, CheckVerdict.OK, account.name, {"seconds": f"{seconds:.0f}"})

    try:
        found = await asyncio.gather(*map(check, case.accounts))
        clock = () if client.clock_check.ahead is None else (_clock(client.clock_check.ahead),)
    finally:
        await client.close()
    return [finding for finding in (*found, *clock) if finding is not None]


def _clock(ahead: timedelta) -> Finding:
    skew = skew_values(ahead)
    return Finding(Check.CLOCK, CheckVerdict.CLOCK_SKEW if skew else CheckVerdict.OK, values=skew)


_PLACES = {
    SecretSource.ENVIRONMENT: "environment variable",
    SecretSource.FOLDER: "file of the secrets' folder",
    SecretSource.KEYCHAIN: "the system's keychain",
    SecretSource.VAULT: "wxdesk's vault",
    SecretSource.MEMORY: "only in memory",
}


async def check_secrets(case: Case) -> Iterable[Finding]:
    """Read the secrets of all accounts, and judge their sources and shapes."""
    sources = case.sources or SecretSources(case.home, case.environ, memory=False)
    findings, refused = list[Finding](), list[Finding]()
    try:
        await on_own_thread(sources.unlock_by_environment)
    except BadInput as error:
        values = {"cause": "refused", "reason": explain(error)}
        refused.append(Finding(Check.KEYCHAIN, CheckVerdict.VAULT_LOCKED, values=values))
    for account in case.accounts:
        found = await on_own_thread(lambda account=account: sources.read(account, case.clock()))  # type: ignore[misc]
        case.credentials[account.name] = found.credentials
        findings += _of_secrets(case, account, found)
    lacking = any(finding.verdict is CheckVerdict.SECRET_MISSING for finding in findings)
    return [*(refused or (source_findings(sources) if lacking else ())), *findings]


def _of_secrets(case: Case, account: Account, found: AccountSecrets) -> Iterator[Finding]:
    credentials, now = found.credentials, case.clock()
    push, program = push_finding(account, credentials, now), program_finding(account, credentials, now)
    for one in found.missing:
        yield missing_finding(Check.SECRETS, one.name.field, account.name)
    if program is not None and program.verdict is not CheckVerdict.SECRET_MISSING:
        yield Finding(Check.SECRETS, program.verdict, account.name, program.values)
    if push.verdict not in (CheckVerdict.SECRET_MISSING, CheckVerdict.OK, CheckVerdict.PLAIN_MODE):
        yield Finding(Check.SECRETS, push.verdict, account.name, push.values)
    elif program is None and not found.missing:
        yield Finding(Check.SECRETS, CheckVerdict.OK, account.name, {"places": _told_places(found)})
    if any(issue.field is CredentialField.ORIGINAL_ID for issue in judge_account(account, credentials)):
        yield Finding(Check.CONFIGURATION, CheckVerdict.ORIGINAL_ID_ILLEGAL, account.name)
    for name, until in credentials.accepted_until:
        values = {"cause": "former", "name": name, "time": moment_text(until)}
        yield Finding(Check.SECRETS, CheckVerdict.OK, account.name, values)
    plain = account.push_mode is PushMode.PLAIN
    mode = CheckVerdict.PLAIN_MODE if plain else CheckVerdict.OK
    yield Finding(Check.PUSH_MODE, mode, account.name, {"name": account.push_mode.value})


def _told_places(found: AccountSecrets) -> str:
    """Tell which source has which secrets, as in “Token: the system's keychain”."""
    parts = []
    for source in SecretSource:
        names = [field_name(name.field) for name, one in found.sources.items() if one is source]
        if names:
            parts.append(tr("{label}: {value}", label=tr(", ").join(names), value=tr(_PLACES[source])))
    return " · ".join(parts)
