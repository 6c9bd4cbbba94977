"""Keys of the rules page, for the shortcut sheet."""

from __future__ import annotations

from collections.abc import Sequence

from wxdesk.i18n import tr
from wxdesk.ui.widgets.dialogs.shortcut_sheet import Key


def page_keys() -> Sequence[Key]:
    """Return each key with its action."""
    return (
        Key("Ctrl+N", tr("Begin a new rule")),
        Key("Ctrl+S", tr("Save the rule")),
        Key("Ctrl+Z Ctrl+Shift+Z", tr("Undo and redo what was written in the rule")),
        Key("Ctrl+.", tr("Go to the next mistake in the rule")),
        Key("Space", tr("Switch the rule on or off")),
        Key("Alt+↑ Alt+↓", tr("Move the rule up or down")),
        Key("Ctrl+Z Ctrl+Shift+Z", tr("In the list: undo and redo what was done to the list")),
        Key("Delete", tr("Delete the rule, or the word that has the keyboard")),
    )
