"""Verdicts and findings of the set-up's checks, and the stages of a probe.

Scripts read the names of verdicts in `wxdesk doctor --json`, stored attempts keep them: a name is never reused
for something else. Their sentences and remedies are in `desk/setup/sentences.py`.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Self

from msgspec import Struct, field
from msgspec.structs import replace

from wxdesk.core.errors import Text


class Gravity(IntEnum):
    """Weight of a verdict; only a failure stops messages or replies."""

    GOOD = 0
    NOTE = 1
    WARNING = 2
    FAILURE = 3


class CheckVerdict(StrEnum):
    """Outcome of one check."""

    OK = "ok"
    UNKNOWN = "unknown"  # not checked yet, or not to be seen from here
    WAITING = "waiting"  # checked, and the awaited thing has not happened yet

    # This machine
    PORT_TAKEN = "port_taken"
    NOT_LISTENING = "not_listening"
    CLOCK_SKEW = "clock_skew"
    SLEEP_EXPECTED = "sleep_expected"
    KEYCHAIN_UNUSABLE = "keychain_unusable"
    VAULT_LOCKED = "vault_locked"

    # Configuration and secrets
    NO_ACCOUNT = "no_account"
    ACCOUNTS_ELSEWHERE = "accounts_elsewhere"
    ACCOUNT_PAUSED = "account_paused"
    CONFIG_BROKEN = "config_broken"
    SECRET_MISSING = "secret_missing"  # noqa: S105
    SECRET_IN_MEMORY = "secret_in_memory"  # noqa: S105
    SECRETS_SWAPPED = "secrets_swapped"
    APP_ID_ILLEGAL = "app_id_illegal"
    APP_SECRET_ILLEGAL = "app_secret_illegal"  # noqa: S105
    TOKEN_ILLEGAL = "token_illegal"  # noqa: S105
    AES_KEY_ILLEGAL = "aes_key_illegal"
    ORIGINAL_ID_ILLEGAL = "original_id_illegal"
    PLAIN_MODE = "plain_mode"

    # The public address, as written
    NO_PUBLIC_URL = "no_public_url"
    URL_ILLEGAL = "url_illegal"
    URL_CLEANED = "url_cleaned"
    WRONG_PORT = "wrong_port"
    IP_WITHOUT_NAME = "ip_without_name"

    # The public address, probed from outside as WeChat does
    OFFLINE = "offline"  # this machine has no network
    NAME_UNRESOLVED = "name_unresolved"
    IPV6_ONLY = "ipv6_only"
    PRIVATE_ADDRESS = "private_address"
    HOME_BROADBAND = "home_broadband"
    FIREWALL = "firewall"
    CERTIFICATE_EXPIRED = "certificate_expired"
    CERTIFICATE_OTHER_NAME = "certificate_other_name"
    CERTIFICATE_SELF_SIGNED = "certificate_self_signed"
    CHAIN_INCOMPLETE = "chain_incomplete"
    TLS13_ONLY = "tls13_only"
    TLS_FAILED = "tls_failed"
    REDIRECT = "redirect"
    INTERSTITIAL = "interstitial"
    FOREIGN_PAGE = "foreign_page"
    OTHER_PROGRAM = "other_program"
    ANSWER_CHANGED = "answer_changed"
    SLOW = "slow"
    TOO_SLOW = "too_slow"
    CONNECTION_LOST = "connection_lost"
    DESK_OFF = "desk_off"

    # The tunnel
    TUNNEL_STARTING = "tunnel_starting"
    TUNNEL_DOWN = "tunnel_down"
    TUNNEL_MISSING = "tunnel_missing"
    TUNNEL_RENAMED = "tunnel_renamed"
    FRP_PASSTHROUGH = "frp_passthrough"
    SSH_HOST_KEY_NEW = "ssh_host_key_new"
    SSH_HOST_KEY_CHANGED = "ssh_host_key_changed"
    SSH_KEY_REFUSED = "ssh_key_refused"
    SSH_UNREACHABLE = "ssh_unreachable"
    SSH_GATEWAY_PORTS = "ssh_gateway_ports"
    SSH_PORT_IN_USE = "ssh_port_in_use"
    SSH_FORWARD_REFUSED = "ssh_forward_refused"

    # WeChat's check of the URL, and its pushes
    NOT_SUBMITTED = "not_submitted"
    WAF_DROPS = "waf_drops"
    WRONG_PATH = "wrong_path"
    OTHER_ACCOUNT_PATH = "other_account_path"
    TOKEN_DIFFERS = "token_differs"  # noqa: S105
    AES_KEY_DIFFERS = "aes_key_differs"
    APP_ID_DIFFERS = "app_id_differs"
    MODE_DIFFERS = "mode_differs"
    XML_FORMAT = "xml_format"
    ORIGINAL_ID_DIFFERS = "original_id_differs"
    ECHO_NOT_ACCEPTED = "echo_not_accepted"
    NOT_WECHAT = "not_wechat"
    PUSH_REPEATED = "push_repeated"
    PUSH_UNREADABLE = "push_unreadable"
    NOT_ENABLED = "not_enabled"
    CLOUD_FUNCTION = "cloud_function"
    CLOUD_HOSTING = "cloud_hosting"
    THIRD_PARTY_PLATFORM = "third_party_platform"
    WECOM_SERVICE = "wecom_service"
    TRANSFERRED_SESSION = "transferred_session"
    NO_RULES = "no_rules"
    UNANSWERED = "unanswered"

    # WeChat's API
    APP_ID_WRONG = "app_id_wrong"
    APP_SECRET_WRONG = "app_secret_wrong"  # noqa: S105
    APP_SECRET_FROZEN = "app_secret_frozen"  # noqa: S105
    IP_NOT_LISTED = "ip_not_listed"
    TOKEN_QUOTA = "token_quota"  # noqa: S105
    IP_CONFIRMATION = "ip_confirmation"
    NO_PERMISSION = "no_permission"
    API_UNREACHABLE = "api_unreachable"
    API_PROXY = "api_proxy"
    API_REFUSED = "api_refused"

    # The installation, as doctor sees it
    HOME_UNUSABLE = "home_unusable"
    HOME_OPEN = "home_open"
    DISK_FULL = "disk_full"
    DATABASE_IN_USE = "database_in_use"
    DATABASE_FAILED = "database_failed"
    DATABASE_UNREACHABLE = "database_unreachable"
    DATABASE_READ_ONLY = "database_read_only"
    DATABASE_POOLED = "database_pooled"
    DATABASE_UNSAFE = "database_unsafe"
    LIBRARY_MISSING = "library_missing"
    NO_DISPLAY = "no_display"
    FONT_MISSING = "font_missing"
    PLAYER_MISSING = "player_missing"
    NOTICES_MISSING = "notices_missing"
    CONFIG_MISNAMED = "config_misnamed"
    LISTENER_ADDRESS = "listener_address"
    PORT_FORBIDDEN = "port_forbidden"
    CHECK_TIMED_OUT = "check_timed_out"
    CHECK_FAILED = "check_failed"

    @property
    def gravity(self) -> Gravity:
        """The weight of this verdict."""
        return _GRAVITY.get(self, Gravity.FAILURE)


_V = CheckVerdict
_GRAVITY = {_V.OK: Gravity.GOOD} | dict.fromkeys((
    _V.UNKNOWN, _V.WAITING, _V.URL_CLEANED, _V.XML_FORMAT, _V.NOT_WECHAT, _V.TUNNEL_STARTING, _V.SSH_GATEWAY_PORTS,
    _V.DATABASE_IN_USE, _V.FONT_MISSING, _V.PLAYER_MISSING, _V.NOTICES_MISSING, _V.TRANSFERRED_SESSION,
    _V.ACCOUNT_PAUSED, _V.ACCOUNTS_ELSEWHERE,
), Gravity.NOTE) | dict.fromkeys((
    _V.SLEEP_EXPECTED, _V.SECRET_IN_MEMORY, _V.PLAIN_MODE, _V.IP_WITHOUT_NAME, _V.TLS13_ONLY, _V.SLOW,
    _V.ORIGINAL_ID_DIFFERS, _V.ORIGINAL_ID_ILLEGAL, _V.CLOCK_SKEW, _V.PUSH_REPEATED, _V.ECHO_NOT_ACCEPTED, _V.NO_RULES,
    _V.UNANSWERED, _V.NO_DISPLAY, _V.KEYCHAIN_UNUSABLE, _V.CHECK_TIMED_OUT, _V.DATABASE_UNSAFE,
    _V.HOME_OPEN,
), Gravity.WARNING)  # fmt: skip


TOKEN_CALLS = frozenset({"stable_token", "token"})
"""Names of the calls that fetch an access_token."""

_AT_TOKEN_CALLS = {
    40001: CheckVerdict.APP_SECRET_WRONG,
    40125: CheckVerdict.APP_SECRET_WRONG,
    41004: CheckVerdict.APP_SECRET_WRONG,
}
_AT_OTHER_CALLS = {
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


class Check(StrEnum):
    """Stable names of the things that are checked, in the order in which to mend them."""

    LIBRARIES = "libraries"
    DISPLAY = "display"
    FOLDER = "folder"
    DISK = "disk"
    CONFIGURATION = "configuration"
    DATABASE = "database"
    LISTENER = "listener"
    KEYCHAIN = "keychain"
    SECRETS = "secrets"
    PUSH_MODE = "push_mode"
    API = "api"
    CLOCK = "clock"
    TUNNEL = "tunnel"
    ADDRESS = "address"
    URL_CHECK = "url_check"
    PUSH = "push"
    MESSAGE = "message"
    RULES = "rules"
    POWER = "power"
    SOUND = "sound"
    NOTICES = "notices"
    FONT = "font"


class Finding(Struct, frozen=True):
    """Outcome of one check.

    `account` is its name, empty for what concerns the whole desk. `values` fill the holes of the verdict's
    sentence: addresses, ports, seconds, reasons, never a secret or an openid. `at` is when it was found, None for now.
    `outdated`: what it judged has changed since, so that it proves nothing any more.
    """

    check: Check
    verdict: CheckVerdict
    account: str = ""
    values: Mapping[str, Text] = field(default_factory=dict)
    at: datetime | None = None
    outdated: bool = False

    @property
    def ok(self) -> bool:
        """True unless it keeps messages from arriving or replies from leaving."""
        return self.verdict.gravity < Gravity.FAILURE

    def says_the_same(self, other: Self | None) -> bool:
        """Tell if two findings differ in their time at most."""
        return other is not None and self == replace(other, at=self.at)


NOT_PROBED = Finding(Check.ADDRESS, CheckVerdict.UNKNOWN)
"""Of a public address that nobody has asked yet."""


class ProbeStage(StrEnum):
    """One part of the way from WeChat to this desk."""

    WRITING = "writing"  # the address as it is written
    NAME = "name"  # its name leads to an address
    CONNECTION = "connection"  # something answers there
    CERTIFICATE = "certificate"  # and has a certificate that WeChat accepts
    ANSWER = "answer"  # this desk is behind it, byte for byte
    TIME = "time"  # soon enough


_STAGES = {
    ProbeStage.WRITING: (_V.NO_PUBLIC_URL, _V.URL_ILLEGAL, _V.URL_CLEANED, _V.WRONG_PORT, _V.IP_WITHOUT_NAME),
    ProbeStage.NAME: (_V.NAME_UNRESOLVED, _V.IPV6_ONLY, _V.PRIVATE_ADDRESS),
    ProbeStage.CONNECTION: (_V.HOME_BROADBAND, _V.FIREWALL, _V.CONNECTION_LOST),
    ProbeStage.CERTIFICATE: (
        _V.CERTIFICATE_EXPIRED, _V.CERTIFICATE_OTHER_NAME, _V.CERTIFICATE_SELF_SIGNED, _V.CHAIN_INCOMPLETE,
        _V.TLS13_ONLY, _V.TLS_FAILED,
    ),
    ProbeStage.ANSWER: (_V.REDIRECT, _V.INTERSTITIAL, _V.FOREIGN_PAGE, _V.OTHER_PROGRAM, _V.ANSWER_CHANGED),
    ProbeStage.TIME: (_V.SLOW, _V.TOO_SLOW),
}  # fmt: skip
_STAGE_OF = {verdict: stage for stage, verdicts in _STAGES.items() for verdict in verdicts}
_STOPS_NOTHING = {_V.IP_WITHOUT_NAME, _V.URL_CLEANED, _V.TLS13_ONLY, _V.SLOW}


def stages(finding: Finding) -> Iterator[tuple[ProbeStage, CheckVerdict]]:
    """List each stage with its verdict: `ok` before the obstacle, `unknown` behind it.

    Of a cause beside the way, such as a tunnel that is down, nobody can tell how far requests come.
    """
    obstacle = _STAGE_OF.get(finding.verdict)
    stopped = obstacle is None and finding.verdict is not _V.OK
    for stage in ProbeStage:
        if stage is obstacle:
            yield stage, finding.verdict
            stopped = finding.verdict not in _STOPS_NOTHING
        else:
            yield stage, _V.UNKNOWN if stopped else _V.OK
