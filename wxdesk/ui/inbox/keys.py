"""Shortcuts of the inbox, for the shortcut sheet."""

from __future__ import annotations

from collections.abc import Sequence

from wxdesk.i18n import tr
from wxdesk.ui.widgets.dialogs.shortcut_sheet import Key


def key_sheet() -> Sequence[Key]:
    """Return each shortcut with its description."""
    return (
        Key("Ctrl+K Ctrl+F", tr("Search messages")),
        Key("Alt+Down", tr("Next conversation")),
        Key("Alt+Up", tr("Previous conversation")),
        Key("Alt+Shift+Down", tr("Next unread conversation")),
        Key("Alt+Shift+Up", tr("Previous unread conversation")),
        Key("F4", tr("Take over (a reply that waits is stopped), or hand back")),
        Key("Shift+F4", tr("Choose for how long you take over")),
        Key("F5", tr("Resolve, or open again")),
        Key("Shift+F5", tr("Choose until when to snooze")),
        Key("F2", tr("Customer and reasons")),
        Key("F6", tr("Go to the next region")),
        Key("F3", tr("Next held reply")),
        Key("Shift+F3", tr("List of what is held")),
        Key("/", tr("Insert a template, in an empty reply")),
        Key("Ctrl+L", tr("Make a link of the selected words")),
        Key("Ctrl+Shift+L", tr("Send a link")),
        Key("Ctrl+Shift+P", tr("Send a picture")),
        Key("Ctrl+Shift+M", tr("Send a mini-program card")),
        Key("Ctrl+Z", tr("Take back what you have just sent, in an empty reply")),
        Key("Enter", tr("Send the reply, or the bubble in focus")),
        Key("Ctrl+Enter", tr("Send what is chosen in the list of held replies")),
        Key("Delete", tr("Stop what is chosen in the list of held replies")),
        Key("Ctrl+N", tr("See what came after the bubble in focus")),
        Key("Alt+Enter", tr("Why, and what happened to the bubble in focus")),
        Key("Ctrl+O", tr("Send only the part in focus, of an answer that asks")),
        Key("Ctrl+D", tr("Say that the reply in focus arrived, of which nobody knows it")),
        Key("Ctrl+R", tr("Send the reply in focus again, of which nobody knows whether it arrived")),
        Key("Ctrl+E", tr("Change the waiting reply in focus")),
        Key("Escape", tr("Stop the waiting reply in focus")),
    )
