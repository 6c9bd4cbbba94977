"""Table of WeChat's errcodes: meaning, remedy, and reaction of this program.

Collected from WeChat's pages for customer-service messages, access_token and media ("发送客服消息",
"获取稳定版接口调用凭据", "上传临时素材") and its list of global return codes (全局返回码). WeChat answers
with HTTP 200 in every case; only the code tells. The sentences are English and have their Chinese in
resources/translations/zh_CN/wechat.po.
"""

import re
from enum import StrEnum
from ipaddress import IPv6Address, ip_address

from msgspec import Struct


class ErrorAction(StrEnum):
    """Reaction that an errcode asks for; `desk.replies.outcomes` has what follows."""

    NONE = "none"  # accepted
    RETRY = "retry"  # WeChat is busy: again with back-off, a few times
    TOKEN = "token"  # noqa: S105 - a new access_token and one repeat; the second time it is CONFIG
    WAIT = "wait"  # too fast: again after a minute
    CONTACT = "contact"  # nothing more to this contact until they write again
    REUPLOAD = "reupload"  # the picture must be uploaded again
    FIX = "fix"  # this reply is wrong as it is; never again unchanged
    CONFIG = "config"  # the account cannot send at all until somebody mends it
    MIDNIGHT = "midnight"  # the account cannot send until midnight, Beijing time
    IGNORE = "ignore"  # of no consequence

    @property
    def is_about_the_account(self) -> bool:
        """True where nothing can be sent from the account for a while."""
        return self in (ErrorAction.TOKEN, ErrorAction.WAIT, ErrorAction.CONFIG, ErrorAction.MIDNIGHT)


class _Code(Struct, frozen=True):
    action: ErrorAction
    meaning: str
    remedy: str = ""


_A = ErrorAction

_SHORTEN, _SHORTEN_IT = "Shorten the reply or send it in two.", "Shorten it."
_MEND_REPLY = "Change the reply and send it again."
_OUR_DEFECT = "This is a defect of wxdesk; please report it with the code and the rid."
_NEXT_MESSAGE = "Wait until the customer writes again."
_CHECK_SECRET = "Copy AppID and AppSecret from the mini program's console again."  # noqa: S105
_UPLOAD_AGAIN = "Upload the picture again; WeChat keeps it for three days."
_SMALLER_PICTURE = "Use a PNG, JPEG or GIF of at most 2 MB."
_ALLOW_IP = "Add this machine's public address to the IP list in the mini program's console."
_CONFIRM_IP = (
    "Ask the mini program's administrator to confirm this machine's address in WeChat, or add it to the IP list."
)
_NEW_TOKEN = "If this does not end by itself, look whether another program uses this account."  # noqa: S105
_CONSOLE = "Look at the mini program's console, or ask WeChat with the rid."
_THIRD_PARTY = "Take the customer-service permission back from the third-party platform in the console."
_KF_TOOL = "Correct it in WeChat's own customer-service tool."

