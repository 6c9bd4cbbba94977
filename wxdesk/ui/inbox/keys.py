"""Shortcuts of the inbox, for the shortcut sheet."""

from __future__ import annotations

from collections.abc import Sequence

from wxdesk.i18n import tr
from wxdesk.ui.widgets.dialogs.shortcut_sheet import ShortcutKey


def key_sheet() -> Sequence[ShortcutKey]:
    """Return each shortcut with its description."""
    return (
        ShortcutKey("Ctrl+K Ctrl+F", tr("Search messages")),
        ShortcutKey("Alt+Down", tr("Next conversation")),
        ShortcutKey("Alt+Up", tr("Previous conversation")),
        ShortcutKey("Alt+Shift+Down", tr("Next unread conversation")),
        ShortcutKey("Alt+Shift+Up", tr("Previous unread conversation")),
        ShortcutKey("F4", tr("Take over (a reply that waits is stopped), or hand back")),
        ShortcutKey("Shift+F4", tr("Choose for how long you take over")),
        ShortcutKey("F5", tr("Resolve, or open again")),
        ShortcutKey("Shift+F5", tr("Choose until when to snooze")),
        ShortcutKey("F2", tr("Customer and reasons")),
        ShortcutKey("F6", tr("Go to the next region")),
        ShortcutKey("F3", tr("Next held reply")),
        ShortcutKey("Shift+F3", tr("List of what is held")),
        ShortcutKey("/", tr("Insert a template, in an empty reply")),
        ShortcutKey("Ctrl+L", tr("Make a link of the selected words")),
        ShortcutKey("Ctrl+Shift+L", tr("Send a link")),
        ShortcutKey("Ctrl+Shift+P", tr("Send a picture")),
        ShortcutKey("Ctrl+Shift+M", tr("Send a mini-program card")),
        ShortcutKey("Ctrl+Z", tr("Take back what you have just sent, in an empty reply")),
        ShortcutKey("Enter", tr("Send the reply, or the bubble in focus")),
        ShortcutKey("Ctrl+Enter", tr("Send what is chosen in the list of held replies")),
        ShortcutKey("Delete", tr("Stop what is chosen in the list of held replies")),
        ShortcutKey("Ctrl+N", tr("See what came after the bubble in focus")),
        ShortcutKey("Alt+Enter", tr("Why, and what happened to the bubble in focus")),
        ShortcutKey("Ctrl+O", tr("Send only the part in focus, of an answer that asks")),
        ShortcutKey("Ctrl+D", tr("Say that the reply in focus arrived, of which nobody knows it")),
        ShortcutKey("Ctrl+R", tr("Send the reply in focus again, of which nobody knows whether it arrived")),
        ShortcutKey("Ctrl+E", tr("Change the waiting reply in focus")),
        ShortcutKey("Escape", tr("Stop the waiting reply in focus")),
    )
