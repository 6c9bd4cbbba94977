"""Percent-encodes values that a template shows within an address.

Each stays one value and cannot lead elsewhere: a customer who writes `a&paid=1` or `../admin` gets exactly
that searched for.
"""

from __future__ import annotations

from typing import TextIO
from urllib.parse import quote

from liquid import RenderContext
from liquid.builtin.expressions import FilteredExpression
from liquid.expression import Expression

from wxdesk.desk.answers.liquid.gaps import GapAwareNode, GapAwareOutput, MarkedText

ENCODES = "url_encode"
"""Filter by which an operator encodes explicitly; nothing is encoded twice."""


class _AddressNode(GapAwareNode):
    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        shown = self.shown(context)
        encoded = _encodes(self.expression) and not isinstance(shown, MarkedText)  # no filter has touched a mark
        return buffer.write(shown if encoded else quote(shown, safe=""))


class AddressOutput(GapAwareOutput):
    """`{{ … }}` in an address."""

    node_class = _AddressNode


def _encodes(expression: Expression) -> bool:
    filters = expression.filters if isinstance(expression, FilteredExpression) else None
    return any(one.name == ENCODES for one in filters or ())
