"""Findings of calls to WeChat's API: errcodes and lost connections by verdict."""

import re
from datetime import datetime

from wxdesk.core.errors import Refused, SendError
from wxdesk.core.events import ApiCalled
from wxdesk.core.setup.api_verdicts import api_verdict
from wxdesk.core.setup.findings import Check, Finding
from wxdesk.core.setup.verdicts import CheckVerdict
from wxdesk.core.system_failures import FOREIGN_CERTIFICATE
from wxdesk.core.wechat.errcodes import addresses_in, meaning_of
from wxdesk.i18n import tr

TOKEN_CALL = "stable_token"  # noqa: S105 - the name of a call

_CODE = re.compile(r"-?\d+\b")


def failed_fetch(error: SendError, account: str, host: str, at: datetime) -> Finding:
    """Judge why no access_token came from WeChat's API at `host`."""
    if isinstance(error, Refused):
        return _answered(TOKEN_CALL, error.errcode, error.errmsg, account, at)
    return _unanswered(tr(str(error.values.get("reason", ""))), account, host, at)


def call_finding(event: ApiCalled, host: str) -> Finding:
    """Judge a call by its outcome; `ok` if WeChat took it."""
    code = _CODE.match(event.outcome)
    if code is None:
        return _unanswered(event.outcome, event.account, host, event.at)
    return _answered(event.call, int(code[0]), event.errmsg, event.account, event.at)


def _answered(call: str, errcode: int, errmsg: str, account: str, at: datetime) -> Finding:
    verdict = api_verdict(call, errcode)
    if verdict is CheckVerdict.OK:
        return Finding(Check.API, verdict, account, at=at)
    values = {"code": str(errcode), "reason": tr(meaning_of(errcode))}
    addresses = addresses_in(errmsg) if verdict is CheckVerdict.IP_NOT_LISTED else ()
    if addresses:
        values["address"] = tr(", ").join(addresses)
    return Finding(Check.API, verdict, account, values, at)


def _unanswered(reason: str, account: str, host: str, at: datetime) -> Finding:
    foreign = reason == tr(FOREIGN_CERTIFICATE)
    verdict = CheckVerdict.API_PROXY if foreign else CheckVerdict.API_UNREACHABLE
    return Finding(Check.API, verdict, account, {"reason": reason, "host": host}, at)
