"""Liquid templates of replies within bounds, for `renderer`.

Operators mean well but make mistakes: every bound below turns a mistake into an error with a line instead
of a stalled desk or an endless text. What a customer wrote is never template text; it comes in as a value
that `core.content.variables` has made harmless.
"""

import functools
import gc
import time
from collections.abc import Callable, Mapping, Sequence

import liquid
from liquid import Token, TokenStream
from liquid.builtin import register
from liquid.exceptions import LiquidError, ResourceLimitError, UndefinedError, UnknownFilterError
from liquid.token import TOKEN_CONTENT, TOKEN_EOF, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG
from liquid.undefined import UNDEFINED, FalsyStrictUndefined, StrictUndefined
from liquid.utils import ReadOnlyChainMap

from wxdesk.core.content.variables import VARIABLES, WITH_FIELDS
from wxdesk.core.errors import BadTemplate, MissingValue, Phrase, Text
from wxdesk.core.replies.gaps import MarkedText
from wxdesk.core.templates import ASK
from wxdesk.desk.answers.liquid.bounds import OUTPUT_LIMIT, SECONDS, SOURCE_LIMIT
from wxdesk.desk.answers.liquid.conditions import BlankAwareCase, BlankAwareIf, BlankAwareUnless
from wxdesk.desk.answers.liquid.filters import FILTERS, safe_filters
from wxdesk.desk.answers.liquid.gaps import (
    GapAwareAssign,
    GapAwareCapture,
    GapAwareOutput,
    GapContext,
    GapHandling,
    NothingToShow,
)
from wxdesk.desk.answers.liquid.tags import BLOCKS, INNER, NESTING_LIMIT, SINGLE, check_tags, line_of

NOT_UNDERSTOOD = (
    "This line cannot be understood. Check its brackets and quotation marks, and that each tag is complete."
)
LOOP_LIMIT = 1000
"""Iterations of all loops of one rendering together."""

NAMESPACE_LIMIT = 16 * 1024
"""Bytes held by assign and capture; a long Chinese message takes four thousand."""

CACHED = 256
"""Parsed templates that are kept."""