_TABLE: dict[int, _Code] = {
    -1: _Code(_A.RETRY, "WeChat is busy", "The trouble is WeChat's own; try again in a while."),
    0: _Code(_A.NONE, "ok"),
    40001: _Code(
        _A.TOKEN,
        "the access_token is not the latest one, or the app secret is wrong",
        "Another program uses this account and fetches tokens for it: let both use stable_token, or stop one. "
        "If there is none, store the app secret again.",
    ),
    40002: _Code(_A.CONFIG, "the grant type is wrong", _OUR_DEFECT),
    40003: _Code(_A.CONTACT, "this openid does not belong to this mini program", "Check the account's AppID."),
    40004: _Code(_A.FIX, "this kind of media is not allowed", _SMALLER_PICTURE),
    40005: _Code(_A.FIX, "this kind of file is not allowed", _SMALLER_PICTURE),
    40006: _Code(_A.FIX, "the file is too large", _SMALLER_PICTURE),
    40007: _Code(_A.REUPLOAD, "the picture has expired at WeChat", _UPLOAD_AGAIN),
    40008: _Code(_A.FIX, "this kind of message is not allowed", _MEND_REPLY),
    40009: _Code(_A.FIX, "the picture is too large", _SMALLER_PICTURE),
    40013: _Code(_A.CONFIG, "the AppID is wrong", _CHECK_SECRET),
    40014: _Code(_A.TOKEN, "the access_token is wrong", _NEW_TOKEN),
    40033: _Code(_A.FIX, "the reply contains characters that WeChat refuses", _OUR_DEFECT),
    40097: _Code(_A.FIX, "an argument is wrong", _MEND_REPLY),
    40101: _Code(_A.FIX, "a parameter is missing", _OUR_DEFECT),
    40125: _Code(_A.CONFIG, "the app secret is wrong", _CHECK_SECRET),
    40137: _Code(_A.FIX, "the picture's format is not allowed", _SMALLER_PICTURE),
    40164: _Code(_A.CONFIG, "this machine's address is not in the IP list", _ALLOW_IP),
    40200: _Code(_A.FIX, "this kind of account may not do this", _CONSOLE),
    40201: _Code(_A.FIX, "no push URL is saved in the mini program's console", "Submit it there, under message push."),
    40243: _Code(_A.CONFIG, "the app secret is frozen", "Unfreeze it in the mini program's console."),
    41001: _Code(_A.TOKEN, "the access_token is missing", _OUR_DEFECT),
    41002: _Code(_A.CONFIG, "the AppID is missing", _CHECK_SECRET),
    41004: _Code(_A.CONFIG, "the app secret is missing", "Store it with: wxdesk secret set ACCOUNT app_secret"),
    41005: _Code(_A.FIX, "the picture's data is missing", _MEND_REPLY),
    41006: _Code(_A.FIX, "the picture's media_id is missing", _MEND_REPLY),
    41009: _Code(_A.FIX, "the openid is missing", _OUR_DEFECT),
    42001: _Code(_A.TOKEN, "the access_token has expired", _NEW_TOKEN),
    43002: _Code(_A.FIX, "the call must be a POST", _OUR_DEFECT),
    43003: _Code(_A.FIX, "the call must use HTTPS", "Set [wechat] api_base to an address with https."),
    43004: _Code(_A.CONTACT, "the customer does not follow the account", _NEXT_MESSAGE),
    43019: _Code(_A.CONTACT, "the customer is on the black list", "Take the customer off the black list."),
    44001: _Code(_A.FIX, "the picture is empty", _MEND_REPLY),
    44002: _Code(_A.FIX, "the request is empty", _OUR_DEFECT),
    44004: _Code(_A.FIX, "the text is empty", _MEND_REPLY),
    45001: _Code(_A.FIX, "the picture is too large", _SMALLER_PICTURE),
    45002: _Code(_A.FIX, "the text is longer than 2048 bytes", _SHORTEN),
    45003: _Code(_A.FIX, "the title is too long", _SHORTEN_IT),
    45004: _Code(_A.FIX, "the description is too long", _SHORTEN_IT),
    45005: _Code(_A.FIX, "the link is too long", _SHORTEN_IT),
    45006: _Code(_A.FIX, "the picture link is too long", _SHORTEN_IT),
    45008: _Code(_A.FIX, "there are too many articles", _MEND_REPLY),
    45009: _Code(
        _A.MIDNIGHT,
        "the day's number of API calls is used up",
        "It starts again at midnight, Beijing time; sooner only by WeChat's API clear_quota, ten times a month.",
    ),
    45011: _Code(_A.WAIT, "too many API calls in a minute", "Wait a minute; if it comes again, send less at a time."),
    45015: _Code(
        _A.CONTACT,
        "the time for replies is over",
        "WeChat allows replies for 48 hours after a message, for 1 minute after entering the chat. "
        "Wait until the customer writes again.",
    ),
    45047: _Code(
        _A.CONTACT,
        "the number of replies is used up",
        "WeChat allows 5 replies to a message, 2 after entering the chat. Wait until the customer writes again.",
    ),
    45072: _Code(_A.IGNORE, "the typing command is wrong"),
    45080: _Code(_A.IGNORE, "nothing was said in the last 30 seconds, so typing cannot be shown"),
    45081: _Code(_A.IGNORE, "typing is being shown already"),
    45162: _Code(_A.FIX, "this kind of message is not allowed here", _MEND_REPLY),
    46001: _Code(_A.FIX, "the picture's data is missing", _MEND_REPLY),
    47001: _Code(_A.FIX, "the request cannot be parsed", _OUR_DEFECT),
    47003: _Code(_A.FIX, "an argument has a wrong value", _MEND_REPLY),
    48001: _Code(_A.CONFIG, "the account may not use this API", _THIRD_PARTY),
    48002: _Code(_A.CONTACT, "the customer refuses messages", _NEXT_MESSAGE),
    48004: _Code(_A.CONFIG, "the API is banned for this account", _CONSOLE),
    48008: _Code(_A.FIX, "the account may not send this kind of message", _MEND_REPLY),
    50001: _Code(_A.CONTACT, "the customer has not authorised this", _NEXT_MESSAGE),
    50002: _Code(_A.CONFIG, "the account is restricted or closed", _CONSOLE),
    50005: _Code(_A.CONTACT, "the customer does not follow the account", _NEXT_MESSAGE),
    61003: _Code(_A.CONFIG, "the third-party platform is not authorised", _THIRD_PARTY),
    61004: _Code(_A.CONFIG, "the third-party platform's address is not allowed", _THIRD_PARTY),
    61007: _Code(_A.CONFIG, "the third-party platform was not given this permission", _THIRD_PARTY),
    61023: _Code(_A.CONFIG, "the third-party platform's refresh token is invalid", _THIRD_PARTY),
    61500: _Code(_A.FIX, "the date is wrong", _OUR_DEFECT),
    76001: _Code(_A.IGNORE, "the rid was not found"),
    76002: _Code(_A.IGNORE, "the rid belongs to another account"),
    76003: _Code(_A.IGNORE, "this account may not look up rids"),
    76004: _Code(_A.IGNORE, "the rid has expired"),
    87014: _Code(
        _A.FIX, "WeChat considers the content risky", "Say it in other words, or leave the picture or link out."
    ),
    89501: _Code(_A.CONFIG, "this machine's address waits for the administrator's consent", _CONFIRM_IP),
    89503: _Code(_A.CONFIG, "this machine's address needs the administrator's consent", _CONFIRM_IP),
    89506: _Code(_A.CONFIG, "the administrator refused this machine's address for 24 hours", _CONFIRM_IP),
    89507: _Code(_A.CONFIG, "the administrator refused this machine's address for one hour", _CONFIRM_IP),
}

