"""How is one value of an object broken? Changes for the tables of defects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Change = Callable[[Any], Any]
GONE: Any = object()


def said(value: Any) -> Change:
    """Whatever stood there, this."""
    return lambda _: value


def misspelt(value: Any) -> Any:
    """A name without its second letter."""
    return value[:1] + value[2:] if isinstance(value, str) and len(value) > 2 else GONE  # noqa: PLR2004


def misspelt_values(value: Any) -> Any:
    """The first value of a map, misspelt."""
    first = next(iter(value), None) if isinstance(value, dict) else None
    return {**value, first: f"{value[first]}x"} if first else GONE


def dropped(_: Any) -> Any:
    """What marks a path to remove."""
    return GONE


def twice(key: str) -> Change:
    """The second item of a list has this from the first."""
    return lambda value: [value[0], {**value[1], key: value[0][key]}, *value[2:]] if len(value) > 1 else value


def behind(text: str) -> Change:
    """The text with more behind it."""
    return lambda value: f"{value}{text}"


def other_domain(value: Any) -> Any:
    """The principal of another trust domain."""
    return str(value).replace("cluster.local/", "other.example/")
