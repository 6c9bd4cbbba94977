"""Rest of a setting's sentence after its number, in the number's plural form."""

from __future__ import annotations

from wxdesk.i18n import ntr


def undo(n: int) -> str:
    """Return the text for the time in which a sent reply can be undone."""
    return ntr("second (0: it leaves at once)", "seconds (0: it leaves at once)", n)


def late(n: int) -> str:
    """Return the text for the age at which an automatic reply is too late."""
    return ntr("minute late waits as a draft instead", "minutes late waits as a draft instead", n)


def idle(n: int) -> str:
    """Return the text for the idle time after which nobody is at the desk."""
    many = "minutes without key or mouse in this window nobody is at the desk"
    return ntr("minute without key or mouse in this window nobody is at the desk", many, n)


def absent(n: int) -> str:
    """Return the text for the absence after which endless takeovers are handed back."""
    return ntr("minute away (0: never)", "minutes away (0: never)", n)


def again(n: int) -> str:
    """Return the text for the interval at which the sound is repeated."""
    return ntr("second until somebody looks (0: once)", "seconds until somebody looks (0: once)", n)


def warned(n: int) -> str:
    """Return the text for the warning before the reply window closes."""
    many = "hours before the time for replies ends with no answer (0: never)"
    return ntr("hour before the time for replies ends with no answer (0: never)", many, n)


def stopping(n: int) -> str:
    """Return the text for the time that an automatic reply is held."""
    return ntr("second to stop or change them", "seconds to stop or change them", n)
