"""`wxdesk operator`: operators of a team, in its database.

Works beside running desks and servers, which follow within seconds. Whoever runs it has the database's password, and
needs no role.
"""

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from wxdesk.commands.accounts import AddCommand, Say
from wxdesk.config.reading import load
from wxdesk.core.errors import BadInput, HomeInUse
from wxdesk.core.model.operator import Operator, Role
from wxdesk.desk.operators import checked_name, hashed
from wxdesk.desk.ports import utc_now
from wxdesk.i18n import tr
from wxdesk.store import Store, is_shared, open_store, read_store

type _Work = Callable[[Store, argparse.Namespace, Say], Coroutine[Any, Any, None]]


def add_operator_commands(add: AddCommand, home_of: Callable[[argparse.Namespace], Path], say: Say) -> None:
    """Add the commands below `wxdesk operator`; `say` writes to stderr."""

    def command(work: _Work) -> Callable[[argparse.Namespace], int]:
        return lambda options: asyncio.run(_with_store(work, options, home_of(options), say))

    adding = add("add", "add an operator; asks for a password, or reads it from stdin", command(_add))
    listing = add("list", "list the operators and their roles", command(_list))
    listing.add_argument("--json", action="store_true", default=False, help="as a JSON list")
    setting = add("set", "give an operator another role, or shut one out", command(_set))
    removing = add("remove", "remove an operator; the name stays in what was written", command(_remove))
    password = add("password", "set an operator's password; asks for it, or reads it from stdin", command(_password))
    for one in (adding, setting, removing, password):
        one.add_argument("name", metavar="NAME")
    adding.add_argument("--role", choices=[*Role], default=Role.OPERATOR, help="operator (default), lead or owner")
    setting.add_argument("--role", choices=[*Role], default=None, help="operator, lead or owner")
    setting.add_argument("--active", choices=("true", "false"), default=None, help="false: cannot sign in")


async def _with_store(work: _Work, options: argparse.Namespace, home: Path, say: Say) -> int:
    url = load(home).store.url
    if not is_shared(url):
        raise BadInput(reason=ALONE)
    try:
        store = await open_store(url, home, alone=False)
    except HomeInUse:  # by a desk, which has brought the database up to date
        store = await read_store(url, home)
    async with store:
        await work(store, options, say)
    return 0


async def _add(store: Store, options: argparse.Namespace, say: Say) -> None:
    name, role = checked_name(options.name), Role(options.role)
    await store.operators.add(name, role, await hashed(_ask_password(name)), utc_now())
    say(tr("“{name}” is an operator now.", name=name))
    if not (await store.operators.acting(None))[1]:
        say(tr("Nobody has to sign in until there is an owner: wxdesk operator add NAME --role owner"))


async def _list(store: Store, options: argparse.Namespace, say: Say) -> None:
    known = await store.operators.all()
    if options.json:
        found = [{"name": one.name, "role": one.role, "active": one.active} for one in known]
        print(json.dumps(found, ensure_ascii=False))  # noqa: T201 - the output
        return
    for one in known:
        print("  ".join((one.name, one.role, *(() if one.active else ("inactive",)))))  # noqa: T201 - the output


async def _set(store: Store, options: argparse.Namespace, say: Say) -> None:
    before = await _known(store, options.name)
    role = before.role if options.role is None else Role(options.role)
    active = before.active if options.active is None else options.active == "true"
    await store.operators.change(before, replace(before, role=role, active=active), utc_now())
    say(tr("Changed “{name}”.", name=before.name))


async def _remove(store: Store, options: argparse.Namespace, say: Say) -> None:
    before = await _known(store, options.name)
    await store.operators.change(before, None, utc_now())
    say(tr("“{name}” is removed.", name=before.name))


async def _password(store: Store, options: argparse.Namespace, say: Say) -> None:
    before = await _known(store, options.name)
    await store.operators.set_password(before, await hashed(_ask_password(before.name)), utc_now())
    say(tr("The password of “{name}” is changed; whoever stayed signed in with the former one signs in again.",
           name=before.name))  # fmt: skip


async def _known(store: Store, name: str) -> Operator:
    row = await store.operators.find(name)
    if row is None:
        raise BadInput(reason=tr("There is no operator “{name}”.", name=name))
    return row.operator


def _ask_password(name: str) -> str:
    """Ask for a password twice, or read a line of stdin where that is no terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    typed = getpass.getpass(tr("New password of {name}, 8 characters or more: ", name=name))
    if getpass.getpass(tr("The same again: ")) != typed:
        raise BadInput(reason=tr("These were two different passwords; nothing was changed."))
    return typed


ALONE = "operators belong to a team on PostgreSQL; on one machine nobody signs in"
