"""Names and meanings of the variables of a reply's text, for menus and forms."""

from __future__ import annotations

from collections.abc import Iterable

from wxdesk.core.content.variables import VARIABLES
from wxdesk.i18n import tr


def variable_names(groups: Iterable[str] = ()) -> list[tuple[str, str]]:
    """Return names and meanings of variables; `groups` are those of patterns."""
    meanings = {
        "contact.alias": tr("the customer's name, as you gave it"),
        "message.text": tr("what the customer wrote"),
        "time": tr("the time, as 14:05"),
        "date": tr("the date"),
        "weekday": tr("the day of the week: 1 is Monday, 7 is Sunday"),
        "hours.open": tr("whether it is open now, for {% if %}"),
        "hours.next_open": tr("when it opens next"),
        "hours.next_close": tr("when it closes next"),
        "window.left": tr("replies that are left"),
        "window.until": tr("until when replies are possible"),
        "account": tr("the mini program's name"),
        "session_from.value": tr("where this entry comes from; session_from.id and the like"),
        "session.value": tr("where the customer came from last; session.id and the like, if it has fields"),
        "contact.short_id": tr("the end of the customer's openid"),
        "message.type": tr("the kind of the message, as text or image"),
    }
    known = [(name, text) for name, text in meanings.items() if name.partition(".")[0] in VARIABLES]
    return [*((f"m.{group}", tr("found by the pattern")) for group in groups), *known]
