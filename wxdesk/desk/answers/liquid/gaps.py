"""Gaps: marks in the place of values that a template shows and that are missing.

A value is missing if nothing visible comes of it. A filter cannot fill a gap, nor hide or damage its mark;
only `default` puts something in its place. An empty output is intended where the template says so itself: a
constant, a `default`, the content of a `capture` (each output in it was judged already), and an optional
prompt.
"""

import functools
from collections.abc import Callable, Iterable, Mapping
from typing import TextIO, cast
from urllib.parse import quote

from liquid import RenderContext, Token
from liquid.builtin.expressions import FilteredExpression, Identifier
from liquid.builtin.expressions.path import Path
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags.assign_tag import AssignNode, AssignTag
from liquid.builtin.tags.capture_tag import CaptureNode, CaptureTag
from liquid.exceptions import LiquidError, ResourceLimitError
from liquid.expression import Expression
from liquid.stringify import to_liquid_string
from liquid.undefined import StrictUndefined, Undefined

from wxdesk.core.content.writing_direction import closed
from wxdesk.core.normalise import is_visible
from wxdesk.core.replies.gaps import NO_STAND_INS, MarkedText, gap_mark

LONGEST_NAME = 60
"""Characters of the name of an expression."""

NOTHING = Undefined("")
"""A value that is intended to show as nothing, and counts as false."""


