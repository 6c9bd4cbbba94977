"""Backup and export from the settings page: a file is asked for, written, told of, and stopped on demand."""

import asyncio
import zipfile
from pathlib import Path

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QObject, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from tests.ui.world import World
from wxdesk import i18n
from wxdesk.config.reading import BackupSettings, StoreSettings
from wxdesk.core.events import ConfigurationChanged
from wxdesk.core.model.operator import Operator, Role
from wxdesk.desk.data.exporting import ExportKind, Progress
from wxdesk.desk.operators import Operators
from wxdesk.paths import pages
from wxdesk.store.moving.move import CopyProgress
from wxdesk.ui.settings.places_card import DataCard
from wxdesk.ui.widgets.dialogs.documentation import PageDialog
from wxdesk.ui.widgets.dialogs.file_jobs import BAR
from wxdesk.ui.widgets.dialogs.notices import Notices, WindowBridge


@pytest.fixture
def card(qtbot: QtBot, bridge: WindowBridge) -> DataCard:
    made = DataCard(bridge, None)
    qtbot.addWidget(made)
    made.show()
    return made


class Opener(QObject):
    """The system's file manager."""

    def __init__(self) -> None:
        super().__init__()
        self.folders: list[Path] = []

    @Slot(QUrl)
    def open(self, url: QUrl) -> None:
        self.folders.append(Path(url.toLocalFile()))


def save(card: DataCard, file: Path) -> None:
    """Choose the file in the dialog that is open."""
    dialog = card.window().findChildren(QFileDialog)[-1]
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    assert dialog.selectedFiles()[0].endswith(file.suffix)
    dialog.selectFile(str(file))
    dialog.accept()


def test_backup_and_export_write_the_file_that_was_chosen(
    qtbot: QtBot, card: DataCard, world: World, notices: Notices, tmp_path: Path
) -> None:
    world.say("oAlice", "你好")
    card.back_up.click()
    save(card, tmp_path / "b.zip")
    qtbot.waitUntil(lambda: "backup is written" in notices._toast._label.full_text())
    assert "desk.db" in zipfile.ZipFile(tmp_path / "b.zip").namelist()
    card.exports[ExportKind.CONVERSATIONS].click()
    save(card, tmp_path / "t.html")
    qtbot.waitUntil((tmp_path / "t.html").exists)
    assert "你好" in (tmp_path / "t.html").read_text(encoding="utf-8")
    qtbot.waitUntil(lambda: notices._toast._label.full_text() == "Exported")
    opener = Opener()
    QDesktopServices.setUrlHandler("file", opener, "open")  # type: ignore[arg-type]
    notices.act()
    QDesktopServices.unsetUrlHandler("file")
    assert opener.folders == [tmp_path]


def test_a_second_file_is_written_after_the_first(qtbot: QtBot, card: DataCard, world: World) -> None:
    written, given = list[str](), asyncio.Event()

    async def large(_: Progress) -> str:
        await given.wait()
        return "large"

    async def small(_: Progress) -> str:
        return "small"

    card.jobs.run(large, written.append, "Writing…")
    card.jobs.run(small, written.append, "Writing…")
    world.loop.call_soon_threadsafe(given.set)
    qtbot.waitUntil(lambda: written == ["large", "small"])


def test_the_name_of_the_file_is_in_the_language_of_the_window(card: DataCard, world: World) -> None:
    day, names = f"{world.clock().astimezone():%Y-%m-%d}", []
    i18n.use("zh_CN")
    for kind in ExportKind:
        card.exports[kind].click()
        dialog = card.window().findChildren(QFileDialog)[-1]
        names.append(Path(dialog.selectedFiles()[0]).name)
        dialog.done(0)
    card.jobs.export(ExportKind.CONVERSATIONS, "shop", "oAlice", whose="陈 小姐/VIP")
    [*_, dialog] = card.window().findChildren(QFileDialog)
    assert Path(dialog.selectedFiles()[0]).name == f"会话-陈_小姐_VIP-{day}.html"
    assert names == [f"会话-{day}.html", f"客户-{day}.csv", f"消息-{day}.csv", f"统计-{day}.csv"]


