"""Command line: parses arguments, prepares the set-up and runs one command.

Stable: others script it. Exit codes: 0 done, 1 a failure (a check, a database), 2 wrong input.
"""

import argparse
import errno
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from wxdesk import __version__, i18n, logs
from wxdesk.core.errors import BadInput, WxdeskError
from wxdesk.core.system_failures import NO_PLAIN_FILE, UnusableFile, naming_file, why_unusable
from wxdesk.i18n import tr
from wxdesk.paths import default_home
from wxdesk.secrets.names import SecretName, variable

if TYPE_CHECKING:  # each command imports what it runs: the whole program takes a second
    from wxdesk.desk.settings.configuration import Setup

LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")

type Command = Callable[[argparse.Namespace], int]
type Fill = Callable[[TranslatedParser], None]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    _prepare_output()
    i18n.use(_language_in(arguments))
    options = _parser().parse_args(arguments)
    command: Command = options.command
    try:
        code = command(options)
        sys.stdout.flush()  # now, while it can be told that nobody reads any more
        return code
    except WxdeskError as error:
        _report(i18n.explain(error))
        return 2 if isinstance(error, BadInput) else 1
    except BrokenPipeError:
        return _unread()
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _report(tr(why_unusable(error)))
        return _unread()
    except KeyboardInterrupt:
        return 130
    finally:
        gc.enable()  # which some commands do without while they start
        _end_stderr()


def _prepare_output() -> None:
    """Make output possible without a console, and for any reader's encoding."""
    if sys.stdout is None:  # closed, or a frozen program without a console on Windows
        sys.stdout = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - as long as the program
    sys.stderr = sys.stderr or sys.stdout
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # for letters that the reader's encoding lacks


def _language_in(arguments: Sequence[str] | None) -> str | None:
    """Find `--lang` before all else, for help and mistakes in that language."""
    early = argparse.ArgumentParser(add_help=False)
    early.add_argument("--lang", nargs="?")
    found: str | None = early.parse_known_args(arguments)[0].lang
    return found if found in i18n.LANGUAGES else None


class TranslatedParser(argparse.ArgumentParser):
    """Parser whose help, and argparse's own words, are in the language of the process."""

    def __init__(self, **given: Any) -> None:  # noqa: ANN401 - as argparse takes them
        vars(argparse).update(_=tr, ngettext=i18n.ntr)
        super().__init__(**given)
        self.description = tr(self.description or "")
        self.fill: Fill | None = None
        """Function that adds the commands below when this one is first used."""

    def parse_known_args(self, *given: Any, **more: Any) -> Any:  # noqa: ANN401 - as argparse takes and returns them
        """Parse as argparse does, with what is below this command."""
        fill, self.fill = self.fill, None
        if fill is not None:
            fill(self)
        return super().parse_known_args(*given, **more)

    def add_argument(self, *names: Any, **given: Any) -> argparse.Action:  # noqa: ANN401 - as above
        """Add an argument with its help translated."""
        return super().add_argument(*names, **given | {"help": tr(given.get("help") or "") or None})


def _unread() -> int:
    """Drop the rest of the output, which its reader, such as `head`, did not want."""
    _drop_rest(sys.stdout)
    return 1


def _end_stderr() -> None:
    """Drop what a terminal that is gone did not take: Python would exit with 120."""
    try:
        sys.stderr.flush()
    except OSError:
        _drop_rest(sys.stderr)


def _drop_rest(stream: TextIO) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _report(text: str) -> None:
    lines = map(logs.on_one_line, text.splitlines())  # it may quote a file, whose text steers no terminal
    print("wxdesk: " + "\n".join(lines), file=sys.stderr)


