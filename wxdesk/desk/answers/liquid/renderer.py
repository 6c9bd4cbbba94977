"""Checks and renders the templates of replies.

A text without a brace needs no python-liquid, which is loaded with the first that has one.
"""

import functools
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from wxdesk.core.content.variables import byte_count
from wxdesk.core.errors import BadTemplate, Phrase, Text
from wxdesk.core.replies.gaps import NO_STAND_INS
from wxdesk.desk.answers.liquid.bounds import OUTPUT_LIMIT, SOURCE_LIMIT

if TYPE_CHECKING:
    from wxdesk.desk.answers.liquid.engine import LiquidEngine


class LiquidRenderer:
    """Checks and renders templates.

    `processor_time` returns the seconds that this thread has worked; wall-clock time would blame a template for
    whatever else the machine does.
    """

    def __init__(self, processor_time: Callable[[], float] = time.thread_time) -> None:
        self._processor_time = processor_time

    def check(self, source: str, groups: frozenset[str] | None = None, *, by_hand: bool = False) -> None:
        """Check that `source` can be rendered; see `mistakes`.

        Raises:
            BadTemplate: the first mistake.
        """
        for mistake in self.mistakes(source, groups, by_hand=by_hand):
            raise mistake

    def mistakes(
        self, source: str, groups: frozenset[str] | None = None, *, by_hand: bool = False
    ) -> tuple[BadTemplate, ...]:
        """Return all mistakes that keep `source` from being rendered, from top to bottom.

        `groups` are the fields of `m` (None: any). What is inserted `by_hand` can also show `ask`, the answers to
        prompts. An unknown variable is a mistake; whether a known one has a value (an alias, a field of
        `session_from`) shows only when it is rendered. Where the text does not parse, that is the only mistake.
        """
        if "{" in source:
            return self._engine.mistakes(source, groups, by_hand=by_hand)
        reason: Text = ""
        size = byte_count(source)
        if len(source) > SOURCE_LIMIT:
            reason = Phrase("The template is longer than {limit} characters.", limit=SOURCE_LIMIT)
        elif size > OUTPUT_LIMIT:
            limit = OUTPUT_LIMIT
            reason = Phrase("This text is longer than a reply can be: {size} of {limit} bytes.", size=size, limit=limit)
        return (BadTemplate(1, reason),) if reason else ()

    def asked(self, source: str) -> tuple[str, ...]:
        """Return the names after `ask.` in `source`, in order of first use.

        Raises:
            BadTemplate: it does not parse.
        """
        return self._engine.asked(source) if "{" in source else ()

    def render(
        self,
        source: str,
        variables: Mapping[str, object],
        gaps: list[str] | None = None,
        instead: Mapping[str, str] = NO_STAND_INS,
        *,
        address: bool = False,
    ) -> str:
        """Fill `source` with `variables` (see `core.content.variables`).

        With `gaps`, which gets their names, marks stand where nothing can be shown; `instead` has replacements by
        name. In an `address` each value is percent-encoded, so that it stays one value.

        Raises:
            MissingValue: something that it shows has nothing to be seen, and there are no `gaps` to note it; or a
                condition needs a value that is missing.
            BadTemplate: it does not parse, or it exceeds a bound.
        """
        if "{" in source:
            return self._engine.render(source, variables, gaps, instead, address=address)
        self.check(source)
        return source

    @functools.cached_property
    def _engine(self) -> "LiquidEngine":
        from wxdesk.desk.answers.liquid.engine import LiquidEngine  # with python-liquid, a twentieth of a start

        return LiquidEngine(self._processor_time)
