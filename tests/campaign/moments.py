"""What else happens in the midst of a step, and when."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from wxdesk.core.events import DecisionMade, Event, MessageKept, ReplyChanged
from wxdesk.core.model.reply import ReplyState


@dataclass
class Jump:
    """The clock moves so far, after so many steps of what happens next."""

    span: timedelta
    steps: int


class Moment(StrEnum):
    """When something else begins to happen, counted in the course of what happens."""

    AT_ONCE = "at once"
    KEPT = "kept"
    DECIDED = "decided"
    QUEUED = "queued"
    SENDING = "sending"

    @classmethod
    def of(cls, event: Event) -> "Moment | None":
        """The moment that an event tells."""
        match event:
            case MessageKept():
                return cls.KEPT
            case DecisionMade():
                return cls.DECIDED
            case ReplyChanged(state=ReplyState.QUEUED):
                return cls.QUEUED
            case ReplyChanged(state=ReplyState.SENDING):
                return cls.SENDING
        return None


@dataclass(frozen=True)
class Meanwhile:
    """Something else that happens, from that moment on or a few steps later."""

    act: Callable[[], Coroutine[Any, Any, object]]
    moment: Moment