def _parser() -> TranslatedParser:
    parser = TranslatedParser(
        prog="wxdesk", parents=[_common()], description="A desktop console for WeChat mini-program customer service."
    )
    parser.add_argument("--version", action="version", version=f"wxdesk {__version__}")
    parser.add_argument(
        "--check-window", dest="command", action="store_const", const=_check_window, help=argparse.SUPPRESS
    )
    parser.set_defaults(command=_window, home=None, lang=None, log_level="INFO", log_to_stdout=False)
    add = _commands_of(parser, title="commands")
    _add_data(add)
    serving = add("serve", "the same desk without a window, for a server", _serve)
    whole_log = "log to stdout, a JSON object a line, and not to HOME/logs, where something else keeps logs"
    serving.add_argument("--log-to-stdout", action="store_true", default=False, help=whole_log)
    demo = add("demo", "a simulated WeChat, customers who write, and the desk on top", _demo)
    demo.add_argument("--screenshots", type=Path, metavar="DIR", help="save pictures of every page to DIR and exit")
    _add_sandbox(add("sandbox", "only the simulated WeChat, to test any back end with", _sandbox))
    _add_doctor(add("doctor", "check the set-up, one line a check; exit 1 if one fails", _doctor))
    _add_rules(add("rules", "import or export the rules as a file"))
    add("account", "add, list, change, rename or remove accounts of config.toml").fill = _add_accounts
    add("operator", "add, list, change or remove the operators of a team").fill = _add_operators
    _add_secret(add("secret", "keep a secret in the system keychain"))
    return parser


def _commands_of(parser: TranslatedParser, *, title: str, required: bool = False) -> Callable[..., TranslatedParser]:
    """Return a function that adds commands to `parser`."""
    # Without a metavar, an action that is missing is named by its choices.
    commands = parser.add_subparsers(title=tr(title), metavar=None if required else "COMMAND", required=required)

    def add(name: str, summary: str, command: Command | None = None) -> TranslatedParser:
        sub = commands.add_parser(name, parents=[_common()], help=tr(summary), description=summary)
        sub.set_defaults(command=command)
        return sub

    return add


def _common() -> TranslatedParser:
    """Make the options that may stand before or after any command.

    Each parser gets its own: parsers share the options of a parent, and a default set on one would override
    values given to another.
    """
    common = TranslatedParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--home", type=Path, help="folder for config.toml, the database and logs")
    common.add_argument("--lang", choices=i18n.LANGUAGES, help="language; follows the system by default")
    common.add_argument("--log-level", type=str.upper, choices=LEVELS, help="INFO by default")
    return common


def _add_doctor(parser: TranslatedParser) -> None:
    summary = "a list of objects with check, verdict (a stable name), account, ok, text and remedy"
    parser.add_argument("--json", action="store_true", default=False, help=summary)
    parser.add_argument("--report", type=Path, metavar="FILE", help="write what can be sent to a colleague; no secret")


def _add_data(add: Callable[..., TranslatedParser]) -> None:
    backup = add("backup", "write the whole home folder to a file, also beside a running desk", _of_data("run_backup"))
    backup.add_argument("file", type=Path, metavar="FILE")
    emptied = "put a backup into an empty home folder, once all of it has been checked"
    restore = add("restore", emptied, _of_data("run_restore"))
    restore.add_argument("file", type=Path, metavar="FILE")
    aside = "move what is in the home folder to a folder inside it, and put the backup in its place"
    restore.add_argument("--set-aside", action="store_true", default=False, help=aside)
    export = add("export", "write what is kept to a file, also beside a running desk", _of_data("run_export"))
    export.add_argument("kind", choices=("conversations", "contacts", "messages", "figures"))
    export.add_argument("file", type=Path, metavar="FILE", help="by extension: .html .txt .json, or .csv .jsonl")
    export.add_argument("--account", default="", help="only of this mini program")
    export.add_argument("--openid", default="", help="only of this customer")
    removing = add(
        "remove-data", "delete what wxdesk keeps on this computer, once you have confirmed it", _of_data("run_removal")
    )
    sure = "ask nothing: for an uninstaller that has asked"
    removing.add_argument("--yes", action="store_true", default=False, help=sure)
    url = "postgresql://… or sqlite:///new.db; without it the one in WXDESK_STORE_URL, which no other user can read"
    moving = add(
        "move", "copy the database from SQLite to PostgreSQL, or back; the old one stays", _of_data("run_move")
    )
    moving.add_argument("--to", default="", metavar="URL", help=url)
    moving.add_argument("--use", action="store_true", default=False, help="then write it into config.toml")


