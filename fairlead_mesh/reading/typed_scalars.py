"""What if a scalar is not what its tag says, or it looks like? An error of the parser's own kind, with its place.

Python's errors of such a value have no place, repeat the value, or are no errors that anybody expects of a parser.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from fairlead_mesh.reading.problems import LONG_NUMBER, UNFIT

_TYPED = tuple(f"tag:yaml.org,2002:{name}" for name in ("binary", "bool", "float", "int", "null", "timestamp"))
_OF_PYTHON = (AttributeError, IndexError, KeyError, OverflowError, TypeError, ValueError)


def with_places(constructors: Mapping[Any, Any], error: Callable[..., Exception]) -> dict[Any, Any]:
    """A parser's constructors; those of scalars with a type raise `error`, which is the parser's class."""
    return {tag: _placed(made, error) if tag in _TYPED else made for tag, made in constructors.items()}


def _placed(construct: Any, error: Callable[..., Exception]) -> Any:
    def constructed(loader: Any, node: Any) -> Any:
        try:
            return construct(loader, node)
        except _OF_PYTHON as wrong:
            problem = LONG_NUMBER if LONG_NUMBER in str(wrong) else UNFIT
            raise error(None, None, problem, node.start_mark) from None

    return constructed
