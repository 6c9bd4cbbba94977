"""Typed and checked contents of HOME/config.toml, without secrets.

Secrets are in `wxdesk.secrets`. Every invalid line raises one `BadConfig` that names the file, the key and
the reason. Nothing is guessed; an unknown key is an error, because it is most often misspelt.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from wxdesk.config.outside import CustomerDataSettings, PhoneSettings, check_outside
from wxdesk.config.store_url import KINDS, VARIABLE, url_of_environment
from wxdesk.config.tunnel import GATEWAYS, PRESETS, TunnelSettings, check_tunnel
from wxdesk.core.errors import BadConfig, Phrase
from wxdesk.core.model.account import Account, PushMode, ReplyMode
from wxdesk.core.setup.tunnel_state import TunnelKind
from wxdesk.core.system_failures import NO_PLAIN_FILE, UnusableFile, unusable_file
from wxdesk.core.wechat.credential_shapes import CredentialField
from wxdesk.core.wechat.quota import MOST_RESERVED
from wxdesk.timezones import zone_named
from wxdesk.toml import BadToml, TomlLines, parsed_toml

FILE = "config.toml"
TOP_LEVEL = Phrase("top level")
NO_PLACE_FOR_SECRETS = (
    "secrets do not stand in this file: take “{name}” out, and enter the secret in the set-up, or with: "
    "wxdesk secret set ACCOUNT {secret}"
)
WRONG_KIND = "must begin with sqlite:/// or postgresql://"
MOST_MONTHS = 1200
LONGEST_TITLE = 64

SECRET_FIELDS = (CredentialField.APP_SECRET, CredentialField.PUSH_TOKEN, CredentialField.ENCODING_AES_KEY)
ACCOUNT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_REASONS = (
    (re.compile(r"Object missing required field `(?P<name>.*)`"), "“{name}” is missing"),
    (re.compile(r"Expected `(?P<wanted>\w+)`, got `\w+`"), "must be {wanted}"),
    (re.compile(r"Invalid enum value '(?P<value>.*)'", re.DOTALL), "“{value}” is none of: {choices}"),
)
_KINDS = {
    "str": Phrase("a text in quotes"),
    "int": Phrase("a whole number"),
    "bool": Phrase("true or false"),
    "array": Phrase("a list"),
    "object": Phrase("a table"),
}
_CHOICES: Mapping[str, Iterable[str]] = {
    "push_mode": PushMode,
    "reply_mode": ReplyMode,
    "token_endpoint": ("stable", "classic"),
    "kind": TunnelKind,
    "gateway": GATEWAYS,
    "preset": PRESETS,
}


class ListenerSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Address of the listener (port 0: any free one) and its public URL at the tunnel."""

    host: str = "127.0.0.1"
    port: int = 8765
    public_url: str = ""


class StoreSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Database URL: `sqlite:///file` relative to HOME, or `postgresql://…`.

    The environment's `WXDESK_STORE_URL` goes before it.
    """

    url: str = "sqlite:///desk.db"


class WeChatSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Address and token endpoint of WeChat's API, and the HTTP `proxy` on the way.

    `stable` shares one token among programs, `classic` takes it from others. `show_typing`: contacts see it.
    """

    api_base: str = "https://api.weixin.qq.com"
    proxy: str = ""
    token_endpoint: Literal["stable", "classic"] = "stable"
    show_typing: bool = True


class ServeSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Address at which `wxdesk serve` tells how it is; port 0: nowhere."""

    status_host: str = "127.0.0.1"
    status_port: int = 0


class UpdateSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Address (https) of the notice of a new version, and the key of its publisher."""

    url: str = ""
    key: str = ""


class BackupSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Folder of the daily backups; empty for none."""

    folder: str = ""


class AccountEntry(Account, frozen=True, forbid_unknown_fields=True):
    """One `[[accounts]]`: an account as it is written."""

    def account(self) -> Account:
        """Convert to the record that the desk works with."""
        return Account(**msgspec.structs.asdict(self) | {"title": self.title.strip()})


class Config(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file, with the defaults of everything it leaves out."""

    listener: ListenerSettings = ListenerSettings()
    store: StoreSettings = StoreSettings()
    wechat: WeChatSettings = WeChatSettings()
    tunnel: TunnelSettings = TunnelSettings()
    serve: ServeSettings = ServeSettings()
    phone: PhoneSettings = PhoneSettings()
    customer_data: CustomerDataSettings = CustomerDataSettings()
    backup: BackupSettings = BackupSettings()
    updates: UpdateSettings = UpdateSettings()
    accounts: tuple[AccountEntry, ...] = ()


