"""The tree of errors; each leaf says whether to try again and who is told.

    WxdeskError
    ├── BadInput               tell: its author · again: after mending it; a leaf for each thing that can be wrong
    ├── UnsettledReply             tell: operator (a reply is left to settle first) · again: after that
    ├── MoveNotAllowed             tell: operator (the state changed meanwhile) · again: no
    ├── DecisionOutdated           tell: nobody; an operator acted meanwhile · again: at once, as stored now
    ├── RulesOutdated              tell: nobody; another desk was faster · again: at once, from what it stored
    ├── NotFound                   tell: operator (someone removed it) · again: no
    ├── NotAllowed                 tell: operator · again: by somebody with the role, or after signing in
    ├── ClaimedByColleague         tell: operator · again: after they have said that they mean it
    ├── StoreError
    │   ├── StoreDamaged           tell: operator, file untouched · again: no
    │   ├── StoreTooNew            tell: operator, file untouched · again: with the newer program
    │   ├── HomeInUse              tell: operator · again: when the other desk is closed
    │   ├── DatabaseInUse          the same, of a database on a server
    │   └── LeaseLost              tell: who clicked; another server took over · again: with a new lease
    ├── PortInUse                  tell: operator · again: with another port
    ├── NoWindow                   tell: operator, in the terminal · again: with the library that is missing
    ├── NoDisplay                  tell: operator, in the terminal · again: with a display, or `wxdesk serve`
    ├── PushRefused                tell: nobody outside; counted · again: no
    └── SendError                  the result of sending one reply
        ├── NotSent                nothing left this machine · again: yes, with back-off
        ├── Recalled               an operator took it back before its call began · again: no
        ├── NotSendable            nothing left this machine, and nothing can · again: after mending it
        ├── Refused                WeChat refused: errcode · again: as `core.wechat.errcodes` says
        └── DeliveryUnknown        the answer never came · again: only by an operator

Messages are English sentences with `{named}` holes; `wxdesk.i18n.explain` gives them in the operator's
language. They never hold a secret, a token or an openid.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, init=False)
class Phrase:
    """English sentence with values for its holes, translated where it is read.

    So may the values be. Between two programs it goes as it is, since each may speak another language.
    """

    sentence: str
    values: Mapping[str, "str | int | float | Phrase"]

    def __init__(self, sentence: str, **values: object) -> None:
        kept = {name: one if isinstance(one, str | int | float | Phrase) else str(one) for name, one in values.items()}
        object.__setattr__(self, "sentence", sentence)
        object.__setattr__(self, "values", kept)

    def __str__(self) -> str:
        return self.sentence.format(**self.values) if self.values else self.sentence

    def __hash__(self) -> int:
        return hash(str(self))


type Text = str | Phrase
"""Text for `i18n.tr`: a sentence without holes, or one with its values."""


class WxdeskError(Exception):
    """Root of all that is raised on purpose: `template`, and `values` for its holes."""

    template = "{reason}"

    def __init__(self, **values: object) -> None:
        self.values = values
        super().__init__(self.template.format(**values))


class BadInput(WxdeskError):
    """Something that a person wrote is wrong."""


class BadConfig(BadInput):
    """config.toml or the environment has a value that this program cannot use."""

    template = "{file}: {key}: {reason}"

    def __init__(self, file: str | Phrase, key: object, reason: object) -> None:
        super().__init__(file=file, key=key, reason=reason)


class BadPreference(BadInput):
    """A preference out of bounds; `field` is the one of `Preferences`."""

    template = "This takes a number from {least} to {most}."

    def __init__(self, field: str, least: int, most: int) -> None:
        self.field = field
        super().__init__(least=least, most=most)


class BadPattern(BadInput):
    """A regular expression that does not compile, or that RE2 does not know."""

    template = "Pattern: {reason}"

    def __init__(self, reason: Text) -> None:
        self.reason = reason
        super().__init__(reason=reason)


class BadRule(BadInput):
    """A rule that cannot work: a wrong pattern, no action, an empty condition."""

    template = "Rule “{name}”: {reason}"


class UsedByRules(BadInput):
    """A change that is refused: `rules`, also disabled ones, use what it is about."""

    def __init__(self, rules: Iterable[str], **values: object) -> None:
        super().__init__(rules=" · ".join(rules), **values)


class CalendarInUse(UsedByRules):
    """Business hours that cannot be deleted."""

    template = "“{calendar}” cannot be deleted; used by: {rules}"


class CalendarChanged(BadInput):
    """Business hours that somebody else has changed as well since they were opened."""

    template = "“{calendar}” has been changed elsewhere meanwhile. Save again to keep what stands here."


class BadRulesFile(BadInput):
    """A rules file that was refused as a whole; nothing of it was taken over."""

    template = "{file}, line {line}: {reason}"


class BadTemplate(BadInput):
    """A Liquid template that does not parse or would not render. `line` counts from 1."""

    template = "Template, line {line}: {reason}"

    def __init__(self, line: int, reason: Text) -> None:
        self.line = line
        self.reason = reason
        super().__init__(line=line, reason=reason)


class MissingValue(BadTemplate):
    """A template shows variable `name`, such as `contact.alias`, that has no value."""

    def __init__(self, line: int, name: str, reason: Text) -> None:
        super().__init__(line, reason)
        self.name = name


class UnusableTemplate(BadInput):
    """A template that cannot be stored as it is."""

    template = "Template “{title}”: {reason}"


class ShortcutTaken(BadInput):
    """Another template has the shortcut."""

    template = "“{title}” has the shortcut “{shortcut}” already."


class BadPicture(BadInput):
    """Bytes that are not a picture WeChat takes, or that this program refuses to open."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason=reason)


