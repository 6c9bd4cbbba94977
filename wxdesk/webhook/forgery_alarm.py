"""Warning to the operator when plain-text pushes reach an encrypted account."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from wxdesk.core.events import Event, TroubleRaised
from wxdesk.desk.ports import Clock
from wxdesk.i18n import tr

logger = logging.getLogger(__name__)

QUIET = timedelta(hours=1)
"""Pause between warnings of an account; the traffic page shows every attempt."""


class ForgeryAlarm:
    """Raises `TroubleRaised` for an account that refused a plain-text message."""

    def __init__(self, publish: Callable[[Event], None], clock: Clock) -> None:
        self._publish = publish
        self._clock = clock
        self._warned_at: dict[str, datetime] = {}

    def plain_text_refused(self, account: str) -> None:
        """Warn of a plain-text push to an account that takes only encrypted ones."""
        now = self._clock()
        told_at = self._warned_at.get(account)
        if told_at is not None and now - told_at < QUIET:
            return
        self._warned_at[account] = now
        logger.warning("A message in plain text was refused for %s, which takes only encrypted ones", account)
        text = tr(
            "Somebody tried to slip a message in plain text into “{account}”, which takes only encrypted ones. It was "
            "refused. If it was you: message push in WeChat's console is not set to secure mode.",
            account=account,
        )
        self._publish(TroubleRaised(f"plain_text:{account}", text, passing=True))
