"""A stored answer becomes what a customer gets: what is asked for, and what comes out.

Everything that a customer wrote, and everything that the operator fills in, enters as a value and never as template
text. Nothing comes out with a hole in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from wxdesk.core.errors import MissingValue
from wxdesk.core.model import Content, ReplyKind
from wxdesk.core.render import harmless
from wxdesk.core.templates import ASK, Prompt, Template
from wxdesk.desk.liquid import NOTHING, LiquidRenderer
from wxdesk.i18n import tr

MOST_PLACEHOLDERS = 20
"""Values that an example may lack before its template counts as one that cannot be shown."""


@dataclass(frozen=True, slots=True)
class Filling:
    """One insertion of `template`: the `text` that was chosen, and what the operator is asked for it."""

    template: Template
    text: str
    prompts: tuple[Prompt, ...]
    values: Mapping[str, object]
    renderer: LiquidRenderer

    def content(self, answers: Mapping[str, str]) -> Content:
        """What is said. `answers` are by variable: `ask.order_no`, or another one that has no value of its own.

        Raises:
            MissingValue: an answer that is required, or a variable that is shown, is not there.
            BadTemplate: the text does not render.
        """
        if self.template.kind is not ReplyKind.TEXT:
            return self.template.content
        return Content(text=self.renderer.render(self.text, self._with(answers)))

    def example(self) -> Content:
        """What is said with each prompt's default, and with its question between marks where there is none.

        Raises:
            BadTemplate: as above, or for an unknown variable; never for lack of a value.
        """
        if self.template.kind is ReplyKind.TEXT:
            self.renderer.check(self.text, frozenset(), by_hand=True)
        answers = {f"{ASK}.{prompt.name}": prompt.default or _gap(prompt.question) for prompt in self.prompts}
        for _ in range(MOST_PLACEHOLDERS):
            try:
                return self.content(answers)
            except MissingValue as error:
                if error.name in answers:
                    raise
                answers[error.name] = _gap(error.name)
        return self.content(answers)

    def _with(self, answers: Mapping[str, str]) -> dict[str, object]:
        """All values: those of the conversation, and beside them what was asked."""
        filled = {**self.values, ASK: {prompt.name: self._answer(prompt, answers) for prompt in self.prompts}}
        for variable, answer in answers.items():
            root, _, name = variable.partition(".")
            if root != ASK and answer.strip():
                filled[root] = _set_in(filled.get(root), name, harmless(answer.strip()))
        return filled

    def _answer(self, prompt: Prompt, answers: Mapping[str, str]) -> object:
        variable = f"{ASK}.{prompt.name}"
        answer = answers.get(variable, prompt.default).strip()
        if answer:
            return harmless(answer)
        if prompt.required:
            raise MissingValue(1, variable, tr("“{name}” has to be filled in.", name=prompt.question))
        return NOTHING


def _set_in(value: object, name: str, answer: str) -> object:
    """`value` with the field `name`; without a name the answer itself."""
    if not name:
        return answer
    return {**(value if isinstance(value, Mapping) else {}), name: answer}


def _gap(question: str) -> str:
    return f"‹{question}›"
