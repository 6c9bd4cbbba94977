"""`wxdesk account`: adds, lists, changes, renames and removes accounts.

A running desk sees the changed file and takes it at once. What needs the database as well, a new name and the
removal of data, is done here only while no desk has it open.
"""

import argparse
import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from wxdesk.commands.secrets import command_to_set, entry_of
from wxdesk.config.editing import ACCOUNTS, with_account, with_account_keys, without_account
from wxdesk.config.reading import AccountEntry, load
from wxdesk.config.writing import rewrite
from wxdesk.core.errors import BadConfig, BadInput, StoreError
from wxdesk.core.events import ConfigurationChanged, EverythingChanged, PreferencesChanged, RulesChanged
from wxdesk.core.model.account import PushMode, ReplyMode
from wxdesk.core.setup.public_url import cleaned_url, push_path
from wxdesk.core.wechat.credential_shapes import CredentialField, clean, judge_together
from wxdesk.desk.settings.configuration import Configuration, Setup, read_setup
from wxdesk.desk.wechat.explanations import explain_issue
from wxdesk.i18n import explain_reason, tr
from wxdesk.secrets.sources import SecretSources

if TYPE_CHECKING:
    from wxdesk.desk.setup.account_editing import AccountEditing

type AddCommand = Callable[..., argparse.ArgumentParser]
type Say = Callable[[str], None]

_TRUTH = {"true": True, "false": False}


def add_account_commands(add: AddCommand, home_of: Callable[[argparse.Namespace], Path], say: Say) -> None:
    """Add the commands below `wxdesk account`; `say` writes to stderr."""

    def command(work: Callable[[argparse.Namespace, Path, Say], int]) -> Callable[[argparse.Namespace], int]:
        return lambda options: work(options, home_of(options), say)

    adding = add("add", "add an account to config.toml", command(_add))
    adding.add_argument("name", metavar="NAME")
    _add_keys(adding, required=("app_id",))
    listing = add("list", "list the accounts and what each lacks", command(_list))
    listing.add_argument("--json", action="store_true", default=False, help="as a JSON list")
    setting = add("set", "change keys of an account", command(_set))
    setting.add_argument("name", metavar="NAME")
    pairs = "a key of config.toml; KEY= returns to the default"
    setting.add_argument("pairs", metavar="KEY=VALUE", nargs="*", help=pairs)
    _add_keys(setting)
    renaming = add("rename", "give an account another name, with its conversations", command(_rename))
    renaming.add_argument("name", metavar="OLD")
    renaming.add_argument("new", metavar="NEW")
    removing = add("remove", "remove an account and its secrets", command(_remove))
    removing.add_argument("name", metavar="NAME")
    data = "also delete its conversations and pictures, which otherwise stay and can be read"
    removing.add_argument("--with-data", action="store_true", default=False, help=data)


_KEYS = {
    "app_id": "AppID of the mini program (wx…)",
    "original_id": "its original id (gh_…)",
    "push_mode": "encryption of messages, as chosen in WeChat's console (secure)",
    "reply_mode": "automatic replies: sent, held first, only drafted, or none (auto)",
    "hold_seconds": "seconds for which a held reply waits (8)",
    "reserve": "how many of 5 replies rules leave to you (2)",
    "timezone": "time zone of the customers, such as Asia/Shanghai; empty: this computer's",
    "keep_months": "months of silence after which customers are deleted; 0: never",
    "title": "name that the window shows, in any script",
}


def _add_keys(parser: argparse.ArgumentParser, required: tuple[str, ...] = ()) -> None:
    """Add an option for each key of an account."""
    choices = {"push_mode": tuple(map(str, PushMode)), "reply_mode": tuple(map(str, ReplyMode))}
    for field in msgspec.structs.fields(AccountEntry):
        if field.name in ("name", "paused"):
            continue
        parser.add_argument(
            "--" + field.name.replace("_", "-"),
            type=int if field.type is int else str,
            choices=choices.get(field.name),
            required=field.name in required,
            default=None,
            help=_KEYS[field.name],
        )


def _add(options: argparse.Namespace, home: Path, say: Say) -> int:
    with _told_by_argument(home):
        rewrite(home, partial(with_account, keys={"name": options.name, **_check_ids(_given(options))}))
    say(tr("Added “{account}” to config.toml.", account=options.name))
    _say_who_takes_it(home, say)
    for secret in _read(home).missing:
        if secret.account == options.name:
            say(tr("Next: {command}", command=command_to_set(home, secret.account, secret.name)))
    return 0


def _list(options: argparse.Namespace, home: Path, say: Say) -> int:
    setup = _read(home)
    entries = setup.config.accounts
    lacking = {entry.name: [one.name.value for one in setup.missing if one.account == entry.name] for entry in entries}
    if options.json:
        found = [msgspec.to_builtins(entry) | {"missing": lacking[entry.name]} for entry in entries]
        print(json.dumps(found, ensure_ascii=False, indent=2))  # noqa: T201 - the output
        return 0
    for entry in entries:
        missing = tr("lacks {names}", names=tr(", ").join(lacking[entry.name])) if lacking[entry.name] else ""
        words = (entry.name, entry.title, entry.app_id, entry.push_mode.value, entry.reply_mode.value)
        paused = tr("paused") if entry.paused else ""
        print("  ".join(word for word in (*words, paused, missing) if word))  # noqa: T201 - the output
    if not entries:
        say(tr("config.toml has no account yet. Add one: wxdesk account add NAME --app-id wx…"))
    return 0


