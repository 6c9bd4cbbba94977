"""Keys of the rules page, for the shortcut sheet."""

from __future__ import annotations

from collections.abc import Sequence

from wxdesk.i18n import tr
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutKey


def page_keys() -> Sequence[ShortcutKey]:
    """Return each key with its action."""
    return (
        ShortcutKey("Ctrl+N", tr("Begin a new rule")),
        ShortcutKey("Ctrl+S", tr("Save the rule")),
        ShortcutKey("Ctrl+Z Ctrl+Shift+Z", tr("Undo and redo what was written in the rule")),
        ShortcutKey("Ctrl+.", tr("Go to the next mistake in the rule")),
        ShortcutKey("Space", tr("Switch the rule on or off")),
        ShortcutKey("Alt+↑ Alt+↓", tr("Move the rule up or down")),
        ShortcutKey("Ctrl+Z Ctrl+Shift+Z", tr("In the list: undo and redo what was done to the list")),
        ShortcutKey("Delete", tr("Delete the rule, or the word that has the keyboard")),
    )
