"""Verdicts for WeChat's errcodes, as far as they concern the set-up."""

from wxdesk.core.setup.verdicts import CheckVerdict

TOKEN_CALLS = frozenset({"stable_token", "token"})
"""Names of the calls that fetch an access_token."""

_AT_TOKEN_CALLS = {
    40001: CheckVerdict.APP_SECRET_WRONG,
    40125: CheckVerdict.APP_SECRET_WRONG,
    41004: CheckVerdict.APP_SECRET_WRONG,
}
_AT_OTHER_CALLS = {
    40001: CheckVerdict.TOKEN_SUPERSEDED,
    48001: CheckVerdict.NO_PERMISSION,
    48004: CheckVerdict.NO_PERMISSION,
    50002: CheckVerdict.NO_PERMISSION,
    61007: CheckVerdict.THIRD_PARTY_PLATFORM,
}
_ANYWHERE = {
    40013: CheckVerdict.APP_ID_WRONG,
    41002: CheckVerdict.APP_ID_WRONG,
    40164: CheckVerdict.IP_NOT_LISTED,
    40243: CheckVerdict.APP_SECRET_FROZEN,
    45009: CheckVerdict.TOKEN_QUOTA,
    45011: CheckVerdict.TOKEN_QUOTA,
    89501: CheckVerdict.IP_CONFIRMATION,
    89503: CheckVerdict.IP_CONFIRMATION,
    89506: CheckVerdict.IP_CONFIRMATION,
    89507: CheckVerdict.IP_CONFIRMATION,
}


def api_verdict(call: str, errcode: int) -> CheckVerdict:
    """Return the verdict for an errcode of a call named as in `ApiCalled`."""
    if errcode == 0:
        return CheckVerdict.OK
    of_the_call = _AT_TOKEN_CALLS if call in TOKEN_CALLS else _AT_OTHER_CALLS
    return of_the_call.get(errcode) or _ANYWHERE.get(errcode, CheckVerdict.API_REFUSED)
