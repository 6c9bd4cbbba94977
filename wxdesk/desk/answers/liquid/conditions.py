"""Conditions of templates, in which all empty values are equal.

`nil`, `blank`, `empty`, `''`, a value that is missing, an answer left empty and an invisible text all equal
each other, because an operator who writes one of them asks whether there is something to show. Liquid
itself keeps `nil` and `''` apart: its authors know which of the two their data has, and an operator cannot.
"""

from collections.abc import Iterable
from typing import TextIO

from liquid import BlockNode, Node, RenderContext, Token, TokenStream
from liquid.builtin.expressions.logical import EqExpression, NeExpression
from liquid.builtin.expressions.primitive import Blank, Empty
from liquid.builtin.tags.case_tag import CaseNode, CaseTag, MultiExpressionBlockNode
from liquid.builtin.tags.if_tag import IfNode, IfTag
from liquid.builtin.tags.unless_tag import UnlessNode, UnlessTag
from liquid.expression import Expression
from liquid.undefined import Undefined

from wxdesk.core.normalise import is_visible
from wxdesk.desk.answers.liquid.gaps import MissingText


class _BlankAsNone(Expression):
    """One side of a comparison: its value, or `None` if that is empty."""

    __slots__ = ("_written",)

    def __init__(self, written: Expression) -> None:
        super().__init__(written.token)
        self._written = written

    def __str__(self) -> str:
        return str(self._written)

    def evaluate(self, context: RenderContext) -> object:
        value = self._written.evaluate(context)
        return None if _is_nothing(value) else value

    def children(self) -> list[Expression]:
        return [self._written]


def _is_nothing(value: object) -> bool:
    if isinstance(value, Undefined | MissingText | Blank | Empty):
        return True
    if isinstance(value, str):
        return not is_visible(value)
    return isinstance(value, list | tuple | dict) and not value


def _comparing_blanks_alike(node: Node) -> Node:
    if isinstance(node, IfNode | UnlessNode):
        _wrap_sides([node.condition, *(one.expression for one in node.alternatives)])
    return node


def _wrap_sides(conditions: Iterable[Expression]) -> None:
    for condition in conditions:
        _wrap_sides(condition.children())
        if isinstance(condition, EqExpression | NeExpression):
            condition.left, condition.right = _BlankAsNone(condition.left), _BlankAsNone(condition.right)


class BlankAwareIf(IfTag):
    """`{% if %}`."""

    def parse(self, stream: TokenStream) -> Node:
        """Parse the block that begins here."""
        return _comparing_blanks_alike(super().parse(stream))


class BlankAwareUnless(UnlessTag):
    """`{% unless %}`."""

    def parse(self, stream: TokenStream) -> Node:
        """Parse the block that begins here."""
        return _comparing_blanks_alike(super().parse(stream))


class _CaseNode(CaseNode):
    """`case` that renders only the first matching branch, even if several match."""

    __slots__ = ()

    def __init__(
        self, token: Token, expression: Expression, blocks: list[MultiExpressionBlockNode | BlockNode]
    ) -> None:
        for block in blocks:
            if isinstance(block, MultiExpressionBlockNode):
                choice = block.expression
                choice.left = _BlankAsNone(choice.left)
                choice.expressions = [_BlankAsNone(one) for one in choice.expressions]
        super().__init__(token, expression, blocks)

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        for block in self.blocks:
            if isinstance(block, MultiExpressionBlockNode) and any(block.expression.evaluate(context)):
                return block.block.render(context, buffer)
        return sum(block.render(context, buffer) for block in self.blocks if isinstance(block, BlockNode))


class BlankAwareCase(CaseTag):
    """`{% case %}`."""

    node_class = _CaseNode
