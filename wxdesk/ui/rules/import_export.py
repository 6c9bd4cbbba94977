"""Imports rules from a file after a preview, and exports them into one."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from wxdesk.core.errors import BadRulesFile
from wxdesk.core.system_failures import UnusableFile, unusable_file
from wxdesk.desk.rules.exchange import ExportResult, ImportResult
from wxdesk.desk.rules.file.reading import mistakes_in
from wxdesk.desk.rules.import_check import ImportCheck, pictures_left_behind
from wxdesk.i18n import explain, language, ntr, tr
from wxdesk.paths import resource
from wxdesk.ui.rules.import_preview import ImportDialog
from wxdesk.ui.widgets.dialogs.dialog import Legend
from wxdesk.ui.widgets.dialogs.file_jobs import ask_for_files, ask_where, save
from wxdesk.ui.widgets.dialogs.notices import WindowBridge

LARGEST_FILE = 8 * 1024 * 1024
TROUBLE = "rules-file"


class RuleFiles(QObject):
    """Imports and exports rules; a wrong file changes nothing, its line is shown.

    `imported` is told what an import has replaced.
    """

    def __init__(self, bridge: WindowBridge, host: QWidget, imported: Callable[[ImportResult], None]) -> None:
        super().__init__(host)
        self._bridge = bridge
        self._imported = imported
        self._exchange = bridge.desk.rules.exchange
        self._host = host

    def open_import(self) -> None:
        """Let the operator choose a file to import."""
        ask_for_files(self._host, tr("Import rules"), lambda files: self.import_from(files[0]), tr("Rules (*.toml)"))

    def open_export(self) -> None:
        """Let the operator choose where to export to."""
        ask_where(self._host, tr("Export rules"), tr("rules") + ".toml", self.export_to, tr("Rules (*.toml)"))

    def import_from(self, file: str) -> None:
        """Read a file and preview what it would change."""
        path = Path(file)
        self._bridge.notices.bar(TROUBLE, "")
        try:
            self._check(_read(path), path.name)
        except BadRulesFile as error:
            self._refuse(error)
        except UnusableFile as error:
            why = tr("Nothing was imported. {why}", why=explain(error))
            self._bridge.notices.bar(TROUBLE, why)

    def add_starter_rules(self) -> None:
        """Add the starter rules in the operator's language."""
        path = resource("rules", f"starter.{language()}.toml")
        self._check(path.read_text(encoding="utf-8"), path.name)

    def export_to(self, file: str) -> None:
        """Write all rules into a file."""
        self._bridge.ask(self._exchange.export(), partial(self._write, file))

    def _check(self, text: str, name: str) -> None:
        checked, refused = partial(self._checked, text, name), (BadRulesFile, self._refuse)
        self._bridge.ask(self._exchange.check(text, name), checked, expected=refused)

    def _checked(self, text: str, name: str, check: ImportCheck) -> None:
        if not check.before and not any(one.before for one in check.calendars):
            self._replace(text, name)  # nothing is there that it could change
            return
        dialog = ImportDialog(check, name, self._host.window())
        dialog.accepted.connect(partial(self._replace, text, name))
        dialog.open()

    def _replace(self, text: str, name: str) -> None:
        work = self._exchange.take_in(text, name)
        self._bridge.ask(work, self._imported, expected=(BadRulesFile, self._refuse))

    def _refuse(self, error: BadRulesFile) -> None:
        file, mistakes = error.values["file"], mistakes_in(error)
        line, reason = mistakes[0]
        text = tr("Line {line} of {file}: {reason} Nothing was imported.", line=line, file=file, reason=tr(reason))
        action = tr("All {n} mistakes", n=len(mistakes)) if mistakes[1:] else ""
        title, host = tr("Mistakes in {file}", file=file), self._host
        lines = [(tr("Line {line}", line=line), tr(reason)) for line, reason in mistakes]
        # a narrow window shows the beginning
        self._bridge.notices.bar(TROUBLE, text, action=action, then=lambda: Legend(title, lines, host).open())

    def _write(self, file: str, exported: ExportResult) -> None:
        rules = ntr("{n} rule", "{n} rules", exported.rules)
        said = tr("{rules} exported to {file}", rules=rules, file=Path(file).name)
        left = pictures_left_behind(len(exported.pictures))
        save(self._bridge.notices, exported.text.encode(), file, f"{said} · {left}" if left else said)


def _read(path: Path) -> str:
    """Return the file's text.

    Raises:
        BadRulesFile: it is too large, or not a text.
        UnusableFile: it cannot be read.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise BadRulesFile(file=path.name, line=1, reason=tr("The file is too large."))
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise BadRulesFile(file=path.name, line=line, reason=tr("This is not UTF-8 text.")) from None
    except OSError as error:
        raise unusable_file(path.name, error) from None
