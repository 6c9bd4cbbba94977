"""Card in place of the guided set-up at a window whose server is elsewhere."""

from PySide6.QtWidgets import QWidget

from wxdesk.i18n import tr
from wxdesk.ui.widgets.card_rows import SettingsCard
from wxdesk.ui.widgets.copying import CodeBlock
from wxdesk.ui.widgets.labels import PlainLabel


class ElsewhereCard(SettingsCard):
    """Says that accounts are set up on the server, and by which commands."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(tr("Accounts are set up on the server"), parent)
        words = tr(
            "This window has no secrets of WeChat. Whoever looks after the server runs these lines there, with your own"
            " AppID: the secrets are asked for, and stay there. The account then appears here by itself."
        )
        self.add_below(PlainLabel(words, role="secondary", wrap=True, parent=self))
        self.add_below(CodeBlock(COMMANDS, tr("the commands"), self))


COMMANDS = """\
wxdesk account add shop --app-id wx0123456789abcdef
wxdesk secret set shop app_secret
wxdesk secret set shop push_token
wxdesk secret set shop encoding_aes_key
wxdesk doctor"""
"""Commands that add an account at a server, and check what is missing."""
