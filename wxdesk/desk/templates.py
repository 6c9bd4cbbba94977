"""Templates: validated, stored, counted and inserted; those that come with wxdesk."""

import random
import tomllib
from collections.abc import Awaitable, Callable, Sequence

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.errors import BadTemplate, UnusableTemplate
from wxdesk.core.events import Event, TemplatesChanged
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.model.rule import Variant
from wxdesk.core.templates import Prompt, Template, TemplateFault, template_faults
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.filling import Filling, text_values
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer
from wxdesk.desk.ports import Clock
from wxdesk.desk.settings.business_hours import Calendars
from wxdesk.paths import resource
from wxdesk.store.templates import Templates


class TemplateLibrary(Struct, frozen=True):
    """All templates; methods that are no coroutines may be called on any thread.

    `_changed` is awaited after each change, for the rules that answer with templates. `_choose` gives a number below
    the one it gets, for templates with random variants.
    """

    _templates: Templates
    _renderer: LiquidRenderer
    _calendars: Calendars
    _clock: Clock
    _publish: Callable[[Event], None]
    _changed: Callable[[], Awaitable[None]]
    _choose: Callable[[int], int] = random.randrange

    async def all(self) -> list[Template]:
        """Return all templates by title."""
        return await self._templates.all()

    async def revisions(self, template_id: int) -> list[Template]:
        """Return all saved revisions of one, newest first."""
        return await self._templates.revisions(template_id)

    async def save(self, template: Template) -> Template:
        """Validate and store `template`; return it with its id and revision.

        Raises:
            BadTemplate, UnusableTemplate, ShortcutTaken, NotFound: nothing was stored.
            PromptWithoutDefault, TemplateNameInUse: rules would lose their answer; nothing was stored.
        """
        tidy = self.tidied(template)
        for fault in self.faults(tidy):
            raise (
                BadTemplate(fault.line, fault.reason)
                if fault.line
                else UnusableTemplate(title=tidy.title, reason=fault.reason)
            )
        saved = await self._templates.save(tidy, self._clock())
        await self._publish_change()
        return saved

    async def save_all(self, templates: Sequence[Template]) -> list[Template]:
        """Store these one after the other, up to the first that `save` refuses."""
        return [await self.save(template) for template in templates]

    async def delete(self, template_id: int) -> None:
        """Delete a template; raises `NotFound`, or `TemplateInUse` if a rule uses it."""
        await self._templates.delete(template_id)
        await self._publish_change()

    async def put_back(self, template: Template) -> None:
        """Undo the deletion of `template`; raises `ShortcutTaken`, `TemplateNameInUse`."""
        await self._templates.put_back(template)
        await self._publish_change()

    async def count_use(self, template_id: int) -> None:
        """Count one insertion of a template."""
        await self._templates.count_use(template_id, self._clock())
        self._publish(TemplatesChanged())

    async def _publish_change(self) -> None:
        await self._changed()
        self._publish(TemplatesChanged())

    def faults(self, template: Template) -> tuple[TemplateFault, ...]:
        """Return all that keeps `template` from being stored, except a taken shortcut."""
        return tuple(template_faults(template, self._mistakes))

    def tidied(self, template: Template) -> Template:
        """Return the template stripped of blanks, with its prompts and kind's fields only."""
        is_text = template.kind is ReplyKind.TEXT
        return replace(
            template,
            title=template.title.strip(),
            shortcut=template.shortcut.strip().removeprefix("/"),
            category=template.category.strip(),
            keywords=tuple(dict.fromkeys(word.strip() for word in template.keywords if word.strip())),
            body=template.body if is_text else "",
            others=template.others if is_text else (),
            prompts=self._prompts(template.sources, template.prompts),
            content=Content() if is_text else template.content,
        )

    def begin(self, template: Template, context: RuleContext, variant: int | None = None) -> Filling:
        """Start inserting `template`; `variant` counts from 0, None lets it choose."""
        text = template.texts[self._variant(template) if variant is None else variant]
        sources = [text] if template.kind is ReplyKind.TEXT else template.sources
        schedule = next(iter(self._calendars.schedules.values()), None)
        values = text_values(context, {}, schedule, self._calendars.zone, "\n".join(sources))
        return Filling(template, text, self._prompts(sources, template.prompts), values, self._renderer)

    def one_line(self, template: Template, context: RuleContext) -> str:
        """Return the text of `template` on one line; its source if that has a mistake."""
        try:
            said = self.begin(template, context, 0).unchecked_example().summary
        except BadTemplate:
            return template.summary
        return " ".join(said.split())

    def _mistakes(self, text: str) -> tuple[BadTemplate, ...]:
        return self._renderer.mistakes(text, frozenset(), by_hand=True)

    def _prompts(self, texts: Sequence[str], declared: Sequence[Prompt]) -> tuple[Prompt, ...]:
        """Return the prompts for the values that `texts` ask for.

        Those in `declared` are used, others have a name only. A text that does not parse asks for nothing.
        """
        known = {prompt.name: prompt for prompt in declared}
        names = dict.fromkeys(name for text in texts for name in self._prompts_in(text))
        return tuple(known.get(name, Prompt(name)) for name in names)

    def _variant(self, template: Template) -> int:
        count = len(template.texts)
        match template.variant:
            case Variant.FIRST:
                return 0
            case Variant.RANDOM:
                return self._choose(count)
            case Variant.ROTATE:
                return template.uses % count

    def _prompts_in(self, text: str) -> tuple[str, ...]:
        try:
            return self._renderer.asked(text)
        except BadTemplate:
            return ()


def starter_templates(language: str) -> tuple[Template, ...]:
    """Read those of a language of `i18n.LANGUAGES`, in the order of the file."""
    written = tomllib.loads(resource("templates", f"starter.{language}.toml").read_text(encoding="utf-8"))
    return msgspec.convert([{"id": 0, **one} for one in written["templates"]], type=tuple[Template, ...])