_RANGES: tuple[tuple[range, _Code], ...] = (
    (range(61450, 61460), _Code(_A.FIX, "WeChat's own customer-service tool refused", _KF_TOOL)),
    (range(65400, 65415), _Code(_A.FIX, "a session in WeChat's own customer-service tool is in the way", _KF_TOOL)),
)

WRONG_TYPING_PATH = frozenset({40097, 40101, 40200, 48001})
"""Codes by which one of the two typing paths does not suit an account."""

_ADDRESS = re.compile(r"(?<![\w.:])[0-9A-Fa-f:][0-9A-Fa-f.:]*[0-9A-Fa-f:](?![\w])")

_UNKNOWN = _Code(_A.FIX, "a code that wxdesk does not know", _CONSOLE)


def is_about_the_contact(errcode: int | None) -> bool:
    """True if `errcode` refuses any reply to this contact; None is no refusal."""
    return errcode is not None and action_for(errcode) is ErrorAction.CONTACT


def action_for(errcode: int) -> ErrorAction:
    """Return the reaction to `errcode`; FIX (show, never repeat) for an unknown one."""
    return _look_up(errcode).action


def meaning_of(errcode: int) -> str:
    """Return the meaning of `errcode`, an English part of a sentence for `i18n.tr`."""
    return _look_up(errcode).meaning


def remedy_of(errcode: int) -> str:
    """Return the remedy for `errcode`, an English sentence for `i18n.tr`, or empty."""
    return _look_up(errcode).remedy


def is_known(errcode: int) -> bool:
    """False for a code that is not in the table."""
    return _look_up(errcode) is not _UNKNOWN


def addresses_in(errmsg: str) -> tuple[str, ...]:
    """Return the IP addresses that WeChat names in `errmsg`, each once.

    For 40164: `invalid ip A ipv6 B, not in whitelist`. IPv4 inside IPv6 (`::ffff:…`) counts as itself.
    """
    found: dict[str, None] = {}
    for word in _ADDRESS.findall(errmsg):
        try:
            address = ip_address(word)
        except ValueError:
            continue
        mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
        found[str(mapped or address)] = None
    return tuple(found)


def _look_up(errcode: int) -> _Code:
    known = _TABLE.get(errcode)
    if known is not None:
        return known
    return next((code for codes, code in _RANGES if errcode in codes), _UNKNOWN)
