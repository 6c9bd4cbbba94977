"""Sentences of each finding, and the remedy, in the operator's language.

The only source of these texts for window, doctor, troubles and log. `docs/dev/setup.md` lists the values that fill
their holes.
"""

from wxdesk.core.errors import Phrase, Text
from wxdesk.core.setup.findings import Check, CheckVerdict, Finding
from wxdesk.desk.setup.inward_sentences import CAUSES, WAY_IN
from wxdesk.desk.setup.wording import GOOD, GOOD_CAUSES, NAMES, Wording, filled
from wxdesk.i18n import tr

LOCAL = {
    CheckVerdict.OK: Wording("All is well."),
    CheckVerdict.UNKNOWN: Wording("Not checked yet."),
    CheckVerdict.WAITING: Wording("Nothing has arrived yet."),
    CheckVerdict.PORT_TAKEN: Wording(
        "Port {port} is taken by another program.",
        remedy="Close that program, or choose another port: [listener] port in config.toml.",
    ),
    CheckVerdict.NOT_LISTENING: Wording(
        "Nothing listens on this machine at the moment.",
        remedy="Start the desk again; the log says why it does not listen.",
    ),
    CheckVerdict.CLOCK_SKEW: Wording(
        "The clock of this machine differs from WeChat's by {minutes} minutes.",
        remedy="Switch on network time in the system's settings.",
    ),
    CheckVerdict.SLEEP_EXPECTED: Wording(
        "This computer goes to sleep by itself; no message arrives while it sleeps.",
        remedy="Turn off sleep while you are on duty, or let a server receive the messages.",
    ),
    CheckVerdict.KEYCHAIN_UNUSABLE: Wording(
        "The system's keychain cannot be used ({reason}).",
        remedy="Unlock it if there is one, or keep the secrets in wxdesk's own vault; until then they are only in "
        "memory.",
    ),
    CheckVerdict.VAULT_LOCKED: Wording(
        "The vault with the secrets is locked.",
        remedy="Unlock it with its passphrase; on a server start wxdesk serve with WXDESK_VAULT_PASSPHRASE or "
        "WXDESK_VAULT_PASSPHRASE_FD.",
    ),
    CheckVerdict.NO_ACCOUNT: Wording(
        "No mini program is connected yet.", remedy="Connect one in the guided set-up, or with: wxdesk account add"
    ),
    CheckVerdict.ACCOUNTS_ELSEWHERE: Wording(
        "This machine has no mini program of its own: the servers on the shared database have them.",
        remedy="A machine that runs wxdesk serve needs them itself: wxdesk account add",
    ),
    CheckVerdict.ACCOUNT_PAUSED: Wording(
        "“{account}” is paused: its messages are kept, but not answered automatically.",
        remedy="Resume the account when it should answer again.",
    ),
    CheckVerdict.CONFIG_BROKEN: Wording(
        "config.toml cannot be used: {reason}",
        remedy="Correct that line, or let this user read the file; until then the previous configuration applies.",
    ),
    CheckVerdict.SECRET_MISSING: Wording(
        "“{account}” lacks its {name}.",
        remedy="Enter it in the set-up, or with: wxdesk secret set {in_config} {key}; a server may set {variable}",
    ),
    CheckVerdict.SECRET_IN_MEMORY: Wording(
        "The secrets of “{account}” are only in memory and will be gone at the next start.",
        remedy="Keep them in the keychain or the vault.",
    ),
    CheckVerdict.SECRETS_SWAPPED: Wording(
        "Token and EncodingAESKey of “{account}” are swapped.", remedy="Exchange the two values."
    ),
    CheckVerdict.APP_ID_ILLEGAL: Wording(
        "This is not an AppID: an AppID has 18 characters and begins with wx.",
        remedy="Copy the AppID from the console: Development → Development settings.",
    ),
    CheckVerdict.APP_SECRET_ILLEGAL: Wording(
        "This is not an AppSecret: an AppSecret has 32 characters, digits and a to f.",
        remedy="Copy the AppSecret from the console: Development → Development settings. It is shown only once; reset "
        "it if it is lost.",
    ),
    CheckVerdict.TOKEN_ILLEGAL: Wording(
        "This is not a Token: a Token has 3 to 32 letters and digits.",
        remedy="Let the set-up make a new one, and copy it into the console.",
    ),
    CheckVerdict.AES_KEY_ILLEGAL: Wording(
        "This is not an EncodingAESKey: an EncodingAESKey has 43 letters and digits.",
        remedy="Let the set-up make a new one, and copy it into the console.",
    ),
    CheckVerdict.ORIGINAL_ID_ILLEGAL: Wording(
        "This is not an original ID: an original ID is gh_ followed by 12 characters.",
        remedy="Copy it from the console: Settings → Basic settings.",
    ),
    CheckVerdict.PLAIN_MODE: Wording(
        "“{account}” takes messages in plain text: anybody on the way can read and change them.",
        remedy="Choose secure mode in the console and here.",
    ),
    CheckVerdict.APP_ID_WRONG: Wording(
        "WeChat does not know this AppID.", remedy="Copy the AppID from the console again."
    ),
    CheckVerdict.APP_SECRET_WRONG: Wording(
        "The AppSecret is wrong or has been reset.",
        remedy="Copy it again. It is shown only once: if you lost it, reset it there; the former one is void at once.",
    ),
    CheckVerdict.APP_SECRET_FROZEN: Wording(
        "The AppSecret is frozen.", remedy="Unfreeze it in the console; it works again about 10 minutes later."
    ),
    CheckVerdict.IP_NOT_LISTED: Wording(
        "WeChat refuses calls from {address}: it is not on the API IP list.",
        "WeChat refuses calls from this machine's address: it is not on the API IP list.",
        remedy="Add it to the list: Development → Development settings → API IP list (at most 10 entries, also 1.2.3.* "
        "or 1.2.3.4/24, no port), and wait some minutes. The address of a home line changes: enter its range, or let "
        "the calls go through your server.",
    ),
    CheckVerdict.TOKEN_QUOTA: Wording(
        "The access tokens of today are used up, or were fetched too fast.",
        remedy="Wait; the count starts again at midnight, Beijing time. Check whether another program fetches tokens "
        "for this mini program.",
    ),
    CheckVerdict.IP_CONFIRMATION: Wording(
        "WeChat wants the administrator to confirm this machine's address.",
        remedy=("Ask the mini program's administrator to confirm it in WeChat, or add the address to the API IP list."),
    ),
    CheckVerdict.NO_PERMISSION: Wording(
        "This mini program may not send customer-service messages, or is restricted (errcode {code}).",
        remedy="Check the notices in the console: the permission may be missing, given to a third party, or withdrawn.",
    ),
    CheckVerdict.API_UNREACHABLE: Wording(
        "This computer cannot reach {host}: {reason}",
        "This computer cannot reach {host}.",
        remedy="Check the network; behind a company's proxy, name it in config.toml: [wechat] proxy.",
    ),
    CheckVerdict.API_PROXY: Wording(
        "A proxy of this network opens the encryption to {host}: its certificate is not WeChat's.",
        remedy="Ask the network's administrator to let api.weixin.qq.com through untouched, or to install the proxy's "
        "certificate on this machine.",
    ),
    CheckVerdict.API_REFUSED: Wording(
        "WeChat refused with errcode {code}: {reason}", remedy="Look the code up in the console under API diagnosis."
    ),
    CheckVerdict.HOME_UNUSABLE: Wording(
        "The folder {path} cannot be used: {reason}.",
        remedy="Give this user the right to write there, or choose another one with --home.",
    ),
    CheckVerdict.HOME_OPEN: Wording(
        "Everybody on this computer can write into the folder {path}, and so put other files in place of wxdesk's.",
        remedy="Let only this user write there: chmod go-w {path}",
    ),
    CheckVerdict.DISK_FULL: Wording(
        "Only {free} are free on the disk of {path}.",
        "The disk is full, or nearly so.",
        remedy="Make room; without it messages cannot be kept.",
    ),
    CheckVerdict.DATABASE_IN_USE: Wording(
        "Another wxdesk uses the database; that is as it should be while the desk runs."
    ),
    CheckVerdict.DATABASE_FAILED: Wording(
        "The database cannot be used: {reason}.",
        remedy="Check [store] url in config.toml; put the file back, restore a backup, or have the server repaired.",
    ),
    CheckVerdict.DATABASE_UNREACHABLE: Wording(
        "The database server does not answer: {reason}.",
        remedy="Start it, or check its address in [store] url of config.toml; an open desk then goes on by itself.",
    ),
    CheckVerdict.DATABASE_READ_ONLY: Wording(
        "The database server accepts no changes: it is a standby, or set to read only.",
        remedy="Point [store] url in config.toml to the primary server, or have its administrator allow changes.",
    ),
    CheckVerdict.DATABASE_POOLED: Wording(
        "A pooler before the database server mixes sessions, so that wxdesk cannot keep a second desk away.",
        remedy="Point [store] url in config.toml to the server itself, or set the pooler to pool_mode = session.",
    ),
    CheckVerdict.DATABASE_UNSAFE: Wording(
        "The database server may lose messages that were accepted, when it or its machine fails. Off: {settings}.",
        remedy="Switch that on in postgresql.conf, or let a pooler pass it on, and let the server read it again.",
    ),
    CheckVerdict.LIBRARY_MISSING: Wording(
        "A library is missing on this machine: {name}.", remedy="Install it with: {command}"
    ),
    CheckVerdict.NO_DISPLAY: Wording(
        "There is no display for the window.", remedy="Use wxdesk serve on a machine without a display."
    ),
    CheckVerdict.FONT_MISSING: Wording(
        "No font with Chinese characters is installed; wxdesk uses its own.",
        remedy="Better: apt install fonts-noto-cjk fonts-noto-color-emoji",
    ),
    CheckVerdict.PLAYER_MISSING: Wording(
        "No program that plays sounds was found, so the system only beeps.", remedy="Install one of: {name}"
    ),
    CheckVerdict.CONFIG_MISNAMED: Wording(
        "There is no config.toml in {path}, but there is a file {file}.",
        remedy="Rename it to config.toml; let the system show the endings of file names.",
    ),
    CheckVerdict.LISTENER_ADDRESS: Wording(
        "This machine has no address {host} to listen at.",
        remedy='Write host = "127.0.0.1" under [listener]; the public name belongs in public_url.',
    ),
    CheckVerdict.PORT_FORBIDDEN: Wording(
        "This machine does not let the program listen at port {port}.",
        remedy="Choose a port above 1023: [listener] port in config.toml.",
    ),
    CheckVerdict.CHECK_TIMED_OUT: Wording(
        "This check did not end within {seconds} s.",
        remedy="Try again; if it happens again, check the network, the disk and the keychain.",
    ),
    CheckVerdict.CHECK_FAILED: Wording(
        "This could not be checked: {reason}",
        remedy="Send the report to whoever maintains this installation: wxdesk doctor --report FILE",
    ),
    CheckVerdict.NOTICES_MISSING: Wording(
        "This desktop shows no notices.", remedy="Watch the window; its tray icon and its sound still call you."
    ),
}


