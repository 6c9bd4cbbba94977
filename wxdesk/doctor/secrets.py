"""Checks of the accounts' secrets: their sources, their shapes, and the push mode."""

from collections.abc import Iterable, Iterator

from wxdesk.core.errors import BadInput
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.core.wechat.credential_shapes import CredentialField, judge_account
from wxdesk.desk.setup.secret_findings import missing_finding, program_finding, push_finding, source_findings
from wxdesk.desk.wechat.credential_texts import field_name
from wxdesk.doctor.case import Case
from wxdesk.i18n import explain, tr
from wxdesk.secrets import AccountSecrets, SecretSource, SecretSources
from wxdesk.threads import aside

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
    findings: list[Finding] = []
    try:
        await aside(sources.unlock_by_environment)
    except BadInput as error:
        findings.append(Finding(Check.KEYCHAIN, CheckVerdict.VAULT_LOCKED, values={"reason": explain(error)}))
    for account in case.accounts:
        found = await aside(lambda account=account: sources.read(account, case.clock()))  # type: ignore[misc]
        case.credentials[account.name] = found.credentials
        findings += _of_account(case, account, found)
    lacking = any(finding.verdict is CheckVerdict.SECRET_MISSING for finding in findings)
    return [*(source_findings(sources) if lacking else ()), *findings]


def _of_account(case: Case, account: Account, found: AccountSecrets) -> Iterator[Finding]:
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
        values = {"cause": "former", "name": name, "time": f"{until.astimezone():%Y-%m-%d %H:%M}"}
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
            parts.append(f"{tr(', ').join(names)}: {tr(_PLACES[source])}")
    return " · ".join(parts)
