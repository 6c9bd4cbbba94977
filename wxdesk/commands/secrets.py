"""`wxdesk secret set`: asks for a secret and keeps it in keychain or vault."""

import getpass
import os
import shlex
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from wxdesk.config.reading import AccountEntry, load
from wxdesk.core.errors import BadInput
from wxdesk.core.wechat.credential_shapes import CredentialField, clean, judge_together
from wxdesk.desk.ports import utc_now
from wxdesk.desk.setup.account_findings import TROUBLES
from wxdesk.desk.wechat.explanations import explain_cleaning, explain_issue
from wxdesk.i18n import tr
from wxdesk.paths import default_home
from wxdesk.secrets.names import CUSTOMER_DATA_KEY, PHONE, TUNNEL_PASSWORD, SecretName, SecretSource, variable
from wxdesk.secrets.sources import SecretSources, passphrase_of

QUESTION = "The system may ask you for a password: answer its question. Ctrl+C ends the waiting."


def set_secret(home: Path, account: str, name: str, say: Callable[[str], None], *, at_once: bool, vault: bool) -> int:
    """Ask for secret `name` of `account` and store it; return the exit code.

    Raises:
        BadInput: account, name or passphrase is wrong, or the value cannot be the one of its field.
    """
    sources = SecretSources(home, on_wait=partial(say, tr(QUESTION)), memory=False)
    if (account, name) in (TUNNEL_PASSWORD, CUSTOMER_DATA_KEY) or (account == PHONE and name not in tuple(SecretName)):
        store = partial(sources.store_other, (account, name), _read(account, name).rstrip("\r\n"))
        is_kept = _keep(home, sources, (account, name), store, say, vault=vault)
        if is_kept and account == PHONE and name not in load(home).phone.targets:
            say(tr("But config.toml has no phone “{name}” under [phone], so nothing is sent to it yet.", name=name))
        return 0 if is_kept else 1
    entry = entry_of(home, account)
    if name not in tuple(SecretName):
        raise BadInput(reason=tr("There is no secret “{name}”. The three are: {names}.",
                                 name=name, names=tr(", ").join(SecretName)))  # fmt: skip
    secret = SecretName(name)
    value = _ask(entry, secret, say)
    store = partial(sources.store, account, {secret: value}, utc_now(), at_once=at_once)
    if not _keep(home, sources, (account, secret), store, say, vault=vault):
        return 1
    if sources.given(account, secret):
        say(tr("But {variable}, or a file, supplies this secret as well, and comes first.",
               variable=variable(account, secret)))  # fmt: skip
    return 0


def entry_of(home: Path, account: str) -> AccountEntry:
    """Return the account of config.toml; raises `BadInput` that names those."""
    entries = {entry.name: entry for entry in load(home).accounts}
    if account not in entries:
        has = tr(", ").join(entries) or tr("none yet")
        raise BadInput(reason=tr("{file} has no account “{account}”. Its accounts: {names}.",
                                 file=home / "config.toml", account=account, names=has))  # fmt: skip
    return entries[account]


def command_to_set(home: Path, *words: str) -> str:
    """Return the command that stores a secret in this home, as it can be typed."""
    elsewhere = [] if home == default_home().resolve() else ["--home", str(home)]
    return shlex.join(["wxdesk", *elsewhere, "secret", "set", *words])


def _keep(
    home: Path,
    sources: SecretSources,
    names: tuple[str, str],
    store: Callable[..., SecretSource | None],
    say: Callable[[str], None],
    *,
    vault: bool,
) -> bool:
    """Store in the keychain, else in the vault if there is one; say where."""
    place = None if vault else store(into=SecretSource.KEYCHAIN)
    if place is None and (vault or sources.vault.exists):
        _open_vault(sources)
        place = store(into=SecretSource.VAULT)
    if place is None:
        command, trouble = command_to_set(home, *names, "--vault"), sources.keychain.trouble
        said = _SHUT if trouble is not None and sources.keychain.is_shut else _NO_KEYCHAIN
        reason = tr(TROUBLES[trouble]) if trouble is not None else ""
        say(tr(said, variable=variable(*names), command=command, reason=reason))
        return False
    say(tr(_KEPT[place], file=sources.vault.file))
    return True


_NO_KEYCHAIN = "This machine has no usable keychain. Set {variable} instead, or keep it in a sealed file: {command}"
_SHUT = (
    "The system's keychain did not take the secret ({reason}). Unlock it and enter the secret again, set {variable} "
    "instead, or keep it in a sealed file: {command}"
)
_KEPT = {
    SecretSource.KEYCHAIN: "Kept in the system's keychain. A desk that is open takes it within seconds.",
    SecretSource.VAULT: "Kept in the vault {file}. A desk that has opened the vault takes it within seconds; "
    "wxdesk serve opens it with WXDESK_VAULT_PASSPHRASE or WXDESK_VAULT_PASSPHRASE_FD, given at its start.",
}


def _open_vault(sources: SecretSources) -> None:
    """Open the vault, or make a new one, with the passphrase supplied or asked for."""
    passphrase = passphrase_of(os.environ)
    if not passphrase and not sys.stdin.isatty():
        raise BadInput(reason=tr("The vault needs its passphrase. Set WXDESK_VAULT_PASSPHRASE."))
    if sources.vault.exists:
        sources.vault.unlock(passphrase or getpass.getpass(tr("Passphrase of the vault: ")))
        return
    if not passphrase:
        passphrase = getpass.getpass(tr("New passphrase for the vault, 8 characters or more: "))
        if getpass.getpass(tr("The same again: ")) != passphrase:
            raise BadInput(reason=tr("These were two different passphrases; nothing was changed."))
    sources.make_vault(passphrase)


def _ask(entry: AccountEntry, name: SecretName, say: Callable[[str], None]) -> str:
    """Ask for the value, on a line of stdin where that is no terminal, and check it."""
    cleaned = clean(name.field, _read(entry.name, name))
    if not cleaned.value:
        raise BadInput(reason=tr("Nothing was entered; nothing was changed."))
    together = {CredentialField.APP_ID: entry.app_id, CredentialField.ORIGINAL_ID: entry.original_id}
    issues = judge_together(together | {name.field: cleaned.value})
    issue = next((issue for issue in issues if issue.field is name.field), None)
    if issue is not None:
        raise BadInput(reason=tr("{reason} Nothing was changed.", reason=explain_issue(issue)))
    corrected = explain_cleaning(name.field, cleaned.cleanings)
    if corrected:
        say(corrected)
    return cleaned.value


def _read(account: str, name: str) -> str:
    return getpass.getpass(f"{account} {name}: ") if sys.stdin.isatty() else sys.stdin.readline()
