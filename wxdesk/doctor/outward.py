"""Checks of WeChat's API: an access_token for each account, and the clock."""

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlsplit

from wxdesk.core.errors import SendError
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.desk.setup.api_findings import failed_fetch
from wxdesk.desk.setup.secret_findings import program_finding
from wxdesk.desk.wechat.clock_skew import skew_values
from wxdesk.doctor.case import Case
from wxdesk.wechat.client import WeChatClient


async def check_api(case: Case) -> Iterable[Finding]:
    """Fetch an access_token for each account whose secrets may be right."""
    if case.config is None or not case.accounts:
        return ()
    at, findings = case.config.wechat, []
    client = WeChatClient(at.api_base, at.token_endpoint, case.credentials, lambda _: None, case.clock)
    try:
        for account in case.accounts:
            if program_finding(account, case.credentials_of(account), case.clock()) is not None:
                continue  # told by the check of the secrets
            if case.in_use and at.token_endpoint == "classic":  # noqa: S105 - the name of an endpoint
                findings.append(Finding(Check.API, CheckVerdict.UNKNOWN, account.name, {"cause": "classic"}))
                continue
            try:
                seconds = await client.check(account)
                findings.append(Finding(Check.API, CheckVerdict.OK, account.name, {"seconds": f"{seconds:.0f}"}))
            except SendError as error:
                findings.append(failed_fetch(error, account.name, urlsplit(at.api_base).netloc, case.clock()))
        ahead = client.clock_check.ahead
    finally:
        await client.close()
    return findings if ahead is None else [*findings, _clock(ahead)]


def _clock(ahead: timedelta) -> Finding:
    skew = skew_values(ahead)
    return Finding(Check.CLOCK, CheckVerdict.CLOCK_SKEW if skew else CheckVerdict.OK, values=skew)
