"""Validates rules against the templates, calendars and pictures of this desk."""

import asyncio
import re
from collections.abc import Container, Iterable, Iterator

from wxdesk.core.errors import BadRulesFile
from wxdesk.core.model.rule import Reference, Rule
from wxdesk.core.rules.faults import ReferenceCheck, RuleFault, find_faults
from wxdesk.desk.answers.liquid.engine import LiquidRenderer
from wxdesk.desk.answers.template_lookup import TemplateLookup
from wxdesk.desk.ports import PictureBytes
from wxdesk.desk.rules.file.reading import RulesFile, read_rules
from wxdesk.desk.rules.patterns import compile_pattern
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.i18n import tr

_DIGEST = re.compile(r"[0-9a-f]{64}")


class RuleValidator:
    """Finds faults in rules; without `pictures`, it takes theirs on trust."""

    def __init__(
        self, renderer: LiquidRenderer, calendars: Calendars, shelf: TemplateLookup, pictures: PictureBytes | None
    ) -> None:
        self._renderer = renderer
        self._calendars = calendars
        self._pictures = pictures
        self._against = ReferenceCheck(shelf.reason_against, pictures.holds if pictures else lambda _: True)

    async def look_for_pictures(self, rules: Iterable[Rule]) -> None:
        """Find out which pictures of these rules are kept, before they are judged."""
        if self._pictures:
            await self._pictures.look_for(pictures_of(rules))

    def fault_in(self, rule: Rule, calendars: Container[Reference] | None = None) -> RuleFault | None:
        """Return the first fault, or None; `calendars` replace the stored."""
        return next(self.faults_in(rule, calendars), None)

    async def read(self, text: str, file_name: str) -> RulesFile:
        """Read and validate a rules file that is to replace all rules, in a thread.

        Raises:
            BadRulesFile: it has a mistake, or no rule at all: a file that was cut off or never written would remove
                all rules without notice.
        """
        if self._pictures:
            await self._pictures.look_for(_DIGEST.findall(text))
        read = await asyncio.to_thread(read_rules, text, file_name, self.fault_in)
        if not read.rules:
            raise BadRulesFile(file_name, 1, tr("No [[rules]] stand in this file; it would remove all that there are."))
        return read

    def faults_in(self, rule: Rule, calendars: Container[Reference] | None = None) -> Iterator[RuleFault]:
        """Yield all faults; `calendars` replace the stored."""
        known = self._calendars.schedules if calendars is None else calendars
        return find_faults(rule, compile_pattern, self._renderer.mistakes, known, self._against)


def pictures_of(rules: Iterable[Rule]) -> frozenset[str]:
    """Return the digests of the pictures that rules name."""
    contents = [action.content for rule in rules for action in rule.then]
    return frozenset({picture for one in contents for picture in (one.picture, one.thumb_picture) if picture})