def test_a_stopped_backup_or_export_leaves_no_file(
    qtbot: QtBot, card: DataCard, notices: Notices, tmp_path: Path
) -> None:
    async def endless(url: str, home: Path, file: Path, progress: Progress) -> None:
        while True:
            progress(CopyProgress("Conversations", 5, 20))
            await asyncio.sleep(0)

    card.jobs.write(endless, "", str(tmp_path / "m.csv"))
    card.jobs.write(endless, "", str(tmp_path / "another.csv"))  # one at a time
    qtbot.waitUntil(lambda: BAR in notices.bars.texts())
    assert notices.bars.texts()[BAR] == "Writing… Conversations: 5 of 20"
    card.jobs.stop()
    qtbot.waitUntil(lambda: notices._toast._label.full_text() == "Stopped; nothing was written.")
    assert BAR not in notices.bars.texts()


def test_how_a_shared_database_is_backed_up_can_be_read(qtbot: QtBot, bridge: WindowBridge, world: World) -> None:
    world.configure(store=StoreSettings("postgresql://db/wxdesk"))
    card = DataCard(bridge, None)
    qtbot.addWidget(card)
    card.resize(800, 300)
    card.show()
    assert not card.back_up.isEnabled()
    i18n.use("zh_CN")
    assert card.how.width() <= card.how.sizeHint().width(), "it stands at the left, not in the middle"
    card.how.click()
    read = card.findChild(PageDialog)
    assert "pg_dump" in read.view.toPlainText()
    assert Path(read.place.full_text()) == pages() / "server.zh-CN.md"


def test_data_of_a_team_is_its_owners(qtbot: QtBot, bridge: WindowBridge, notices: Notices, world: World) -> None:
    operators = Operators(world.store.operators, None, world.desk.bus.publish, world.clock)
    operators.required = True
    bridge.desk = replace(bridge.desk, operators=operators)
    card = DataCard(bridge, None)
    qtbot.addWidget(card)
    for role, told in ((None, "Sign in first."), (Role.LEAD, "Only an owner can do this.")):
        operators.now = None if role is None else Operator(1, "小王", role)
        card.jobs.export(ExportKind.CONTACTS, "", "")
        assert not card.exports[ExportKind.CONTACTS].isEnabled()
        assert told in "".join(notices.bars.texts().values())
        assert not card.window().findChildren(QFileDialog)


def test_a_folder_for_daily_backups_is_chosen_and_given_up(
    qtbot: QtBot, card: DataCard, world: World, tmp_path: Path
) -> None:
    assert card.daily.state.words.full_text() == "None: what only this computer has, is lost with it"
    card.daily.button.click()
    dialog = card.window().findChildren(QFileDialog)[-1]
    assert dialog.fileMode() is QFileDialog.FileMode.Directory
    dialog.selectFile(str(tmp_path))
    dialog.accept()
    config = world.home / "config.toml"
    qtbot.waitUntil(lambda: config.exists() and str(tmp_path) in config.read_text(encoding="utf-8"))
    world.configure(backup=BackupSettings(str(tmp_path / "stick")))
    world.publish(ConfigurationChanged(tables=("backup",)))
    qtbot.waitUntil(lambda: "(the folder for it does not exist)" in card.daily.state.words.full_text())
    world.configure(backup=BackupSettings(str(tmp_path)))
    world.publish(ConfigurationChanged(tables=("backup",)))
    qtbot.waitUntil(lambda: card.daily.state.words.full_text() == f"Into {tmp_path}; the last 7 stay")
    qtbot.waitUntil(lambda: len(list(tmp_path.glob("*-daily-*.zip"))) == 1)
    card.daily.button.click()
    qtbot.waitUntil(lambda: str(tmp_path) not in config.read_text(encoding="utf-8"))