WORDINGS = LOCAL | WAY_IN
"""The wording of every verdict."""

CAUSE = "cause"
"""Name of the value that chooses a more exact wording of the same verdict."""

_COPIED = {
    CheckVerdict.IP_NOT_LISTED: "address",
    CheckVerdict.REDIRECT: "to",
    CheckVerdict.WRONG_PATH: "url",
    CheckVerdict.OTHER_ACCOUNT_PATH: "url",
    CheckVerdict.TUNNEL_RENAMED: "url",
    CheckVerdict.TUNNEL_MISSING: "where",
    CheckVerdict.LIBRARY_MISSING: "command",
}


def text(finding: Finding) -> str:
    """Tell what was found."""
    return tr(found(finding))


def found(finding: Finding) -> Phrase:
    """Tell what was found, to be translated where it is read."""
    if finding.verdict is CheckVerdict.OK and finding.check in GOOD:
        good = GOOD_CAUSES.get((finding.check, str(finding.values.get(CAUSE, ""))), GOOD[finding.check])
        return good.text(_values(finding))
    wording = CAUSES.get(_cause(finding)) or WORDINGS[finding.verdict]
    return wording.text(_values(finding))


def remedy(finding: Finding) -> str:
    """Tell what mends it; empty where there is nothing to do."""
    return tr(_remedy(finding))