def load(home: Path) -> Config:
    """Read HOME/config.toml, which may be missing, below the environment's store URL.

    Raises:
        BadConfig, UnusableFile: one of them cannot be used.
    """
    config, url = load_file(home), url_of_environment()
    if url and not url.startswith(KINDS):
        raise BadConfig(VARIABLE, "store.url", WRONG_KIND)
    return msgspec.structs.replace(config, store=StoreSettings(url)) if url else config


def load_file(home: Path) -> Config:
    """Read HOME/config.toml alone. Raises `BadConfig`, `UnusableFile`."""
    path = home / FILE
    try:
        if path.is_fifo():  # put there while the desk runs
            raise UnusableFile(file=str(path), reason=NO_PLAIN_FILE)
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise unusable_file(path, error) from None
    return parse(text, str(path))


def parse(text: str, file: str = FILE) -> Config:
    """Check the text of a config file. Raises `BadConfig`."""
    try:
        raw = parsed_toml(text)
    except BadToml as error:
        raise BadConfig(file, "TOML", Phrase("line {line}: {reason}", line=error.line, **error.values)) from None
    try:
        return _checked(raw, file)
    except BadConfig as error:
        key, reason = error.values["key"], error.values["reason"]
        line = _line_of(key, reason, text)
        place = Phrase("{file}, line {line}", file=file, line=line) if line else file
        raise BadConfig(place, key, reason) from None


def _checked(raw: Mapping[str, object], file: str) -> Config:
    try:
        config = msgspec.convert(raw, Config)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        key = place.strip("`").removeprefix("$.") or TOP_LEVEL
        raise BadConfig(file, key, _reason_phrase(reason, str(key).rpartition(".")[2])) from None
    _check(config, file)
    return config


def _line_of(key: object, reason: object, text: str) -> int:
    """Find the line of a mistake; 0 if it is nowhere in the file."""
    path: list[str | int] = []
    for part in () if key is TOP_LEVEL else str(key).split("."):
        name, bracket, position = part.partition("[")
        path += [name, int(position.rstrip("]"))] if bracket and position.rstrip("]").isdigit() else [name]
    if isinstance(reason, Phrase) and "name" in reason.values:
        path.append(str(reason.values["name"]))  # the key that is not known there
    return TomlLines(text).line(tuple(path)) if path else 0


def _reason_phrase(reason: str, key: str) -> str | Phrase:
    """Translate an error of msgspec about the value of `key`."""
    if unknown := _UNKNOWN.fullmatch(reason):
        return _unknown_key(unknown[1], key)
    if key == "accounts" and reason.startswith("Expected `array`"):
        return "write [[accounts]], with two brackets on each side, once for each mini program"
    for pattern, sentence in _REASONS:
        found = pattern.fullmatch(reason)
        if found:
            values = {name: _KINDS.get(value, value) for name, value in found.groupdict().items()}
            return Phrase(sentence, **values, choices=" | ".join(_CHOICES.get(key, ())))
    return reason


def _unknown_key(name: str, place: str) -> Phrase:
    """Say what a misspelt key was meant to be, or where a misplaced one belongs."""
    tables = _tables()
    if others := [table for table, keys in tables.items() if name in keys]:
        return Phrase("there is no key “{name}” here; it belongs under {table}", name=name, table=others[0])
    if place.startswith("accounts") and (secret := get_close_matches(name.lower(), SECRET_FIELDS, 1)):
        return Phrase(NO_PLACE_FOR_SECRETS, name=name, secret=secret[0])
    if place == TOP_LEVEL.sentence and (meant := get_close_matches(name.lower(), tables, 1)):
        return Phrase("there is no key “{name}” here; did you mean “{meant}”?", name=name, meant=meant[0])
    here = next((keys for table, keys in tables.items() if table.strip("[]") == place.partition("[")[0]), ())
    for likely in (here, [key for keys in tables.values() for key in keys]):
        if meant := get_close_matches(name.lower(), likely, 1):
            return Phrase("there is no key “{name}” here; did you mean “{meant}”?", name=name, meant=meant[0])
    return Phrase("there is no key “{name}” here", name=name)


