"""The rest of a setting's sentence behind its number, which goes by the number: one minute, two minutes."""

from __future__ import annotations

from wxdesk.i18n import ntr


def undo(n: int) -> str:
    """How long what the operator sent can be undone."""
    return ntr("second (0: it leaves at once)", "seconds (0: it leaves at once)", n)


def late(n: int) -> str:
    """From when on an automatic reply is too late."""
    return ntr("minute late waits as a draft instead", "minutes late waits as a draft instead", n)


def idle(n: int) -> str:
    """After how long nobody is at the desk."""
    many = "minutes without key or mouse in this window nobody is at the desk"
    return ntr("minute without key or mouse in this window nobody is at the desk", many, n)


def absent(n: int) -> str:
    """After how long an absence takeovers without an end go back."""
    return ntr("minute away (0: never)", "minutes away (0: never)", n)


def again(n: int) -> str:
    """How often the sound comes again."""
    return ntr("second until somebody looks (0: once)", "seconds until somebody looks (0: once)", n)


def warned(n: int) -> str:
    """How long before the end of the time for replies."""
    many = "hours before the time for replies ends with no answer (0: never)"
    return ntr("hour before the time for replies ends with no answer (0: never)", many, n)


def stopping(n: int) -> str:
    """How long an automatic reply waits for the operator."""
    return ntr("second to stop or change them", "seconds to stop or change them", n)