def _remedy(finding: Finding) -> Phrase:
    cause = CAUSES.get(_cause(finding))
    sentence = (cause.remedy if cause else "") or WORDINGS[finding.verdict].remedy
    return filled(sentence, _values(finding))


def copy(finding: Finding) -> str:
    """Return the value that the remedy wants pasted elsewhere; empty if none."""
    return str(finding.values.get(_COPIED.get(finding.verdict, ""), "")).replace(" · ", "\n")  # an address a line


def name(check: Check, account: str = "") -> str:
    """Name what is checked, of an account or of the whole desk."""
    if not account:
        return tr(NAMES[check])
    return tr("{check} of “{account}”", check=tr(NAMES[check]), account=account)


_ENDS = (".", "。", "!", "！", "?", "？", "…")


def told(finding: Finding) -> str:
    """Tell what was found and what mends it, together."""
    return tr(trouble(finding))


def trouble(finding: Finding) -> Phrase:
    """Tell what was found and what mends it, to be translated where it is read."""
    said, more = found(finding), _remedy(finding)
    if not more.sentence:
        return said
    is_whole = str(said).endswith(_ENDS)  # it may end with a reason, half a sentence
    return Phrase("{said} {more}", said=said if is_whole else Phrase("{said}.", said=said), more=more)


def reported(finding: Finding) -> str:
    """Tell what was found, as a report does: also if it is from before a change."""
    return tr("{said} (before the last change)", said=told(finding)) if finding.outdated else told(finding)


def of_account(finding: Finding, said: Phrase) -> Phrase:
    """Say whose finding it is, unless what is said of it already does."""
    if not finding.account or f"“{finding.account}”" in str(said):
        return said
    return Phrase("“{account}”: {said}", account=finding.account, said=said)


def _cause(finding: Finding) -> tuple[CheckVerdict, str]:
    return finding.verdict, str(finding.values.get(CAUSE, ""))


def _values(finding: Finding) -> dict[str, Text]:
    account: dict[str, Text] = {"account": finding.account, "in_config": finding.account} if finding.account else {}
    return account | dict(finding.values)