class BadContent(BadInput):
    """A picture, link or card that WeChat would refuse; `field` of `Content` is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        self.field = field
        self.reason = reason
        super().__init__(reason=reason)


class ReplyEmpty(BadInput):
    """WeChat refuses a reply without text (44004)."""

    template = "The reply is empty."


class ReplyHasGap(BadInput):
    """A prepared reply lacks the value of variable `name` and cannot be sent."""

    template = "“{name}” has no value in this reply. Edit it and write what belongs there, then it can be sent."


class PartHasGap(ReplyHasGap):
    """Another part of the same answer lacks a value and keeps this part from leaving."""

    template = "“{name}” has no value in another part of this answer. Fill it in there first, then send this part."


class ReplyTooLong(BadInput):
    """WeChat refuses a text above its limit of bytes (45002)."""

    template = "The reply has {size} bytes; WeChat takes {limit}."


class PartsDiffer(BadInput):
    """A long text makes another number of parts than agreed to; nothing was sent."""

    template = "The number of messages is {made}, not {agreed}. Nothing was sent."


class TooFewRepliesLeft(BadInput):
    """WeChat would refuse the last parts of a long text (45047); none of it is sent."""

    template = "The text needs {needed} messages, and only {left} may be sent. Nothing was sent."


class MoveNotAllowed(WxdeskError):
    """A reply is no longer in a state from which this move exists."""

    template = "This reply is “{state}” now, so “{move}” is not possible."


class UnsettledReply(WxdeskError):
    """A reply needs the operator before its conversation can be snoozed or resolved."""

    template = "A reply here is left to you. Settle it first: what is set aside is out of sight."


class DecisionOutdated(WxdeskError):
    """An operator changed the conversation while the decision was made."""

    template = "The conversation has changed since the decision was made."


class RulesOutdated(WxdeskError):
    """Another desk changed the list of rules since it was read."""

    template = "The rules have changed since they were read."


class NotFound(WxdeskError):
    """The row that was asked for is not there (any more)."""

    template = "This {noun} does not exist any more."

    def __init__(self, noun: str) -> None:
        super().__init__(noun=noun)


def required[T](found: T | None, noun: str) -> T:
    """Return what was looked for; raises `NotFound` if it is missing or empty."""
    if not found:
        raise NotFound(noun)
    return found


class NotAllowed(WxdeskError):
    """An operator lacks the role for this, or nobody is signed in."""


class ClaimedByColleague(WxdeskError):
    """A conversation that another operator, `name`, has; nothing was done."""

    template = "{name} took this customer {ago} ago."


class StoreError(WxdeskError):
    """The database cannot be used; the file has not been changed."""


class StoreDamaged(StoreError):
    """The database file is not readable as one."""

    template = "The database {file} cannot be used: {reason}. It was left as it is; restore a backup or move it away."


class UnreadableValue(WxdeskError):
    """A stored value that is damaged, or that a newer program wrote."""

    template = (
        "The database holds something that this wxdesk cannot read: it is damaged, or a newer version wrote it. "
        "Restore a backup or update wxdesk."
    )


class StoreTooNew(StoreError):
    """The database was made by a newer version of this program."""

    template = "The database {file} was made by a newer wxdesk (schema {found}). It was left as it is; update wxdesk."


class HomeInUse(StoreError):
    """Another desk uses the same folder."""

    template = "Another wxdesk is already open on {home}. Close it first, or choose another folder with --home."


class DatabaseInUse(StoreError):
    """Another desk uses the same shared database."""

    template = "Another wxdesk works on this database already. Close it first, or run wxdesk serve beside it."


class LeaseLost(StoreError):
    """Another server works on the shared database; nothing was written."""

    template = "Another server has taken over the work, so nothing was done. Close wxdesk here and open it again."


class PortInUse(WxdeskError):
    """The listener's port is taken by another program."""

    template = "Port {port} on {host} is in use by another program. Choose another in config.toml, [listener] port."

    def __init__(self, host: str, port: int) -> None:
        super().__init__(host=host, port=port)
        self.host = host
        self.port = port


