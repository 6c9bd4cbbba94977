"""Mutants: small changes of the program that a test should notice.

A change is one of: another comparison, a condition turned round or without one of its operands, a number or word
beside the right one, a statement or an argument left out, two arguments swapped, an SQL clause or predicate dropped,
an entry missing in a table. Sentences, log lines, annotations, slots and the values of enums are left as they are.
"""

import ast
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
PAIRS = [
    ("in_", "not_in"),
    ("is_", "is_not"),
    ("asc", "desc"),
    ("min", "max"),
    ("any", "all"),
    ("startswith", "endswith"),
]
NAMES = {one: other for pair in PAIRS for one, other in (pair, pair[::-1])}
CLAUSES = {"where", "order_by", "limit", "distinct", "group_by", "filter", "with_for_update", "correlate"}
IN_ANY_ORDER = CLAUSES | {"and_", "or_", "min", "max"}
UNTOUCHED = {"annotation", "returns", "decorator_list", "bases", "type_params", "ctx"}
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef
ENUMS = {"Enum", "StrEnum", "IntEnum", "Flag"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: `put` makes it in the tree of `file`, whose statement `place` has to be run again.

    `lines` are those of the innermost statement, empty where importing the file runs it.
    """

    file: str
    name: str
    lines: range = field(compare=False)
    place: int = field(compare=False)
    put: Callable[[], None] = field(compare=False)

    @property
    def lot(self) -> int:
        """A number that stays the same while other code changes, to draw samples by."""
        return zlib.crc32(self.name.encode())


def mutants_of(file: str, tree: ast.Module) -> list[Mutant]:
    """Return the mutants of one module."""
    found: list[Mutant] = []
    times: Counter[str] = Counter()
    for place, statement in enumerate(tree.body):
        if isinstance(statement, FUNCTIONS | ast.ClassDef | ast.Assign | ast.AnnAssign):
            for scope, lines, change, put in _walk(statement, "", None):
                name = f"{file} {scope}: {change}".replace(" : ", ": ")
                times[name] += 1
                again = f" #{times[name]}" if times[name] > 1 else ""
                found.append(Mutant(file, name + again, lines, place, put))
    return found


type _Found = tuple[str, range, str, Callable[[], None]]


def _walk(node: ast.AST, scope: str, around: ast.stmt | None) -> Iterator[_Found]:
    """Yield the changes inside a node, with where they are; `around` is the statement inside a function."""
    if isinstance(node, FUNCTIONS | ast.ClassDef):
        scope = f"{scope}.{node.name}".removeprefix(".")
    for name, value in ast.iter_fields(node):
        if name in UNTOUCHED:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST) or _is_left_alone(node, child):
                continue
            inside = around is not None or (name == "body" and isinstance(node, FUNCTIONS))
            inner = child if inside and isinstance(child, ast.stmt) else around
            for other in _changes(child):
                yield scope, _lines(inner), _difference(child, other), _putting(node, name, child, other)
            yield from _walk(child, scope, inner)


def _lines(statement: ast.stmt | None) -> range:
    """Return the lines of a statement, without those of the statements inside it."""
    if statement is None:
        return range(0)
    within = getattr(statement, "body", None)
    after = within[0].lineno if within else (statement.end_lineno or statement.lineno) + 1
    return range(statement.lineno, max(after, statement.lineno + 1))


def _putting(node: ast.AST, name: str, child: ast.AST, other: ast.AST) -> Callable[[], None]:
    def put() -> None:
        ast.copy_location(other, child)
        value = getattr(node, name)
        new = [other if one is child else one for one in value] if isinstance(value, list) else other
        setattr(node, name, new)
        ast.fix_missing_locations(node)

    return put


def _difference(node: ast.AST, other: ast.AST) -> str:
    if isinstance(node, ast.Dict) and isinstance(other, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        key, value = next(pair for pair in pairs if pair[1] not in other.values)
        return f"without {_short(key) if key else '**' + _short(value)}"
    if isinstance(node, ast.Set | ast.List) and isinstance(other, ast.Set | ast.List):
        return "without " + next(_short(entry) for entry in node.elts if entry not in other.elts)
    return f"{_short(node)} → {_short(other)}"


def _short(node: ast.AST) -> str:
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= 100 else f"{text[:60]}…{text[-38:]}"


def _is_left_alone(node: ast.AST, child: ast.AST) -> bool:
    if isinstance(child, ast.Expr):
        text = ast.unparse(child)
        return text.startswith(("logger.", "'", '"'))  # a log line or a docstring
    if isinstance(node, ast.ClassDef) and any(keyword.arg == "frozen" for keyword in node.keywords):
        return isinstance(child, ast.keyword | ast.AnnAssign)  # a struct that is loaded keeps its defaults
    if isinstance(node, ast.ClassDef) and isinstance(child, ast.Assign):
        slots = ast.unparse(child.targets[0]) == "__slots__"  # a class that is loaded keeps those that it has
        return slots or any(ast.unparse(base) in ENUMS for base in node.bases)
    return isinstance(child, ast.JoinedStr)


def _changes(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand instead of a node."""
    change = CHANGES.get(type(node))
    return iter(()) if change is None else change(node)


def _compare(node: ast.Compare) -> Iterator[ast.AST]:
    for place, op in enumerate(node.ops):
        for other in COMPARISONS[type(op)]:
            yield ast.Compare(node.left, [*node.ops[:place], other(), *node.ops[place + 1 :]], node.comparators)


def _both(node: ast.BoolOp) -> Iterator[ast.AST]:
    yield ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    yield from (ast.BoolOp(node.op, rest) if len(rest) > 1 else rest[0] for rest in _without_one(node.values))


def _negation(node: ast.UnaryOp) -> Iterator[ast.AST]:
    if isinstance(node.op, ast.Not | ast.Invert):
        yield node.operand


def _operation(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in OPERATORS:
        yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
    if isinstance(node.op, ast.BitAnd | ast.BitOr):
        yield from (node.left, node.right)


def _constant(node: ast.Constant) -> Iterator[ast.AST]:
    match node.value:
        case bool():
            yield ast.Constant(not node.value)
        case int() | float():
            yield ast.Constant(node.value + 1)
        case str() if " " not in node.value:
            yield ast.Constant(node.value + "x")
        case bytes():
            yield ast.Constant(node.value + b"x")


def _return(node: ast.Return) -> Iterator[ast.AST]:
    if node.value is not None and ast.unparse(node.value) != "None":
        yield ast.Return(ast.Constant(None))


def _left_out(_: ast.AST) -> Iterator[ast.AST]:
    yield ast.Pass()


def _assignment(node: ast.Assign) -> Iterator[ast.AST]:
    if isinstance(node.targets[0], ast.Attribute | ast.Subscript):  # without another, whatever reads it fails
        yield ast.Pass()


def _choice(node: ast.If | ast.IfExp | ast.While) -> Iterator[ast.AST]:
    if not isinstance(node.test, ast.Compare | ast.UnaryOp):  # those are turned round themselves
        other = copy(node)
        other.test = ast.UnaryOp(ast.Not(), node.test)
        yield other


def _comprehension(node: ast.comprehension) -> Iterator[ast.AST]:
    for rest in _without_one(node.ifs):
        yield ast.comprehension(node.target, node.iter, rest, node.is_async)


def _slice(node: ast.Slice) -> Iterator[ast.AST]:
    if node.lower is not None:
        yield ast.Slice(None, node.upper)
    if node.upper is not None:
        yield ast.Slice(node.lower, None)


def _entries(node: ast.Set | ast.List) -> Iterator[ast.AST]:
    if len(node.elts) > 1 and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
        for rest in _without_one(node.elts):
            yield ast.Set(rest) if isinstance(node, ast.Set) else ast.List(rest, node.ctx)


def _pairs(node: ast.Dict) -> Iterator[ast.AST]:
    for rest in _without_one(list(zip(node.keys, node.values, strict=True))):
        yield ast.Dict([key for key, _ in rest], [value for _, value in rest])


def _name(node: ast.Name) -> Iterator[ast.AST]:
    if node.id in NAMES and isinstance(node.ctx, ast.Load):
        yield ast.Name(NAMES[node.id], node.ctx)


def _attribute(node: ast.Attribute) -> Iterator[ast.AST]:
    if node.attr in NAMES:
        yield ast.Attribute(node.value, NAMES[node.attr], node.ctx)


def _call(node: ast.Call) -> Iterator[ast.AST]:
    if isinstance(node.func, ast.Attribute) and node.func.attr in CLAUSES:
        yield node.func.value
    if ast.unparse(node.func).split(".")[-1] in IN_ANY_ORDER:
        yield from (ast.Call(node.func, rest, node.keywords) for rest in _without_one(node.args) if rest)
    elif len(node.args) > 1:
        yield ast.Call(node.func, [node.args[1], node.args[0], *node.args[2:]], node.keywords)
    for rest in _without_one(node.keywords):
        yield ast.Call(node.func, node.args, rest)


CHANGES: dict[type[ast.AST], Callable[[Any], Iterator[ast.AST]]] = {
    ast.Compare: _compare,
    ast.BoolOp: _both,
    ast.UnaryOp: _negation,
    ast.BinOp: _operation,
    ast.Constant: _constant,
    ast.Return: _return,
    **dict.fromkeys((ast.Expr, ast.Raise, ast.AugAssign, ast.Delete), _left_out),
    ast.Assign: _assignment,
    ast.Break: lambda _: iter([ast.Continue()]),
    ast.Continue: lambda _: iter([ast.Break()]),
    **dict.fromkeys((ast.If, ast.IfExp, ast.While), _choice),
    ast.comprehension: _comprehension,
    ast.Slice: _slice,
    **dict.fromkeys((ast.Set, ast.List), _entries),
    ast.Dict: _pairs,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Call: _call,
}


def _without_one[T](values: list[T]) -> Iterator[list[T]]:
    for place in range(len(values)):
        yield values[:place] + values[place + 1 :]


def parse(file: str) -> ast.Module:
    """Read a module of the program."""
    return ast.parse(Path(file).read_text("utf-8"))