_FAILURES = (LiquidError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""Errors of rendering a template that parses; Liquid wraps only some of them."""

_ABSENT = object()

_TOKENS = frozenset({"content", "output", "illegal"})  # what Liquid registers beside the tags that people write

_OUTSIDE = frozenset({TOKEN_EOF, TOKEN_TAG, TOKEN_OUTPUT, TOKEN_EXPRESSION, TOKEN_CONTENT})
"""Kinds of tokens that are no parts of an expression."""


class LiquidEngine:
    """python-liquid within bounds; `LiquidRenderer` describes the methods."""

    def __init__(self, processor_time: Callable[[], float]) -> None:
        self._environment = _Environment(undefined=FalsyStrictUndefined)
        self._environment.processor_time = processor_time
        self._parsed = functools.lru_cache(maxsize=CACHED)(self._parse)

    def mistakes(self, source: str, groups: frozenset[str] | None, *, by_hand: bool) -> tuple[BadTemplate, ...]:
        """Return all mistakes that keep `source` from being rendered."""
        try:
            analysis = self._parsed(source).analyze(include_partials=False)
        except BadTemplate as error:
            return (error,)
        found: set[tuple[int, Text]] = set()
        for name, spans in analysis.filters.items():
            if name not in FILTERS:
                found.update((span.index, _no_filter(name)) for span in spans)
        for root, uses in analysis.globals.items():
            for use in uses:
                found.add((use.span.index, _reason_against(root, use.segments[1:], groups, by_hand=by_hand)))
        in_order = sorted(found, key=lambda one: (one[0], str(one[1])))
        told = dict.fromkeys((line_of(source, index), reason) for index, reason in in_order if reason)
        return tuple(BadTemplate(line, reason) for line, reason in told)

    def asked(self, source: str) -> tuple[str, ...]:
        """Return the names after `ask.` in `source`, in order of first use."""
        uses = self._parsed(source).analyze(include_partials=False).globals.get(ASK, ())
        names = [str(use.segments[1]) for use in sorted(uses, key=lambda use: use.span.index) if len(use.segments) > 1]
        return tuple(dict.fromkeys(names))

    def render(
        self,
        source: str,
        variables: Mapping[str, object],
        gaps: list[str] | None,
        instead: Mapping[str, str],
        *,
        address: bool,
    ) -> str:
        """Fill `source` with `variables`."""
        template = self._parsed(source)
        try:
            return _filled_despite_collection(template, variables, GapHandling(gaps, instead, in_address=address))
        except _FAILURES as error:
            raise _explained(source, error) from None

    def _parse(self, source: str) -> liquid.BoundTemplate:
        if len(source) > SOURCE_LIMIT:
            raise BadTemplate(1, Phrase("The template is longer than {limit} characters.", limit=SOURCE_LIMIT))
        check_tags(source)
        try:
            return self._environment.from_string(source)
        except LiquidError as error:
            reason = Phrase(NOT_UNDERSTOOD)
            raise BadTemplate(_line_of_syntax_error(error, source), reason) from None


class _Context(GapContext):
    """Rendering that limits loop iterations over all nests, and processor time."""

    def __init__(self, template: liquid.BoundTemplate, *, globals: Mapping[str, object] | None = None) -> None:  # noqa: A002
        self._processor_time = getattr(template.env, "processor_time", time.thread_time)
        self._deadline = self._processor_time() + SECONDS
        self._turns = 0
        self.showing = GapHandling()
        super().__init__(template, globals=globals)
        # Without Liquid's own `now` and `today`, which read the machine's clock.
        self.scope = ReadOnlyChainMap(self.locals, self.globals, self.counters)

    @property
    def disabled_tags(self) -> list[str]:
        """Check the time: Liquid asks for this before each node that it renders."""
        if self._processor_time() > self._deadline:
            raise ResourceLimitError("time", token=None)
        return []

    @disabled_tags.setter
    def disabled_tags(self, names: list[str]) -> None:
        """Check the time: Liquid reads this before each node that it renders."""

    def get(self, path: list[object], *, token: Token | None, default: object = UNDEFINED) -> object:
        """Return a value by its path; a missing one is named by it or by its missing key."""
        unknown = next((segment for segment in path if isinstance(segment, StrictUndefined)), None)
        if unknown is not None:
            return unknown
        found = super().get(path, token=token, default=_ABSENT)
        if found is not _ABSENT:
            return found
        return FalsyStrictUndefined(_path_text(path), token=token) if default is UNDEFINED else default

    def get_item(self, obj: object, key: object) -> object:
        """Return a field; a mapping's size, first and last are none, and a gap has none."""
        if isinstance(obj, MarkedText):
            return obj
        if isinstance(obj, Mapping) and not isinstance(obj, StrictUndefined):
            return obj[key]
        return super().get_item(obj, key)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        self._turns += length
        if self._turns > LOOP_LIMIT:
            raise ResourceLimitError("loops", token=None)


def _path_text(path: Sequence[object]) -> str:
    """Write a variable path as an operator would."""
    root, *fields = path
    return f"{root}" + "".join(f".{field}" if isinstance(field, str) else f"[{field}]" for field in fields)


class _Template(liquid.BoundTemplate):
    context_class = _Context


class _Environment(liquid.Environment):
    template_class = _Template
    block_nesting_limit = NESTING_LIMIT + 1
    local_namespace_limit = NAMESPACE_LIMIT
    output_stream_limit = OUTPUT_LIMIT
    processor_time: Callable[[], float] = staticmethod(time.thread_time)

    def error(self, exc: type[LiquidError] | LiquidError, msg: str | None = None, token: Token | None = None) -> None:
        """Raise an error; at the end of an expression, where the parser stands."""
        if isinstance(exc, LiquidError) and token is not None and exc.token == TokenStream.eof:
            exc.token = token
        super().error(exc, msg, token)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Register the tags and filters of Liquid that the lists above name."""
        register(self)
        allowed = BLOCKS | SINGLE | set(INNER) | _TOKENS
        self.tags = {name: tag for name, tag in self.tags.items() if name in allowed}
        self.filters = dict(_usable_filters())
        for tag in (GapAwareOutput, GapAwareAssign, GapAwareCapture, BlankAwareIf, BlankAwareUnless, BlankAwareCase):
            self.add_tag(tag)


@functools.cache
def _usable_filters() -> Mapping[str, Callable[..., object]]:
    """Return the filters, made safe once: they know no environment."""
    return safe_filters(liquid.Environment().filters)


def _line_of_syntax_error(error: LiquidError, source: str) -> int:
    """Return the line of the token that was wrong, or of the tag that ends too soon."""
    token = error.token or TokenStream.eof
    if token.kind not in _OUTSIDE:
        return line_of(source, token.start_index)
    place = token.start_index if token.start_index >= 0 else len(source)
    return line_of(source, max(source.rfind("{{", 0, place), source.rfind("{%", 0, place)))


def _filled_despite_collection(
    template: liquid.BoundTemplate, variables: Mapping[str, object], showing: GapHandling
) -> str:
    """Render, and once more if Python's garbage collector used up the time limit."""
    collections = _collection_count()
    try:
        return _filled(template, variables, showing)
    except ResourceLimitError:
        if _collection_count() == collections:
            raise
    return _filled(template, variables, showing)  # gaps that were noted are not noted twice


def _filled(template: liquid.BoundTemplate, variables: Mapping[str, object], showing: GapHandling) -> str:
    context = _Context(template, globals=template.make_globals(variables))
    context.showing = showing
    buffer = context.get_buffer()
    template.render_with_context(context, buffer)
    return str(buffer.getvalue())


def _collection_count() -> int:
    return int(gc.get_stats()[-1]["collections"])


def _reason_against(root: str, segments: Sequence[object], groups: frozenset[str] | None, *, by_hand: bool) -> Text:
    """Explain why a variable cannot be used; empty if it can."""
    if root == ASK and by_hand:
        one_name = len(segments) == 1 and isinstance(segments[0], str)
        return "" if one_name else Phrase("Give what is asked for one name, such as {name}.", name="ask.order_no")
    if root not in VARIABLES:
        return Phrase("There is no variable “{name}”.", name=root)
    fields = groups if root == "m" else VARIABLES[root]
    if not segments:
        return Phrase("“{name}” has fields; name one of them.", name=root) if root in WITH_FIELDS else ""
    name = f"{root}.{segments[0]}"
    if fields is None or not isinstance(segments[0], str) or segments[0] in fields:
        return ""
    if root == "m":
        return Phrase("“{name}” is not a named group of the rule's pattern.", name=name)
    others = ", ".join(sorted(f"{root}.{field}" for field in fields))
    return Phrase("There is no variable “{name}”, only {others}.", name=name, others=others)


def _no_filter(name: str) -> Phrase:
    return Phrase("There is no filter “{name}”.", name=name)


def _explained(source: str, error: Exception) -> BadTemplate:
    """Explain Liquid's error to the operator, with a line."""
    token = error.token if isinstance(error, LiquidError) else None
    line = line_of(source, token.start_index if token else 0)
    if isinstance(error, UndefinedError | NothingToShow):
        unknown = str(error.args[0]).removesuffix(" is undefined").strip("'")
        name = error.name if isinstance(error, NothingToShow) else unknown
        return MissingValue(line, name, Phrase("“{name}” has no value for this message.", name=name))
    if isinstance(error, UnknownFilterError):
        return BadTemplate(line, _no_filter(str(error.args[0]).partition("'")[2].rstrip("'")))
    if isinstance(error, ResourceLimitError):
        return BadTemplate(line, Phrase("The text becomes too long, or the template works too much."))
    return BadTemplate(line, Phrase("This cannot be worked out with the values of this message."))