class NoWindow(WxdeskError):
    """The display lacks a library that the window needs; `reason` is the loader's own."""

    template = "The window cannot open: {reason}. On Debian and Ubuntu: {command}"


class NoDisplay(WxdeskError):
    """This machine has no display, or `display` does not answer."""

    template = "The window cannot open: {reason}. Without a display, run: wxdesk serve"

    def __init__(self, display: str = "") -> None:
        silent = Phrase("the display {display} does not answer", display=display)
        super().__init__(reason=silent if display else "there is no display")


class PushRefused(WxdeskError):
    """A request that is not a genuine push; `why` is for counters, not the sender."""

    template = "Push refused: {why}"

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why=why)


class SendError(WxdeskError):
    """A reply was not simply accepted."""

    def __init__(self, reason: str = "", **values: object) -> None:
        super().__init__(reason=reason, **values)


class NotSent(SendError):
    """The request certainly did not reach WeChat, or had no effect there.

    `busy`: something answered in WeChat's place (a gateway's page), to be treated as WeChat's own -1.
    """

    template = "Not sent: {reason}"

    def __init__(self, reason: str, *, busy: bool = False) -> None:
        self.busy = busy
        super().__init__(reason=reason)


class Recalled(SendError):
    """An operator took the reply back before it was sent; nothing has left."""

    template = "Taken back before it left."


class NotSendable(SendError):
    """The reply lacks something and cannot leave, such as the file of a picture."""

    template = "Not sent: {reason}"


class Refused(SendError):
    """WeChat answered with an errcode; `rid` identifies the call for 7 days."""

    template = "WeChat answered {errcode}: {errmsg}"

    def __init__(self, errcode: int, errmsg: str, rid: str = "") -> None:
        self.errcode = errcode
        self.errmsg = errmsg
        self.rid = rid
        super().__init__(errcode=errcode, errmsg=errmsg)


class DeliveryUnknown(SendError):
    """The request was written, but no readable answer came: it may have arrived."""

    template = "May have been delivered: {reason}"