_FAILURES = (LiquidError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class NothingToShow(LiquidError):
    """An output has nothing to show; `name` is its variable or expression."""

    def __init__(self, name: str, token: Token | None) -> None:
        super().__init__(name, token=token)
        self.name = name


class MissingText(MarkedText):
    """A text with marks for missing values; conditions and `default` see nothing."""

    __slots__ = ()

    def __liquid__(self) -> object:
        return None


class IntendedBlank(str):
    """A text without visible characters that the author of the template intended."""

    __slots__ = ()


class GapHandling:
    """Gap handling of one rendering.

    Without `gaps` the first gap raises `NothingToShow`; else its mark is shown, and `gaps` gets its name. A
    replacement in `instead`, by that name, is shown in its place. `in_address`: each output is percent-encoded.
    """

    def __init__(
        self, gaps: list[str] | None = None, instead: Mapping[str, str] = NO_STAND_INS, *, in_address: bool = False
    ) -> None:
        self.gaps = gaps
        self._instead = instead
        self.in_address = in_address

    def apart(self) -> "GapHandling":
        """Return a copy for a part that may never be shown, with gaps of its own."""
        return GapHandling(None if self.gaps is None else [], self._instead, in_address=self.in_address)

    def text(self, value: object, name: str, token: Token | None, *, constant: bool) -> str:
        """Return the text of an output or the mark of its gap; `name` is its expression's.

        Raises:
            NothingToShow: there is nothing to show, and nothing may stand in for it.
        """
        gap = _gap_in((value,))
        if gap is not None:
            return self._shown(gap, token)
        text = to_liquid_string(value, autoescape=False)
        if constant or _is_intended(value) or is_visible(text):
            return text if constant or self.in_address else closed(text)
        return self._shown(MissingText.of(name), token)

    def _shown(self, gap: MarkedText, token: Token | None) -> str:
        first, *more = gap.names
        if first in self._instead and not more and gap == gap_mark(first):
            return self._instead[first]
        if self.gaps is not None:
            self.gaps += (name for name in gap.names if name not in self.gaps)
        elif isinstance(gap, MissingText):
            raise NothingToShow(first, token)
        return gap


def gap_preserving(name: str, apply: Callable[..., object]) -> Callable[..., object]:
    """Wrap the filter `apply` so that it keeps gaps and intended blanks as they are."""
    if name == "default":
        return _default(apply)

    @functools.wraps(apply)
    def kept(*values: object, **named: object) -> object:
        gap = _gap_in((*values, *named.values()))
        if gap is not None:
            return _apply_around_marks(gap, apply, values, named)
        result = apply(*values, **named)
        blank = isinstance(result, str) and not is_visible(result)
        return IntendedBlank(result) if blank and any(map(_is_intended, (*values, *named.values()))) else result

    return kept


def _apply_around_marks(
    gap: MarkedText, apply: Callable[..., object], values: Iterable[object], named: Mapping[str, object]
) -> object:
    """Apply a filter to texts with gaps, or return the marks if it would damage them."""
    try:
        result = apply(*map(_with_marks, values), **{key: _with_marks(value) for key, value in named.items()})
    except ResourceLimitError:
        raise
    except _FAILURES:
        return gap
    if isinstance(result, str) and all(gap_mark(name) in result for name in gap.names):
        return type(gap).around(result, gap.names)
    return gap


def _default(apply: Callable[..., object]) -> Callable[..., object]:
    """Wrap `default`: an invisible text counts as empty, and the result as intended."""

    @functools.wraps(apply)
    def default(value: object, *values: object, **named: object) -> object:
        unseen = isinstance(value, str) and not is_visible(value)
        result = apply("" if unseen else value, *values, **named)
        return IntendedBlank(result) if isinstance(result, str) and not is_visible(result) else result

    return default


def _gap_in(values: Iterable[object]) -> MarkedText | None:
    """Join all gaps in `values` into one text; None if there are none."""
    gaps = [gap for gap in map(_with_marks, values) if isinstance(gap, MarkedText)]
    if len(gaps) < 2:
        return gaps[0] if gaps else None
    kind = MissingText if any(isinstance(gap, MissingText) for gap in gaps) else MarkedText
    return kind.around("".join(dict.fromkeys(gaps)), (name for gap in gaps for name in gap.names))


def _with_marks(value: object) -> object:
    return MissingText.of(value.name) if isinstance(value, StrictUndefined) else value


def _is_intended(value: object) -> bool:
    return value is NOTHING or isinstance(value, IntendedBlank)


def expression_name(expression: Expression) -> str:
    """Return an expression as a name without blanks, which could cut a mark in two."""
    name = "".join(str(expression).split())
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"


def is_constant(expression: Expression) -> bool:
    """Return True if no variable stands in the expression."""
    return not isinstance(expression, Path) and all(map(is_constant, expression.children()))


class GapContext(RenderContext):
    """A rendering with its gap handling."""

    showing: GapHandling


class GapAwareNode(OutputNode):
    """`{{ … }}`, which shows a mark rather than nothing unless that is intended.

    In an address it cannot lead elsewhere: a customer who writes `a&paid=1` or `../admin` gets exactly that searched
    for.
    """

    __slots__ = ("constant", "is_encoded", "name")

    def __init__(self, token: Token, expression: Expression) -> None:
        super().__init__(token, expression)
        self.constant = is_constant(expression)
        self.name = expression_name(expression)
        filters = expression.filters if isinstance(expression, FilteredExpression) else None
        self.is_encoded = any(one.name == "url_encode" for one in filters or ())

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write the text of the output."""
        showing = cast("GapContext", context).showing
        shown = showing.text(self.expression.evaluate(context), self.name, self.token, constant=self.constant)
        if showing.in_address and (not self.is_encoded or isinstance(shown, MarkedText)):  # no filter touches a mark
            shown = quote(shown, safe="")
        return buffer.write(shown)


class GapAwareOutput(Output):
    """The tag of `GapAwareNode`."""

    node_class = GapAwareNode


class _AssignNode(AssignNode):
    __slots__ = ("constant",)

    def __init__(self, token: Token, *, name: Identifier, expression: Expression) -> None:
        super().__init__(token, name=name, expression=expression)
        self.constant = is_constant(expression)

    def render_to_output(self, context: RenderContext, _: TextIO) -> int:
        value = self.expression.evaluate(context)
        meant = self.constant and isinstance(value, str) and not is_visible(value)
        context.assign(self.name, IntendedBlank(value) if meant else value)
        return 0


class GapAwareAssign(AssignTag):
    """`{% assign %}`, in which an invisible constant counts as intended."""

    node_class = _AssignNode


class _CaptureNode(CaptureNode):
    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        rendering = cast("GapContext", context)
        around = rendering.showing
        rendering.showing = inside = around.apart()
        buf = context.get_buffer(buffer)
        try:
            self.block.render(context, buf)
        finally:
            rendering.showing = around
        text = buf.getvalue()
        if inside.gaps:
            text = MarkedText.around(text, inside.gaps)
        elif not is_visible(text):
            text = IntendedBlank(text)
        context.assign(self.name, text)
        return 0


class GapAwareCapture(CaptureTag):
    """`{% capture %}`, which keeps the gaps in its content."""

    node_class = _CaptureNode
