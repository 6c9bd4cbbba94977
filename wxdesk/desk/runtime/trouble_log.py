"""Log lines of troubles, for a server without a window."""

import logging

from wxdesk.core.errors import Text
from wxdesk.core.events import Event, TroubleRaised
from wxdesk.i18n import tr

log = logging.getLogger(__name__)


class TroubleLog:
    """Logs each trouble once, and its end, both at WARNING: stderr begins there."""

    def __init__(self) -> None:
        self._told: dict[str, Text] = {}

    def on_event(self, event: Event) -> None:
        """Log a trouble that began, changed or ended."""
        match event:
            case TroubleRaised(key, "") if key in self._told:
                log.warning("%s", tr("Over: {what}", what=f"{key}: {tr(self._told.pop(key))}"))
            case TroubleRaised(key, text) if text and text != self._told.get(key):
                self._told[key] = text
                log.warning("%s: %s", key, tr(text))
            case _:
                pass
