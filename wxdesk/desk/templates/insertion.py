"""Starts the insertion of a template: chooses its variant, finds its values."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from wxdesk.core.errors import BadTemplate
from wxdesk.core.model.content import ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.templates import Prompt, Template
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.filling import Filling, text_values
from wxdesk.desk.answers.liquid.engine import LiquidRenderer
from wxdesk.desk.settings.business_hours import Calendars


@dataclass(frozen=True, slots=True)
class TemplateFiller:
    """Starts insertions.

    `_choose` gives a number below the one it gets, for templates with random variants.
    """

    _renderer: LiquidRenderer
    _calendars: Calendars
    _choose: Callable[[int], int] = random.randrange

    def mistakes(self, text: str) -> tuple[BadTemplate, ...]:
        """Return all mistakes that keep `text` out of a template."""
        return self._renderer.mistakes(text, frozenset(), by_hand=True)

    def prompts(self, texts: Sequence[str], declared: Sequence[Prompt]) -> tuple[Prompt, ...]:
        """Return the prompts for the values that `texts` ask for.

        Those in `declared` are used, others have a name only. A text that does not parse asks for nothing.
        """
        known = {prompt.name: prompt for prompt in declared}
        names = dict.fromkeys(name for text in texts for name in self._asked(text))
        return tuple(known.get(name, Prompt(name)) for name in names)

    def begin(self, template: Template, occasion: RuleContext, variant: int | None = None) -> Filling:
        """Start an insertion; `variant` counts from 0, None lets the template choose."""
        text = template.texts[self._variant(template) if variant is None else variant]
        sources = [text] if template.kind is ReplyKind.TEXT else template.sources
        schedule = next(iter(self._calendars.schedules.values()), None)
        values = text_values(occasion, {}, schedule, self._calendars.zone, "\n".join(sources))
        return Filling(template, text, self.prompts(sources, template.prompts), values, self._renderer)

    def _variant(self, template: Template) -> int:
        count = len(template.texts)
        match template.variant:
            case Variant.FIRST:
                return 0
            case Variant.RANDOM:
                return self._choose(count)
            case Variant.ROTATE:
                return template.uses % count

    def _asked(self, text: str) -> tuple[str, ...]:
        try:
            return self._renderer.asked(text)
        except BadTemplate:
            return ()
