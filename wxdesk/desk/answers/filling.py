"""Fills a template with values and with the operator's answers to its prompts.

Everything that a customer wrote or an operator fills in enters as a value, never as template text. Nothing
comes out with a hole in it.
"""

import time
from collections.abc import Iterator, Mapping
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import Any
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from wxdesk.core.content import limits as contents
from wxdesk.core.content.variables import variables, without_markup
from wxdesk.core.errors import MissingValue, Phrase
from wxdesk.core.model.reply import Content, ReplyKind
from wxdesk.core.normalise import is_chinese, is_visible
from wxdesk.core.replies.gaps import MarkedText, gap_mark
from wxdesk.core.rules.business_hours import Schedule
from wxdesk.core.templates import ASK, Prompt, Template
from wxdesk.desk.answers.answer import RuleContext
from wxdesk.desk.answers.liquid.bounds import SECONDS
from wxdesk.desk.answers.liquid.renderer import LiquidRenderer

MOST_PLACEHOLDERS = 20
"""Missing values before a template counts as one that cannot be shown."""

NO_ANSWERS: Mapping[str, str] = MappingProxyType({})


class Filling(Struct, frozen=True):
    """One insertion of `template`: the chosen `text` and the prompts to be answered."""

    template: Template
    text: str
    prompts: tuple[Prompt, ...]
    values: Mapping[str, object]
    renderer: LiquidRenderer

    def content(self, answers: Mapping[str, str], gaps: list[str] | None = None) -> Content:
        """Fill the template.

        `answers` are by variable (`ask.order_no`, or another one that has no value of its own), or by the
        expression that shows nothing. With `gaps`, marks stand where nothing can be shown, and it gets their names.

        Raises:
            MissingValue: an answer that is required, or something that is shown, is not there.
            BadTemplate: the text does not render.
        """
        if self.template.kind is ReplyKind.TEXT:
            return Content(text=self._shown(self.text, answers, gaps))
        written = contents.words_of(self.template.content).items()
        filled: dict[str, Any] = {
            name: self._field(name, text, answers, gaps) for name, text in written if contents.has_liquid(text)
        }
        return replace(self.template.content, **filled)

    def _field(self, name: str, text: str, answers: Mapping[str, str], gaps: list[str] | None) -> str:
        """Fill one field of a link or card, on one line except the description."""
        if name in contents.ADDRESSES:
            return self._shown(text, answers, gaps, address=True).strip()
        words = self._shown(text, answers, gaps)
        return words.strip() if name == "description" else " ".join(words.split())

    def _shown(self, text: str, answers: Mapping[str, str], gaps: list[str] | None, *, address: bool = False) -> str:
        instead = {name: without_markup(answer.strip()) for name, answer in answers.items() if is_visible(answer)}
        return self.renderer.render(text, self._with(answers), gaps, instead, address=address)

    def example(self) -> Content:
        """Fill the template with each prompt's default, else a mark with its question.

        Raises:
            BadTemplate: as above, or for an unknown variable; never for lack of a value.
        """
        for source in (self.text,) if self.template.kind is ReplyKind.TEXT else self.template.sources:
            self.renderer.check(source, frozenset(), by_hand=True)
        return self.unchecked_example()

    def unchecked_example(self) -> Content:
        """Fill the example without checking the text first."""
        asked = {f"{ASK}.{prompt.name}": prompt.default or MarkedText.of(prompt.question) for prompt in self.prompts}
        return replace(self.prepared(asked), gaps=())

    def prepared(self, answers: Mapping[str, str] = NO_ANSWERS) -> Content:
        """Fill the template, with a mark for each missing value, named in its `gaps`.

        Raises:
            BadTemplate: as above; for lack of a value only where a condition needs it, and a mark does not help.
        """
        given, judged, until = dict(answers), list[str](), 0.0
        while True:
            shown: list[str] = []
            try:
                content = self.content(given, shown)
                gaps = tuple(dict.fromkeys((*judged, *shown)))
                return _with_decoded_marks(replace(content, gaps=gaps)) if gaps else content
            except MissingValue as error:
                now = time.thread_time()
                until = until or now + SECONDS  # from here, as the first rendering may load Liquid
                if error.name in given or len(judged) == MOST_PLACEHOLDERS or now > until:
                    raise
                given[error.name] = MarkedText.of(error.name)
                judged.append(error.name)

    def _with(self, answers: Mapping[str, str]) -> dict[str, object]:
        """Return all values: the conversation's and the answers to prompts."""
        filled = {**self.values, ASK: {prompt.name: self._answer(prompt, answers) for prompt in self.prompts}}
        for variable, answer in answers.items():
            root, _, name = variable.partition(".")
            if root != ASK and is_visible(answer):
                filled[root] = _with_field(filled.get(root), name, _as_value(answer))
        return filled

    def _answer(self, prompt: Prompt, answers: Mapping[str, str]) -> object:
        variable = f"{ASK}.{prompt.name}"
        answer = answers.get(variable, prompt.default)
        if is_visible(answer):
            return _as_value(answer)
        if prompt.required:
            raise MissingValue(1, variable, Phrase("“{name}” has to be filled in.", name=prompt.question))
        from wxdesk.desk.answers.liquid.gaps import NOTHING  # who asks has a text for Liquid

        return NOTHING


