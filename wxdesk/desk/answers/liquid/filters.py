"""The filters of Liquid that a reply may use, bounded, and with an eye on gaps."""

import functools
from collections.abc import Callable, Iterable, Mapping

from liquid.exceptions import ResourceLimitError

from wxdesk.desk.answers.liquid.gaps import gap_preserving

VALUE_LIMIT = 16 * 1024
"""Characters, digits or items of any value before and after a filter."""

FILTERS = frozenset({
    "abs", "append", "at_least", "at_most", "capitalize", "ceil", "default", "divided_by", "downcase", "first",
    "floor", "join", "last", "lstrip", "minus", "modulo", "plus", "prepend", "remove", "remove_first",
    "remove_last", "replace", "replace_first", "replace_last", "round", "rstrip", "size", "slice", "split",
    "squish", "strip", "strip_newlines", "times", "truncate", "truncatewords", "upcase", "url_encode",
})  # fmt: skip
"""Names of the filters that a reply may use.

Those that decode are left out: `%3C` or `&lt;` would give back a `<`.
"""


def safe_filters(filters: Mapping[str, Callable[..., object]]) -> dict[str, Callable[..., object]]:
    """Return those of Liquid's `filters` that a reply may use, made safe."""
    bounded = {name: _bounded(filters[name]) for name in FILTERS}
    for name in ("replace", "replace_first", "replace_last"):
        bounded[name] = _replace_bounded(bounded[name])
    return {name: gap_preserving(name, apply) for name, apply in bounded.items()}


def _bounded(apply: Callable[..., object]) -> Callable[..., object]:
    @functools.wraps(apply)
    def bounded(*values: object, **named: object) -> object:
        _refuse_large((*values, *named.values()))
        result = apply(*values, **named)
        _refuse_large((result,))
        return result

    return bounded


def _replace_bounded(apply: Callable[..., object]) -> Callable[..., object]:
    @functools.wraps(apply)
    def bounded(value: object, sought: object = "", new: object = "", **named: object) -> object:
        if isinstance(value, str):
            times = value.count(str(sought))
            if len(value) + times * len(str(new)) > VALUE_LIMIT:
                raise ResourceLimitError("value", token=None)
        return apply(value, sought, new, **named)

    return bounded


def _refuse_large(values: Iterable[object]) -> None:
    for value in values:
        size = len(value) if isinstance(value, str | range | list | tuple) else 0
        if isinstance(value, int):
            size = value.bit_length() // 3
        if size > VALUE_LIMIT:
            raise ResourceLimitError("value", token=None)
