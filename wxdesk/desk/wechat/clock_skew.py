"""What to say about this machine's clock, when it is compared with WeChat's.

By a fast one every message looks old, and old messages are left to the human (`core.guards`); by a slow one reply
windows seem to be open that are closed.
"""

from __future__ import annotations

from datetime import timedelta

from wxdesk.i18n import ntr, tr

TOLERATED = timedelta(minutes=1)
"""The shortest reply window; and an answer of WeChat's may take some seconds."""


def clock_words(ahead: timedelta) -> str:
    """What is wrong with a clock that is so much ahead of WeChat's, and what to do; nothing if it goes right."""
    if abs(ahead) < TOLERATED:
        return ""
    if ahead > timedelta(0):
        return tr(
            "The clock of this machine is {span} fast, so messages seem old and rules do not answer them. "
            "Set it right: switch on network time in the system's settings.",
            span=_span(ahead),
        )
    return tr(
        "The clock of this machine is {span} slow, so replies seem possible that WeChat refuses. "
        "Set it right: switch on network time in the system's settings.",
        span=_span(-ahead),
    )


def _span(length: timedelta) -> str:
    minutes = length // timedelta(minutes=1)
    return ntr("{n} minute", "{n} minutes", minutes) if minutes < 120 else ntr("{n} hour", "{n} hours", minutes // 60)