def _add_accounts(parser: TranslatedParser) -> None:
    from wxdesk.commands.accounts import add_account_commands

    add_account_commands(_commands_of(parser, title="actions", required=True), _home, _report)


def _add_operators(parser: TranslatedParser) -> None:
    from wxdesk.commands.operators import add_operator_commands

    _log_nothing()
    add_operator_commands(_commands_of(parser, title="actions", required=True), _home, _report)


def _add_rules(parser: TranslatedParser) -> None:
    add = _commands_of(parser, title="actions", required=True)
    importing = add("import", "replace the rules by those of FILE", _import_rules)
    importing.add_argument("file", type=Path, metavar="FILE")
    only = "only print what FILE would change; exit 1 if it has a mistake"
    importing.add_argument("--check", action="store_true", default=False, help=only)
    add("export", "write the rules to FILE", _export_rules).add_argument("file", type=Path, metavar="FILE")


def _add_secret(parser: TranslatedParser) -> None:
    add = _commands_of(parser, title="actions", required=True)
    action = add("set", "ask for a secret (or read it from stdin) and keep it in the keychain", _set_secret)
    action.add_argument("account", metavar="ACCOUNT", help="or tunnel, customer_data, phone")
    known = tr("password of tunnel, key of customer_data, or a phone's name")
    action.add_argument("name", metavar="NAME", help=tr(", ").join((*SecretName, known)))
    leaked = "refuse the former push_token or encoding_aes_key at once, as it has leaked; else it counts for 24 hours"
    sealed = "keep it in a file that a passphrase seals, for a machine without a keychain"
    action.add_argument("--vault", action="store_true", default=False, help=sealed)
    action.add_argument("--at-once", action="store_true", default=False, help=leaked)


def _add_sandbox(parser: TranslatedParser) -> None:
    parser.add_argument("--port", type=int, default=0, help="0 (default): any free port")
    parser.add_argument("--host", default="127.0.0.1", help="127.0.0.1; at any other, all who reach it control it")
    parser.add_argument("--push-url", default="", help="where it pushes; can be set later by /control/push_url")
    parser.add_argument("--name", default="shop", help="the account's name (shop)")
    parser.add_argument("--app-id", default="", help="the mini program's AppID")
    parser.add_argument("--original-id", default="", help="its original id (gh_…), the ToUserName of pushes")
    modes = ("secure", "compat", "plain")
    parser.add_argument("--mode", dest="push_mode", choices=modes, default="secure", help="of pushes (secure)")
    parser.add_argument("--format", choices=("json", "xml"), default="json", help="of pushes (json)")
    parser.add_argument("--script", type=Path, metavar="FILE", help="steps to carry out: one JSON object a line")
    without = tr(
        "Without these it has its own and prints them. Others on this machine can read a command line: give real ones "
        "as WXDESK_NAME_APP_SECRET, WXDESK_NAME_PUSH_TOKEN and WXDESK_NAME_ENCODING_AES_KEY instead."
    )
    secrets = parser.add_argument_group(tr("secrets"), without)
    for name in SecretName:
        option = "--" + name.value.replace("_", "-")
        secrets.add_argument(option, default="", metavar="VALUE", help=tr("the mini program's {name}", name=name.value))


OPENED = ("config.toml", "desk.*", "secrets.*", "window.ini", "logs/wxdesk.log")
"""Names of files in a home that a start opens."""


def _home(options: argparse.Namespace) -> Path:
    home: Path = options.home or default_home()
    with naming_file(home):
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        pipe = next((one for names in OPENED for one in (home / names, *home.glob(names)) if one.is_fifo()), None)
    if pipe is not None:  # whoever opens it waits until somebody writes into it
        raise UnusableFile(file=str(pipe), reason=NO_PLAIN_FILE)
    return home.resolve()


