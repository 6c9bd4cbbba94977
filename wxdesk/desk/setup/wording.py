"""Wording of one verdict, the names of the checks, and what a good finding tells."""

import re
from collections.abc import Mapping

from wxdesk.core.errors import Phrase, Text
from wxdesk.core.setup.findings import Check

_HOLE = re.compile(r"\{(\w+)\}")

UNKNOWN_VALUE = "…"
"""Filled into a hole whose value is not known."""


def holes(sentence: str) -> frozenset[str]:
    """Return the names of a sentence's holes."""
    return frozenset(_HOLE.findall(sentence))


class Wording:
    """English sentences of a verdict, the most exact first, and what mends it.

    The first whose values are all known is used, else the last. `remedy` is empty where there is nothing to do.
    """

    def __init__(self, *texts: str, remedy: str = "") -> None:
        self.texts = texts
        self.remedy = remedy

    def text(self, values: Mapping[str, Text]) -> Phrase:
        """Return the most exact sentence that these values can fill."""
        fitting = (sentence for sentence in self.texts if holes(sentence) <= values.keys())
        return filled(next(fitting, self.texts[-1]), values)


def filled(sentence: str, values: Mapping[str, Text]) -> Phrase:
    """Give a sentence the values of its holes; values of several words are sentences."""
    return Phrase(sentence, **{hole: _shown(values.get(hole, UNKNOWN_VALUE)) for hole in holes(sentence)})


def _shown(value: Text) -> Text:
    return Phrase(value) if isinstance(value, str) and " " in value else value


NAMES = {
    Check.LIBRARIES: "Libraries",
    Check.DISPLAY: "Window",
    Check.FOLDER: "Folder",
    Check.DISK: "Disk",
    Check.CONFIGURATION: "Configuration",
    Check.DATABASE: "Database",
    Check.LISTENER: "Listener",
    Check.KEYCHAIN: "Keychain",
    Check.SECRETS: "Secrets",
    Check.PUSH_MODE: "Push mode",
    Check.API: "WeChat's API",
    Check.CLOCK: "Clock of this machine",
    Check.TUNNEL: "Tunnel",
    Check.ADDRESS: "Public address",
    Check.URL_CHECK: "WeChat's check of the URL",
    Check.PUSH: "Message push",
    Check.MESSAGE: "A message from a phone",
    Check.RULES: "Rules",
    Check.POWER: "Sleep",
    Check.SOUND: "Sound of calls",
    Check.NOTICES: "Notices on the desktop",
    Check.FONT: "Chinese font",
}

GOOD = {
    Check.LIBRARIES: Wording("all of them load"),
    Check.DISPLAY: Wording("it can open"),
    Check.FOLDER: Wording("{path} can be written", "it can be written"),
    Check.DISK: Wording("{free} free", "there is room"),
    Check.CONFIGURATION: Wording("accounts: {accounts}", "config.toml is in order"),
    Check.DATABASE: Wording("opens and is sound"),
    Check.LISTENER: Wording("{host}:{port} is free", "it listens"),
    Check.SECRETS: Wording("complete, and of the right shape ({places})", "complete, and of the right shape"),
    Check.PUSH_MODE: Wording("{name}", "encrypted"),
    Check.API: Wording("access_token valid for {seconds} s", "WeChat gives an access_token"),
    Check.CLOCK: Wording("agrees with WeChat's"),
    Check.TUNNEL: Wording("{program} is installed", "it is connected"),
    Check.ADDRESS: Wording(
        "requests from outside arrive here and are answered in {seconds} s", "requests from outside arrive here"
    ),
    Check.URL_CHECK: Wording("WeChat has checked it, last on {time}", "WeChat has checked it"),
    Check.PUSH: Wording("messages have arrived"),
    Check.MESSAGE: Wording("a rule has answered one, last on {time}", "a rule has answered one"),
    Check.RULES: Wording("{n} in force", "there are rules in force"),
    Check.POWER: Wording("this computer stays awake"),
    Check.SOUND: Wording("played by {program}", "played by the system"),
    Check.NOTICES: Wording("shown"),
    Check.FONT: Wording("installed"),
}
"""Texts beside `ok`; checks that are not here tell that all is well."""

GOOD_CAUSES = {
    (Check.FOLDER, "new"): Wording("{path} can be made at the first start"),
    (Check.CONFIGURATION, "account"): Wording(
        "rules leave {n} of 5 to a human; {time} now, in {zone}", "rules leave {n} of 5 to a human"
    ),
    (Check.DATABASE, "open"): Wording("it keeps whatever arrives"),
    (Check.DATABASE, "empty"): Wording("none yet, made at the first start"),
    (Check.DATABASE, "older"): Wording("sound; the next start brings it up to date"),
    (Check.LISTENER, "any"): Wording("any free port of {host}"),
    (Check.LISTENER, "ours"): Wording("the open desk listens at {host}:{port}"),
    (Check.TUNNEL, "ssh"): Wording("the server {host}:{port} answers"),
    (Check.SECRETS, "former"): Wording("the former {name} is accepted until {time}"),
    (Check.NOTICES, "buttons"): Wording("shown, with buttons"),
}
"""Texts in their place where the value `cause` is known."""
