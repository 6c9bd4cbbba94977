"""The changes that importing a rules file makes, and a summary in one sentence."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from enum import Enum
from functools import reduce

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.model.rule import Rule
from wxdesk.core.rules.business_hours import Calendar
from wxdesk.core.rules.pairing import out_of_order, paired_rules
from wxdesk.desk.rules.file.reading import RulesFile
from wxdesk.i18n import ntr, number_text, tr

MOST_NAMES = 3
"""Names of several rules that a summary tells, the most frequent."""


class RuleChangeKind(Enum):
    """Kind of change to a rule."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"
    GONE = "gone"


class RuleChange(Struct, frozen=True):
    """One rule before and after; places count from 1, and 0 means none.

    `moved`: its order among the rules that stay differs.
    """

    change: RuleChangeKind
    before: Rule | None = None
    after: Rule | None = None
    place_before: int = 0
    place_after: int = 0
    moved: bool = False

    @property
    def rule(self) -> Rule:
        """The rule after the import, else before."""
        rule = self.after or self.before
        assert rule is not None  # noqa: S101 - it is one of both
        return rule

    @property
    def switched(self) -> bool:
        """True if the import switches it on or off."""
        return bool(self.before and self.after and self.before.enabled is not self.after.enabled)

    @property
    def changes_nothing(self) -> bool:
        """True if the rule stays as it is."""
        return self.change is RuleChangeKind.SAME and not self.moved and not self.switched


class CalendarChange(Struct, frozen=True):
    """Business hours that are added (no `before`) or changed."""

    before: Calendar | None
    after: Calendar


class ImportCheck(Struct, frozen=True):
    """Changes of an import: the file's rules in order, deleted ones, and calendars.

    Calendars that the file does not name stay. `unknown_accounts` are names that its conditions ask for and nobody has.
    """

    rules: tuple[RuleChange, ...] = ()
    calendars: tuple[CalendarChange, ...] = ()
    unknown_accounts: tuple[str, ...] = ()

    def having(self, change: RuleChangeKind) -> tuple[RuleChange, ...]:
        """Return the rules with this kind of change."""
        return tuple(one for one in self.rules if one.change is change)

    @property
    def before(self) -> int:
        """The number of rules before the import."""
        return sum(one.before is not None for one in self.rules)

    @property
    def after(self) -> int:
        """The number of rules after the import."""
        return sum(one.after is not None for one in self.rules)

    @property
    def changes_nothing(self) -> bool:
        """True if the import changes nothing at all."""
        return not self.calendars and all(one.changes_nothing for one in self.rules)


def check_import(
    stored: Sequence[Rule], calendars: Sequence[Calendar], file: RulesFile, accounts: Collection[str] = ()
) -> ImportCheck:
    """Compare a file with the `stored` rules, `calendars` and `accounts`, if any."""
    matches = paired_rules(file.rules, stored)
    places = {rule.id: place for place, rule in enumerate(stored, 1)}
    moved = out_of_order([places[matches[index].id] for index in sorted(matches)])
    entries: list[RuleChange] = []
    for index, rule in enumerate(file.rules):
        before = matches.get(index)
        if before is None:
            entries.append(RuleChange(RuleChangeKind.NEW, None, rule, 0, index + 1))
            continue
        change = RuleChangeKind.SAME if before.written == rule.written else RuleChangeKind.CHANGED
        place = places[before.id]
        entries.append(RuleChange(change, before, rule, place, index + 1, place in moved))
    stay = {rule.id for rule in matches.values()}
    gone = (RuleChange(RuleChangeKind.GONE, rule, None, places[rule.id]) for rule in stored if rule.id not in stay)
    known = {calendar.name: replace(calendar, id=0) for calendar in calendars}
    changed = (CalendarChange(known.get(one.name), one) for one in file.calendars if known.get(one.name) != one)
    named = (when.account for rule in file.rules for when in rule.when.both) if accounts else ()
    unknown = dict.fromkeys(name for name in named if name and name not in accounts)
    return ImportCheck((*entries, *gone), tuple(changed), tuple(unknown))


def import_forecast(check: ImportCheck) -> str:
    """Summarise in one sentence what the import would change."""
    rules = ntr("{n} rule", "{n} rules", check.after)
    return _sentence(tr("{rules} instead of {before}", rules=rules, before=number_text(check.before)), check)


def import_summary(check: ImportCheck) -> str:
    """Summarise in one sentence what the import has changed."""
    now = ntr("{n} rule now", "{n} rules now", check.after)
    return _sentence(tr("{now}, {before} before", now=now, before=number_text(check.before)), check)


def moves_of(change: RuleChange) -> list[str]:
    """Tell whether a rule is turned on or off, and whether it changes its place."""
    said = [tr("turned on") if change.rule.enabled else tr("turned off")] if change.switched else []
    place = tr("place {before} → {after}", before=change.place_before, after=change.place_after)
    return [*said, place] if change.moved else said


def _sentence(head: str, check: ImportCheck) -> str:
    parts = tr(", ").join(_parts(check))
    said = tr("{head}: {parts}.", head=head, parts=parts) if parts else tr("{head}.", head=head)
    names = Counter(one.after.name for one in check.rules if one.after is not None).most_common(MOST_NAMES)
    shared = (tr("{n} rules are called “{name}”.", n=n, name=name) for name, n in names if n > 1)
    unknown = (tr("There is no mini program “{name}”.", name=name) for name in check.unknown_accounts)
    return reduce(lambda before, more: tr("{said} {more}", said=before, more=more), (*shared, *unknown), said)


def _parts(check: ImportCheck) -> Iterator[str]:
    count = {change: len(check.having(change)) for change in RuleChangeKind}
    moved = sum(one.moved for one in check.rules)
    switched = sum(one.switched for one in check.rules)
    same = sum(one.changes_nothing for one in check.rules)
    added = sum(one.before is None for one in check.calendars)
    edited = len(check.calendars) - added
    for number, said in (
        (count[RuleChangeKind.NEW], ntr("{n} new", "{n} new", count[RuleChangeKind.NEW])),
        (count[RuleChangeKind.CHANGED], ntr("{n} changed", "{n} changed", count[RuleChangeKind.CHANGED])),
        (count[RuleChangeKind.GONE], ntr("{n} removed", "{n} removed", count[RuleChangeKind.GONE])),
        (moved, ntr("{n} moved", "{n} moved", moved)),
        (switched, ntr("{n} switched on or off", "{n} switched on or off", switched)),
        (same, ntr("{n} the same", "{n} the same", same)),
        (added, ntr("{n} calendar added", "{n} calendars added", added)),
        (edited, ntr("{n} calendar changed", "{n} calendars changed", edited)),
    ):
        if number:
            yield said


def pictures_left_behind(pictures: int) -> str:
    """Warn that pictures named in an exported file stay on this machine; empty for 0."""
    if not pictures:
        return ""
    one = "{n} picture stays on this machine; elsewhere the file is refused until it is chosen again or taken out"
    many = "{n} pictures stay on this machine; elsewhere the file is refused until they are chosen again or taken out"
    return ntr(one, many, pictures)