def _tables() -> dict[str, tuple[str, ...]]:
    """The keys of each table of the file, by its heading."""
    tables = [field for field in msgspec.structs.fields(Config) if field.name != "accounts"]
    keys = {f"[{field.name}]": field.type.__struct_fields__ for field in tables}
    return {"[[accounts]]": AccountEntry.__struct_fields__, **keys}


def _check(config: Config, file: str) -> None:
    for key, port in (("listener.port", config.listener.port), ("serve.status_port", config.serve.status_port)):
        if not 0 <= port <= 65535:
            raise BadConfig(file, key, "must be from 0 to 65535")
    _check_addresses(config, file)
    if not config.store.url.startswith(KINDS):
        raise BadConfig(file, "store.url", WRONG_KIND)
    if config.backup.folder and not Path(config.backup.folder).is_absolute():
        raise BadConfig(file, "backup.folder", "must be a whole path, from the root or the drive on")
    check_tunnel(config.tunnel, file)
    check_outside(config.phone, config.customer_data, file)
    seen: set[str] = set()
    for index, entry in enumerate(config.accounts):
        _check_account(entry, f"accounts[{index}]", file)
        # Two accounts with one environment variable (tea-shop, TEA_SHOP) would send by each other's secrets.
        in_variables = entry.name.upper().replace("-", "_")
        if in_variables in seen:
            raise BadConfig(file, f"accounts[{index}].name", "is used twice, or differs in upper case, - and _ only")
        seen.add(in_variables)


def _check_addresses(config: Config, file: str) -> None:
    either = ("http://", "https://"), "must begin with http:// or https://"
    for key, url, (kinds, reason) in (
        ("listener.public_url", config.listener.public_url, either),
        ("wechat.api_base", config.wechat.api_base, either),
        ("wechat.proxy", config.wechat.proxy, (("http://",), "must begin with http://")),
        ("updates.url", config.updates.url, (("https://",), "must begin with https://")),
    ):
        if url and not url.startswith(kinds):
            raise BadConfig(file, key, reason)
    for key, url in (("wechat.api_base", config.wechat.api_base), ("wechat.proxy", config.wechat.proxy)):
        if url and not _leads_to_a_host(url):
            raise BadConfig(file, key, "takes a host, a port up to 65535, and no name or password")


def _leads_to_a_host(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return bool(parts.hostname) and parts.username is None and parts.port != 0
    except ValueError:
        return False


def _check_account(entry: AccountEntry, at: str, file: str) -> None:
    if not ACCOUNT_NAME.fullmatch(entry.name):
        raise BadConfig(file, f"{at}.name", "takes 1 to 32 letters, digits, - and _, and begins with a letter or digit")
    if len(entry.title) > LONGEST_TITLE or _CONTROL.search(entry.title):
        raise BadConfig(file, f"{at}.title", Phrase("takes one line of up to {most} characters", most=LONGEST_TITLE))
    if not entry.app_id:
        raise BadConfig(file, f"{at}.app_id", "is empty")
    if not 0 <= entry.hold_seconds <= 3600:
        raise BadConfig(file, f"{at}.hold_seconds", "must be from 0 to 3600")
    if not 0 <= entry.keep_months <= MOST_MONTHS:
        raise BadConfig(file, f"{at}.keep_months", Phrase("must be from 0 to {most}", most=MOST_MONTHS))
    if not 0 <= entry.reserve <= MOST_RESERVED:
        raise BadConfig(file, f"{at}.reserve", Phrase("must be from 0 to {most}", most=MOST_RESERVED))
    if entry.timezone and zone_named(entry.timezone) is None:
        raise BadConfig(file, f"{at}.timezone", "is not a time zone that this machine knows, such as Asia/Shanghai")
