"""Transplants: a changed statement takes effect in a program that is loaded already.

Functions keep their identity and get other code, so whoever holds them calls the mutant. Constants are bound anew
wherever they were imported, and what modules made of them, or by such a function, is made once more.
"""

import __future__

import ast
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterator
from enum import Enum
from types import FunctionType, ModuleType
from typing import Any

from tests.campaign.mutation.mutants import parse

type Key = tuple[str, str]
"""A module and a name in it."""

GRAFTED_WHOLE = (FunctionType, int, str, bytes, frozenset, tuple)
OWN = {"__module__", "__qualname__", "__doc__", "__slots__", "__firstlineno__", "__static_attributes__"}
"""Attributes that a class keeps whatever becomes of it."""

DATACLASS_DEFAULT = ("_dflt_", "__dataclass_dflt")
"""Names of the cells in which the `__init__` of a dataclass has its defaults."""

DEFINITIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


class LoadedProgram:
    """The modules of the program and its tests, and which statement of which looks at which name."""

    def __init__(self) -> None:
        self._uses: defaultdict[Key, list[tuple[str, ast.stmt]]] = defaultdict(list)
        self._importers: defaultdict[Key, list[Key]] = defaultdict(list)
        self._done: set[tuple[Key, int, bool]] = set()
        for name, module in list(sys.modules.items()):
            if name.startswith(("wxdesk.", "tests.")) and (module.__file__ or "").endswith(".py"):
                self._read(name, parse(str(module.__file__)))

    def _read(self, module: str, tree: ast.Module) -> None:
        origins: dict[str, Key] = {}
        for statement in tree.body:
            if isinstance(statement, ast.ImportFrom):
                for alias in statement.names:
                    local = alias.asname or alias.name
                    origins[local] = (str(statement.module), alias.name)
                    self._importers[origins[local]].append((module, local))
            elif isinstance(statement, ast.Assign | ast.AnnAssign | DEFINITIONS):
                for name in {
                    node.id
                    for node in ast.walk(statement)
                    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)
                }:
                    self._uses[(module, name)].append((module, statement))

    def change(self, module: str, statement: ast.stmt) -> None:
        """Run the changed statement of a module, and what depends on it."""
        for name in _run(sys.modules[module], statement):
            self._follow((module, name), rebound=not isinstance(statement, DEFINITIONS))

    def _follow(self, key: Key, *, rebound: bool) -> None:
        """Tell the importers and users of a name that its value is new, or only does something else."""
        for module, local in self._importers[key]:
            if rebound:
                setattr(sys.modules[module], local, getattr(sys.modules[key[0]], key[1]))
            self._follow((module, local), rebound=rebound)
        for module, statement in self._uses[key]:
            if (key, id(statement), rebound) not in self._done:
                self._done.add((key, id(statement), rebound))
                self._renew(module, statement, rebound=rebound)

    def _renew(self, module: str, statement: ast.stmt, *, rebound: bool) -> None:
        if isinstance(statement, DEFINITIONS):
            if rebound and not module.startswith("tests."):
                _run(sys.modules[module], statement)  # it may stand in a default
            self._follow((module, statement.name), rebound=False)
        elif rebound or any(isinstance(node, ast.Call) for node in ast.walk(statement)):
            for name in _run(sys.modules[module], statement):
                self._follow((module, name), rebound=True)


def _run(module: ModuleType, statement: ast.stmt) -> Iterator[str]:
    """Run a statement in its module; yields the names that it sets."""
    space = dict(vars(module))
    code = compile(
        ast.Module([statement], []),
        str(module.__file__),
        "exec",
        __future__.annotations.compiler_flag,
        dont_inherit=True,
    )
    exec(code, space)  # noqa: S102 - a statement of our own program
    if isinstance(statement, DEFINITIONS):
        _graft(vars(module)[statement.name], space[statement.name])
        return iter([statement.name])
    targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]  # type: ignore[attr-defined]
    names = [node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)]
    vars(module).update({name: space[name] for name in names if name in space})
    return iter(names)


def _graft(old: Any, new: Any) -> bool:
    """Give an old function or class the code of the new one; False if it cannot take it."""
    if isinstance(old, type):
        for name, value in vars(new).items():
            whole = isinstance(value, GRAFTED_WHOLE) and not isinstance(value, Enum) and name not in OWN
            if not _graft(vars(old).get(name), value) and whole:
                setattr(old, name, value)
        return True
    one, other = _function(old), _function(new)
    fits = one is not None and other is not None and one.__code__.co_freevars == other.__code__.co_freevars
    if one is not None and other is not None and fits:
        one.__code__, one.__defaults__, one.__kwdefaults__ = other.__code__, other.__defaults__, other.__kwdefaults__
        for name, cell, filled in zip(
            one.__code__.co_freevars, one.__closure__ or (), other.__closure__ or (), strict=True
        ):
            if name.startswith(DATACLASS_DEFAULT):
                cell.cell_contents = filled.cell_contents
    return fits


def _function(value: Any) -> FunctionType | None:
    """Return the function inside a property, a class method or a wrapper."""
    for part in ("fget", "func", "__func__"):
        if not isinstance(value, FunctionType):
            value = getattr(value, part, value)
    inner = inspect.unwrap(value) if callable(value) else value
    return inner if isinstance(inner, FunctionType) else None
