"""Findings of an account: its secrets by their shape, WeChat's answers by verdict."""

from datetime import datetime

from wxdesk.core.errors import Refused, SendError
from wxdesk.core.events import ApiCalled
from wxdesk.core.model.account import Account, PushMode
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding, api_verdict
from wxdesk.core.system_failures import FOREIGN_CERTIFICATE, NAME_UNKNOWN, NOT_REACHED, PROXY_REFUSES
from wxdesk.core.wechat.credential_shapes import CredentialField, ShapeFault, judge_together, values_of
from wxdesk.core.wechat.credentials import Credentials
from wxdesk.core.wechat.errcodes import addresses_in, meaning_of
from wxdesk.desk.wechat.explanations import field_name
from wxdesk.secrets.keychain import KeychainTrouble
from wxdesk.secrets.names import SecretName, SecretSource, variable
from wxdesk.secrets.sources import AccountSecrets, SecretSources

TOKEN_CALL = "stable_token"  # noqa: S105 - the name of a call


def failed_fetch(error: SendError, account: str, host: str, at: datetime) -> Finding:
    """Judge why no access_token came from WeChat's API at `host`."""
    if isinstance(error, Refused):
        return _answered(TOKEN_CALL, error.errcode, error.errmsg, account, at)
    return _unanswered(str(error.values.get("reason", "")), account, host, at)


def call_finding(event: ApiCalled, host: str) -> Finding:
    """Judge a call by its outcome; `ok` if WeChat took it."""
    if event.errcode is None:
        return _unanswered(event.outcome, event.account, host, event.at)
    return _answered(event.call, event.errcode, event.errmsg, event.account, event.at)


def _answered(call: str, errcode: int, errmsg: str, account: str, at: datetime) -> Finding:
    verdict = api_verdict(call, errcode)
    if verdict is CheckVerdict.OK:
        return Finding(Check.API, verdict, account, at=at)
    values = {"code": str(errcode), "reason": meaning_of(errcode)}
    addresses = addresses_in(errmsg) if verdict is CheckVerdict.IP_NOT_LISTED else ()
    if addresses:
        values["address"] = " · ".join(addresses)
    return Finding(Check.API, verdict, account, values, at)


def _unanswered(reason: str, account: str, host: str, at: datetime) -> Finding:
    foreign = reason == FOREIGN_CERTIFICATE
    verdict = CheckVerdict.API_PROXY if foreign else CheckVerdict.API_UNREACHABLE
    more = _WITHOUT_WECHAT.get(reason, reason)
    values = {"host": host} | ({"reason": more} if more else {})
    return Finding(Check.API, verdict, account, values, at)


_WITHOUT_WECHAT = {NOT_REACHED: "", NAME_UNKNOWN: "its name leads to no address", PROXY_REFUSES: "the proxy refuses"}
"""Reasons beside a sentence that says already who cannot be reached."""


ILLEGAL = {
    CredentialField.APP_ID: CheckVerdict.APP_ID_ILLEGAL,
    CredentialField.ORIGINAL_ID: CheckVerdict.ORIGINAL_ID_ILLEGAL,
    CredentialField.APP_SECRET: CheckVerdict.APP_SECRET_ILLEGAL,
    CredentialField.PUSH_TOKEN: CheckVerdict.TOKEN_ILLEGAL,
    CredentialField.ENCODING_AES_KEY: CheckVerdict.AES_KEY_ILLEGAL,
}

OF_THE_SHAPE = frozenset(
    {CheckVerdict.SECRET_MISSING, CheckVerdict.VAULT_LOCKED, CheckVerdict.SECRETS_SWAPPED, *ILLEGAL.values()}
)
"""Verdicts about values by themselves, without asking WeChat."""

TROUBLES = {
    KeychainTrouble.MISSING: "this system has none",
    KeychainTrouble.LOCKED: "it is locked",
    KeychainTrouble.SILENT: "it does not answer",
    KeychainTrouble.FAILED: "it reports a failure",
}
"""Reason for which the keychain cannot be used, as brackets hold it."""

_OF_THE_PROGRAM = (CredentialField.APP_ID, CredentialField.APP_SECRET)
_OF_PUSHES = (CredentialField.PUSH_TOKEN, CredentialField.ENCODING_AES_KEY)


def program_finding(account: Account, credentials: Credentials, at: datetime) -> Finding | None:
    """Return why no access_token can be fetched with these values; None if one may."""
    return _worst(Check.API, _OF_THE_PROGRAM, account, credentials, at)


def push_finding(account: Account, credentials: Credentials, at: datetime) -> Finding:
    """Judge Token and EncodingAESKey; `plain_mode` warns of pushes without encryption."""
    found = _worst(Check.SECRETS, _OF_PUSHES, account, credentials, at)
    if found is not None:
        return found
    is_plain = account.push_mode is PushMode.PLAIN
    return Finding(Check.SECRETS, CheckVerdict.PLAIN_MODE if is_plain else CheckVerdict.OK, account.name, at=at)


def kept_finding(account: Account, found: AccountSecrets, at: datetime) -> Finding:
    """Judge the secrets for pushes, and warn of those in memory only."""
    finding = push_finding(account, found.credentials, at)
    if finding.verdict is CheckVerdict.OK and SecretSource.MEMORY in found.sources.values():
        return Finding(Check.SECRETS, CheckVerdict.SECRET_IN_MEMORY, account.name, at=at)
    return finding


def missing_finding(check: Check, field: CredentialField, account: str, at: datetime | None = None) -> Finding:
    """Tell that an account lacks the value of `field`, and where it can be put."""
    values = {"name": field_name(field), "key": field.value}
    if field.value in tuple(SecretName):
        values["variable"] = variable(account, SecretName(field.value))
    return Finding(check, CheckVerdict.SECRET_MISSING, account, values, at)


def source_findings(sources: SecretSources) -> list[Finding]:
    """Tell what keeps missing secrets back: a locked vault, else the keychain."""
    if sources.vault.is_locked:
        return [Finding(Check.KEYCHAIN, CheckVerdict.VAULT_LOCKED)]
    if sources.keychain.trouble is None:
        return []
    reason = TROUBLES[sources.keychain.trouble]
    return [Finding(Check.KEYCHAIN, CheckVerdict.KEYCHAIN_UNUSABLE, values={"reason": reason})]


def kept_back(finding: Finding, sources: SecretSources | None) -> Finding:
    """Say of a missing secret that it is in the locked vault, where there is one."""
    if finding.verdict is CheckVerdict.SECRET_MISSING and sources is not None and sources.vault.is_locked:
        return Finding(finding.check, CheckVerdict.VAULT_LOCKED, finding.account, at=finding.at)
    return finding


def _worst(
    check: Check, fields: tuple[CredentialField, ...], account: Account, credentials: Credentials, at: datetime
) -> Finding | None:
    values = values_of(account, credentials)
    optional = {CredentialField.ENCODING_AES_KEY} if account.push_mode is PushMode.PLAIN else set()
    for field in fields:
        if not values[field] and field not in optional:
            return missing_finding(check, field, account.name, at)
    issue = next((one for one in judge_together(values) if one.field in fields), None)
    if issue is None:
        return None
    swapped = issue.fault is ShapeFault.SWAPPED and issue.other in _OF_PUSHES
    verdict = CheckVerdict.SECRETS_SWAPPED if swapped else ILLEGAL[issue.field]
    cause = {"cause": "blanks"} if issue.character.isspace() else {}
    return Finding(check, verdict, account.name, cause, at)