def text_values(
    context: RuleContext, groups: Mapping[str, str], schedule: Schedule | None, zone: tzinfo | None, text: str
) -> Mapping[str, object]:
    """Return the variables that `text` may use; `zone` is for accounts without one."""
    now = context.now.astimezone(context.zone or zone)
    values = variables(context.message, context.conversation, context.account, groups, now)
    if schedule is None:
        return values
    return {**values, "hours": HoursValues(schedule.in_zone(context.zone), context.now, text)}


def _as_value(answer: str) -> str:
    """Return an answer as a harmless value; a mark stays a mark."""
    return answer if isinstance(answer, MarkedText) else without_markup(answer.strip())


def _with_decoded_marks(content: Content) -> Content:
    """Decode the marks in addresses, where all that is inserted is percent-encoded."""
    shown: dict[str, Any] = {}
    for field, text in contents.words_of(content).items():
        for name in content.gaps if field in contents.ADDRESSES else ():
            text = text.replace(quote(gap_mark(name), safe=""), gap_mark(name))
        shown[field] = text
    return replace(content, **shown)


def _with_field(value: object, name: str, answer: str) -> object:
    """Return `value` with the field `name` set; without a name, the answer itself."""
    if not name:
        return answer
    return {**(value if isinstance(value, Mapping) else {}), name: answer}


class HoursValues(Mapping[str, object]):
    """Values of `hours.*` in a template; a time that never comes is absent.

    The wording is in the language of `text`, which the customer reads, not the operator. Each value is computed
    on access, because most texts show none, and a calendar that never closes takes milliseconds.
    """

    _NAMES = ("open", "next_open", "next_close")

    def __init__(self, schedule: Schedule, now: datetime, text: str) -> None:
        self._schedule = schedule
        self._now = now
        self._text = text

    def __getitem__(self, name: str) -> object:
        """Return one value; `KeyError` if it never comes."""
        match name:
            case "open":
                return self._schedule.is_open(self._now)
            case "next_open":
                return self._words(name, self._schedule.next_open(self._now))
            case "next_close":
                return self._words(name, self._schedule.next_close(self._now))
            case _:
                raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names that have a value."""
        return (name for name in self._NAMES if name in self)

    def __len__(self) -> int:
        """Return the number of names that have a value."""
        return sum(1 for _ in self)

    def _words(self, name: str, at: datetime | None) -> str:
        if at is None:
            raise KeyError(name)
        local = self._schedule.local
        return _relative_time(local(at), local(self._now), chinese=is_chinese(self._text))


def _relative_time(at: datetime, now: datetime, *, chinese: bool) -> str:
    """Format a time for a customer who reads it `now`."""
    match (at.date() - now.date()).days:
        case 0:
            return f"{at:%H:%M}"
        case 1:
            return f"明天 {at:%H:%M}" if chinese else f"tomorrow {at:%H:%M}"
        case _:
            return f"{at.month}月{at.day}日 {at:%H:%M}" if chinese else f"{at:%m-%d %H:%M}"