def _set(options: argparse.Namespace, home: Path, say: Say) -> int:
    entry_of(home, options.name)
    keys = _check_ids(_given(options) | dict(map(_pair, options.pairs)))
    if not keys:
        raise BadInput(reason=tr("Nothing was entered; nothing was changed."))
    with _told_by_argument(home):
        rewrite(home, partial(with_account_keys, name=options.name, keys=keys))
    say(tr("Changed “{account}” in config.toml.", account=options.name))
    _say_who_takes_it(home, say)
    return 0


def _rename(options: argparse.Namespace, home: Path, say: Say) -> int:
    entry_of(home, options.name)
    if options.name == options.new:
        raise BadInput(reason=tr("“{name}” is its name already; nothing was changed.", name=options.new))
    with _told_by_argument(home):
        asyncio.run(_offline(home, lambda editing: editing.rename(options.name, options.new)))
    public_url = cleaned_url(load(home).listener.public_url) or "https://…"
    say(tr("“{old}” is “{new}” now. Enter the new address in WeChat's console: {url}",
           old=options.name, new=options.new, url=public_url + push_path(options.new)))  # fmt: skip
    return 0


def _remove(options: argparse.Namespace, home: Path, say: Say) -> int:
    name = options.name
    entry_of(home, name)
    if options.with_data:
        asyncio.run(_offline(home, lambda editing: editing.remove(name, with_data=True)))
        say(tr("Removed “{account}” with its conversations.", account=name))
        return 0
    SecretSources(home, memory=False).remove(name)
    rewrite(home, partial(without_account, name=name))
    with suppress(StoreError):  # a desk that is open, and else the next one, does it
        asyncio.run(_offline(home, lambda editing: editing.resolve_removed()))
    say(tr("Removed “{account}” from config.toml. Its conversations are resolved until it is back.", account=name))
    _say_who_takes_it(home, say)
    return 0


async def _offline(home: Path, work: "Callable[[AccountEditing], Awaitable[Any]]") -> None:
    """Change accounts with their rows; raises `HomeInUse` beside an open desk."""
    from wxdesk.desk.pictures.pictures import Pictures  # who only reads or writes config.toml needs no store
    from wxdesk.desk.setup.account_editing import AccountEditing
    from wxdesk.desk.team.relay import KEPT, packed
    from wxdesk.store import open_store

    setup = _read(home)
    async with await open_store(setup.config.store.url, home) as store:

        async def apply(read: Setup) -> ConfigurationChanged:
            changes = read.changes_since(configuration.now)
            configuration.use(read)
            return changes

        configuration = Configuration(setup, lambda _: None, apply)
        pictures = Pictures(store.pictures, store.picture_bytes, setup.clock)
        editing = AccountEditing(configuration, store, pictures, lambda _: lambda: None)
        await editing.finish_rename()
        await work(editing)
        if store.lease.is_shared:  # no server is there to tell the desks that are open
            now = store.clock(setup.clock)()
            told = packed([PreferencesChanged(), RulesChanged(), EverythingChanged()])
            await store.relayed_events.append(told, now, now - KEPT)


def _read(home: Path) -> Setup:
    sources = SecretSources(home, memory=False)
    sources.unlock_by_environment()
    return read_setup(home, sources)


def _say_who_takes_it(home: Path, say: Say) -> None:
    from wxdesk.store.home_lock import HomeLock  # with it comes the whole store

    if HomeLock.is_taken(home):
        say(tr("The desk that is open on {home} uses it at once.", home=home))


@contextmanager
def _told_by_argument(home: Path) -> Iterator[None]:
    """Tell a refused value by its key, since no line of config.toml has it yet."""
    load(home)  # what is wrong there already is told with its line
    try:
        yield
    except BadConfig as error:
        table, _, key = str(error.values["key"]).rpartition(".")
        if not table.startswith(ACCOUNTS):
            raise
        reason = tr("{key}: {reason}. Nothing was changed.", key=key, reason=explain_reason(error))
        raise BadInput(reason=reason) from None


def _given(options: argparse.Namespace) -> dict[str, object]:
    names = (field.name for field in msgspec.structs.fields(AccountEntry) if field.name != "name")
    return {name: value for name in names if (value := getattr(options, name, None)) is not None}


def _check_ids(keys: dict[str, object]) -> dict[str, object]:
    """Return the keys with cleaned ids; raises `BadInput` for what is none."""
    ids = {
        field: str(keys[field]) for field in (CredentialField.APP_ID, CredentialField.ORIGINAL_ID) if keys.get(field)
    }
    cleaned = {field: clean(field, pasted).value for field, pasted in ids.items()}
    for issue in judge_together(cleaned):
        raise BadInput(reason=tr("{reason} Nothing was changed.", reason=explain_issue(issue)))
    return keys | {field.value: value for field, value in cleaned.items()}


def _pair(text: str) -> tuple[str, object]:
    """Read KEY=VALUE by the type of the key; an empty value removes it."""
    key, found, value = text.partition("=")
    fields: Mapping[str, Any] = {field.name: field for field in msgspec.structs.fields(AccountEntry)}
    if not found or key not in fields or key == "name":
        raise BadInput(reason=tr("“{text}” is not KEY=VALUE with one of these keys: {keys}.",
                                 text=key, keys=tr(", ").join(name for name in fields if name != "name")))  # fmt: skip
    if not value:
        return key, None
    wanted = fields[key].type
    if wanted is bool:
        return key, _TRUTH.get(value, value)
    return key, int(value) if wanted is int and value.lstrip("-").isdigit() else value
