"""Consoles elsewhere: values and menus for WeChat's, commands for a server's."""

from collections.abc import Sequence
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from wxdesk.core.model.account import PushMode
from wxdesk.i18n import tr
from wxdesk.ui.look.theme import Size, font, mono_font
from wxdesk.ui.setup.card import SetupView
from wxdesk.ui.setup.text import ConsolePath
from wxdesk.ui.widgets.boxes import AT_TOP, Frame, grid, vbox
from wxdesk.ui.widgets.card_rows import SettingsCard
from wxdesk.ui.widgets.copying import CodeBlock, CopyButton
from wxdesk.ui.widgets.labels import PlainLabel, small_label


class ConsoleValue(StrEnum):
    """The lines of the console's form, in its order."""

    URL = "URL(服务器地址)"
    TOKEN = "Token(令牌)"  # noqa: S105 - a label
    AES_KEY = "EncodingAESKey"  # its gloss would leave the URL no room
    MODE = "消息加密方式"
    FORMAT = "数据格式"


MODES = {PushMode.SECURE: "安全模式", PushMode.COMPAT: "兼容模式", PushMode.PLAIN: "明文模式"}
"""Push modes as the console names them."""

DOTS = "•" * 12


class ConsoleValues(QWidget):
    """The console's form with what belongs into each line; secrets stay covered."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._grid = grid(across=16, down=8, within=self)
        self.shown: dict[ConsoleValue, PlainLabel] = {}
        self.copies: dict[ConsoleValue, CopyButton] = {}
        for line in ConsoleValue:
            self._add(line)
        self._show_value(ConsoleValue.FORMAT, "JSON")

    def show_view(self, view: SetupView, *, no_url: str, no_secret: str = "") -> None:
        """Show an account's values, and these words where there is none yet."""
        self._show_value(ConsoleValue.URL, view.push_url, instead=no_url)
        self._show_value(ConsoleValue.TOKEN, view.push_token, instead=no_secret)
        self._show_value(ConsoleValue.AES_KEY, view.encoding_aes_key, instead=no_secret)
        if view.account is not None:
            self._show_value(ConsoleValue.MODE, MODES[view.account.push_mode])

    def _show_value(self, line: ConsoleValue, value: str, *, instead: str = "") -> None:
        """Show a value to copy, secrets covered; `instead` where there is none."""
        secret = line in {ConsoleValue.TOKEN, ConsoleValue.AES_KEY}
        self.shown[line].setText((DOTS if secret else value) if value else instead)
        self.shown[line].setFont(mono_font() if line is ConsoleValue.URL and value else font())
        self.shown[line].set_role("text" if value else "secondary")
        self.copies[line].text_to_copy = value
        self.copies[line].setEnabled(bool(value))

    def _add(self, line: ConsoleValue) -> None:
        row = self._grid.rowCount()
        label = PlainLabel(line.value, role="secondary", parent=self)
        value = PlainLabel(elide=True, parent=self)
        is_secret = line in {ConsoleValue.TOKEN, ConsoleValue.AES_KEY}
        copy = CopyButton("", line.value.partition("(")[0], self, is_secret=is_secret)
        self.shown[line], self.copies[line] = value, copy
        self._grid.addWidget(label, row, 0, Qt.AlignmentFlag.AlignVCenter)
        self._grid.addWidget(value, row, 1)
        self._grid.addWidget(copy, row, 2)


class ConsolePaths(Frame):
    """A sunken box: what is found where, in the former console and the new one."""

    def __init__(self, title: str, paths: Sequence[ConsolePath], parent: QWidget) -> None:
        super().__init__("well", parent)
        lines = grid(across=16, down=6)
        for row, (console, menus) in enumerate(paths):
            name = small_label(console.partition(" ")[0], parent=self)
            name.setToolTip(console.partition(" ")[2])
            path = small_label(" → ".join(menus), role="text", wrap=True, parent=self)
            path.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            lines.addWidget(name, row, 0, AT_TOP)
            lines.addWidget(path, row, 1)
        head = PlainLabel(title, size=Size.SMALL, role="secondary", strong=True, wrap=True, parent=self)
        vbox(head, lines, within=self, spacing=8, margins=(14, 10, 14, 12))


class ElsewhereCard(SettingsCard):
    """Says that accounts are set up on the server, and by which commands."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Accounts are set up on the server"), parent)
        words = tr(
            "This window has no secrets of WeChat. Whoever looks after the server runs these lines there, with your own"
            " AppID: the secrets are asked for, and stay there. The account then appears here by itself."
        )
        self.column.addWidget(PlainLabel(words, role="secondary", wrap=True, parent=self))
        self.column.addWidget(CodeBlock(COMMANDS, tr("the commands"), self))


COMMANDS = """\
wxdesk account add shop --app-id wx0123456789abcdef
wxdesk secret set shop app_secret
wxdesk secret set shop push_token
wxdesk secret set shop encoding_aes_key
wxdesk doctor"""
"""Commands that add an account at a server, and check what is missing."""
