"""Sentences about a change of one or several conversations."""

from datetime import datetime

from wxdesk.core.conversations.row_change import RowAct, RowChange, RowsChanged
from wxdesk.i18n import ntr, tr
from wxdesk.ui.wording.status import upcoming_time


def changed_text(change: RowChange, result: RowsChanged, name: str, now: datetime) -> str:
    """Return the news of a change; empty where it can be seen at once.

    `name` is the contact, or the number of conversations.
    """
    left = len(result.unsettled)
    rest = ntr("{n} stays in the list, because a reply there is left to you.",
               "{n} stay in the list, because a reply there is left to you.", left)  # fmt: skip
    return " ".join((_said(change, result.until, name, now), rest)) if left else _said(change, result.until, name, now)


def _said(change: RowChange, until: datetime | None, name: str, now: datetime) -> str:
    if change.act is not RowAct.SNOOZE or until is None or change.until is None:
        return tr(_SAID.get(change.act, ""), name=name, tag=change.tag)
    when = upcoming_time(until, now)
    if until < change.until:
        return tr("Snoozed until {when}, before the reply window closes: {name}", when=when, name=name)
    return tr("Snoozed until {when}: {name}", when=when, name=name)


_SAID = {
    RowAct.READ: "Marked as read: {name}",
    RowAct.UNREAD: "Marked as unread: {name}",
    RowAct.PIN: "Pinned on top: {name}",
    RowAct.UNPIN: "Not on top any more: {name}",
    RowAct.RESOLVE: "Resolved: {name}",
    RowAct.BLOCK: "Blocked: {name}",
    RowAct.UNBLOCK: "Not blocked any more: {name}",
    RowAct.TAG: "Tagged “{tag}”: {name}",
    RowAct.UNTAG: "Tag “{tag}” taken away: {name}",
}
