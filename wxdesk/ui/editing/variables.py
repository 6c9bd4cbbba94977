"""The variables of a reply's text, as the menus of both editors and the form for inserting name them."""

from __future__ import annotations

from collections.abc import Iterable

from wxdesk.core.render import VARIABLES
from wxdesk.i18n import tr


def variable_names(groups: Iterable[str] = ()) -> list[tuple[str, str]]:
    """What a template can show: the name to write, and what it is."""
    meanings = {
        "contact.alias": tr("the customer's name, as you gave it"),
        "message.text": tr("what the customer wrote"),
        "time": tr("the time, as 14:05"),
        "date": tr("the date"),
        "hours.next_open": tr("when it opens next"),
        "hours.next_close": tr("when it closes next"),
        "window.left": tr("replies that are left"),
        "account": tr("the mini program's name"),
        "session.value": tr("where the customer came from last; session.id and the like, if it has fields"),
        "contact.short_id": tr("the end of the customer's openid"),
    }
    known = [(name, text) for name, text in meanings.items() if name.partition(".")[0] in VARIABLES]
    return [*((f"m.{group}", tr("found by the pattern")) for group in groups), *known]
