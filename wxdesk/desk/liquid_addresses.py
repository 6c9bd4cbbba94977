"""What a template shows within an address: percent-encoded, so that it stays one value and cannot lead elsewhere.

A customer who writes `a&paid=1` or `../admin` gets exactly that searched for, and nothing else.
"""

from __future__ import annotations

from typing import TextIO
from urllib.parse import quote

from liquid import RenderContext
from liquid.builtin.expressions import FilteredExpression
from liquid.builtin.output import Output, OutputNode
from liquid.expression import Expression
from liquid.stringify import to_liquid_string

ENCODES = "url_encode"
"""The filter by which an operator does so himself; nothing is encoded twice."""


class _AddressOutputNode(OutputNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        shown = to_liquid_string(self.expression.evaluate(context), context.autoescape)
        return buffer.write(shown if _encodes(self.expression) else quote(shown, safe=""))


class AddressOutput(Output):
    """`{{ … }}` in an address."""

    node_class = _AddressOutputNode


def _encodes(expression: Expression) -> bool:
    filters = expression.filters if isinstance(expression, FilteredExpression) else None
    return any(one.name == ENCODES for one in filters or ())