def _prepare(options: argparse.Namespace) -> "Setup":
    """Load configuration and secrets and set up logging, as every desk command needs."""
    from wxdesk.desk.settings.configuration import read_setup
    from wxdesk.secrets.sources import SecretSources

    home = _home(options)
    sources = SecretSources(home)
    sources.unlock_by_environment()
    setup = read_setup(home, sources)
    logs.set_up(home, options.log_level, setup.secrets, to_stdout=options.log_to_stdout)
    return setup


def _window(options: argparse.Namespace) -> int:
    gc.disable()  # until the window looks for garbage itself; nothing that is imported will ever be any
    from wxdesk import desktop

    desktop.require_window()
    return desktop.with_failures_shown(options.home or default_home(), lambda: _open(options))


def _open(options: argparse.Namespace) -> int | None:
    from wxdesk import desktop

    home = _home(options)
    i18n.use(options.lang or desktop.chosen_language(home))
    if desktop.raised_open_window(home):
        _report(tr("wxdesk is open on {home} already; its window comes to the front.", home=home))
        return 0
    setup = _prepare(options)
    from wxdesk.runner import warn_of_setup

    warn_of_setup(setup)
    return desktop.open_window(setup)  # its settings page says what is missing, and how to mend it


def _check_window(_: argparse.Namespace) -> int:
    from wxdesk.commands.window_check import run_window_check

    return run_window_check()


def _serve(options: argparse.Namespace) -> int:
    if sys.platform != "win32":
        signal.signal(signal.SIGHUP, signal.SIG_IGN)  # until the desk hears it, there is nothing to read again
    gc.disable()  # until it serves; as above
    from wxdesk.runner import run_server, warn_of_setup

    setup = _prepare(options)
    warn_of_setup(setup)  # what is missing is taken while the desk runs
    run_server(setup)
    return 0


def _demo(options: argparse.Namespace) -> int:
    from wxdesk.commands.demo import run_demo

    home = None if options.home is None else _home(options)
    return run_demo(home, options.screenshots, options.log_level)


def _sandbox(options: argparse.Namespace) -> int:
    import asyncio
    from dataclasses import fields

    from wxdesk.sandbox.standalone import SandboxOptions, run_sandbox

    secrets = {
        name.value: getattr(options, name.value) or os.environ.get(variable(options.name, name), "").strip()
        for name in SecretName
    }
    logs.set_up(_home(options), options.log_level, [value for value in secrets.values() if value])
    given = SandboxOptions(**{one.name: getattr(options, one.name) for one in fields(SandboxOptions)} | secrets)
    asyncio.run(run_sandbox(options.port, given, host=options.host, script=options.script))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from wxdesk.commands.doctor import run_doctor

    _log_nothing()
    return run_doctor((options.home or default_home()).absolute(), as_json=options.json, report=options.report)


def _log_nothing() -> None:
    """Keep the log from stderr, where the command says a sentence of its own."""
    logging.getLogger("wxdesk").addHandler(logging.NullHandler())


def _of_data(name: str) -> Command:
    """Return a command of `commands.data`, which is imported to run it."""

    def run(options: argparse.Namespace) -> int:
        from wxdesk.commands import data

        _log_nothing()
        code: int = getattr(data, name)(options, _home(options), _report)
        return code

    return run


def _import_rules(options: argparse.Namespace) -> int:
    from wxdesk.commands.rules import run_import

    return run_import(options, _prepare, _report)


def _export_rules(options: argparse.Namespace) -> int:
    from wxdesk.commands.rules import run_export

    return run_export(options, _prepare, _report)


def _set_secret(options: argparse.Namespace) -> int:
    from wxdesk.commands.secrets import set_secret

    return set_secret(
        _home(options), options.account, options.name, _report, at_once=options.at_once, vault=options.vault
    )
