"""The operator's templates: validated, stored, counted and inserted."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace

from wxdesk.core.errors import BadTemplate, UnusableTemplate
from wxdesk.core.events import Event, TemplatesChanged
from wxdesk.core.model.content import Content, ReplyKind
from wxdesk.core.templates import Template, TemplateFault, template_faults
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.filling import Filling
from wxdesk.desk.ports import Clock
from wxdesk.desk.templates.insertion import TemplateFiller
from wxdesk.store.templates import Templates


@dataclass(frozen=True, slots=True)
class TemplateLibrary:
    """All templates; methods that are no coroutines may be called on any thread.

    `_changed` is awaited after each change, for the rules that answer with templates.
    """

    _templates: Templates
    _filler: TemplateFiller
    _clock: Clock
    _publish: Callable[[Event], None]
    _changed: Callable[[], Awaitable[None]]

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
            raise BadTemplate(fault.line, fault.reason) if fault.line else UnusableTemplate(tidy.title, fault.reason)
        saved = await self._templates.save(tidy, self._clock())
        await self._tell()
        return saved

    async def save_all(self, templates: Sequence[Template]) -> list[Template]:
        """Store these one after the other, up to the first that `save` refuses."""
        return [await self.save(template) for template in templates]

    async def delete(self, template_id: int) -> None:
        """Delete a template; raises `NotFound`, or `TemplateInUse` if a rule uses it."""
        await self._templates.delete(template_id)
        await self._tell()

    async def put_back(self, template: Template) -> None:
        """Undo the deletion of `template`; raises `ShortcutTaken`, `TemplateNameInUse`."""
        await self._templates.put_back(template)
        await self._tell()

    async def count_use(self, template_id: int) -> None:
        """Count one insertion of a template."""
        await self._templates.count_use(template_id, self._clock())
        self._publish(TemplatesChanged())

    async def _tell(self) -> None:
        await self._changed()
        self._publish(TemplatesChanged())

    def faults(self, template: Template) -> tuple[TemplateFault, ...]:
        """Return all that keeps `template` from being stored, except a taken shortcut."""
        return tuple(template_faults(template, self._filler.mistakes))

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
            prompts=self._filler.prompts(template.sources, template.prompts),
            content=Content() if is_text else template.content,
        )

    def begin(self, template: Template, occasion: RuleContext, variant: int | None = None) -> Filling:
        """Start inserting `template`; `variant` counts from 0, None lets it choose."""
        return self._filler.begin(template, occasion, variant)

    def one_line(self, template: Template, occasion: RuleContext) -> str:
        """Return the text of `template` on one line; its source if that has a mistake."""
        try:
            said = self.begin(template, occasion, 0).unchecked_example().summary
        except BadTemplate:
            return template.summary
        return " ".join(said.split())
