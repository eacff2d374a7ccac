"""What should stand in the place of a value that has the wrong type? Said for the value that somebody wrote there."""

from __future__ import annotations

import json
import re
from typing import Any, Literal, cast, get_args, get_origin

from pydantic import BaseModel

from fairlead_mesh.keys.nearest import nearest

_YES = ("enable", "enabled", "on", "true", "y", "yes")
_NO = ("disable", "disabled", "false", "n", "no", "off")
_LEADING_NUMBER = re.compile(r"\s*(\d+)\s*(%|\D+)?\s*")
_KEY = re.compile(r"\s*[A-Za-z]+: ")
_LIST = "write a list, one item per line after '- '"
_MAP = "write a map of keys and values"
_TEXT = "write a string (in quotes where YAML would read something else)"


def type_remedy(kind: str, value: Any, hint: Any, context: dict[str, Any]) -> str | None:
    """The remedy for a kind of error of pydantic's, at a place where `hint` is the type; None for another kind."""
    remedy = _remedy(kind, value, hint, context)
    return f"is left empty; {remedy}, or remove the key" if value is None and remedy else remedy


def _remedy(kind: str, value: Any, hint: Any, context: dict[str, Any]) -> str | None:
    if kind in ("int_type", "int_from_float", "int_parsing"):
        return _whole_number(value)
    if kind == "bool_type":
        return _true_or_false(value)
    if kind == "list_type":
        return _list(value, hint)
    if kind in ("model_type", "dict_type"):
        return _map(value, hint)
    if kind == "literal_error" or get_origin(hint) is Literal:
        return _one_of(value, hint)
    plain = {
        "string_type": _TEXT,
        "string_too_short": "must not be empty",
        "too_short": "must not be empty",
        "float_type": "write a number",
        "greater_than_equal": f"write {context.get('ge')} or more",
        "less_than_equal": f"write {context.get('le')} or less",
        "greater_than": f"write more than {context['gt']:g}" if "gt" in context else None,
        "less_than": f"write less than {context['lt']:g}" if "lt" in context else None,
    }
    return plain.get(kind)


def _whole_number(value: Any) -> str:
    found = _LEADING_NUMBER.fullmatch(value) if isinstance(value, str) else None
    if found:
        without = "quotes" if not found[2] else "a unit"
        return f"write a whole number without {without}: {int(found[1])}"
    if isinstance(value, float) and value.is_integer():
        return f"write a whole number: {int(value)}"
    return "write a whole number"


def _true_or_false(value: Any) -> str:
    word = str(value).casefold()
    meant = "true" if word in _YES else "false" if word in _NO else ""
    if meant == value:
        return f"write {meant} without quotes"
    return f"write true or false (here {meant})" if meant else "write true or false"


def _one_of(value: Any, hint: Any) -> str:
    meant = nearest(str(value), [str(word) for word in get_args(hint)])
    return f"write {_either(get_args(hint))}" + (f"; did you mean {meant}?" if meant else "")


def choices(hint: Any) -> str:
    """The words of which one is written, where a type has some."""
    return _either(get_args(hint)) if get_origin(hint) is Literal else ""


def _either(words: tuple[Any, ...]) -> str:
    """`second, minute, hour or day`."""
    *others, last = map(str, words)
    return f"{', '.join(others)} or {last}" if others else last


def _list(value: Any, hint: Any) -> str:
    """Where a single item or a map of named ones stands in the place of a list."""
    item = next(iter(get_args(hint)), None)
    if isinstance(value, dict):
        return _list_of_a_map(list(cast("dict[str, Any]", value)), _fields(item))
    if isinstance(value, str) and value.lstrip().startswith(("- ", "[")):
        return "this is a text; remove the | or the quotes before the list"
    if isinstance(value, (str, int, float)) and not isinstance(value, bool) and value != "":
        shown = _short(item, value)
        return f"write a list: [{shown}]" if shown and "\n" not in str(value) else _LIST
    return _LIST


def _list_of_a_map(names: list[str], fields: list[str]) -> str:
    if any("\u00a0" in name for name in names):
        return f"{_LIST}; the space after this '-' is a no-break space"
    if any(name.startswith("-") for name in names):
        return f"{_LIST}; add a space after the '-'"
    if names and "name" in fields and not set(names) & set(fields):
        return f"write a list, each item with its name: - name: {names[0]}"
    return f"{_LIST}: put '- ' before its first key" if names else _LIST


def _map(value: Any, hint: Any) -> str:
    """Where a word stands in the place of a section, or a list in the place of a map."""
    if isinstance(value, list):
        items = cast("list[Any]", value)
        if items and all(isinstance(item, dict) for item in items):
            return f"{_MAP}, without '- '"
        word = next((item for item in items if isinstance(item, str)), None)
        return f"{_MAP}: {word}: {{}}" if word in _fields(hint) else _MAP
    if isinstance(value, str) and (glued := re.fullmatch(r"([A-Za-z]+):(\S+)", value)) and glued[1] in _fields(hint):
        return f"write a space after the colon: {glued[1]}: {glued[2]}"
    if isinstance(value, str) and (value.lstrip().startswith("{") or _KEY.match(value)):
        return "this is a text; remove the | or the quotes before the keys"
    if value is True and not _required(hint):
        return f"{_MAP}: {{}} uses the defaults"
    shown = _short(hint, value)
    return f"{_MAP}: {shown}" if shown and shown.startswith("{") else _MAP


def _short(hint: Any, value: Any) -> str:
    """How the value would be written as a whole item: `{name: v1}` where the section needs a name and nothing else."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    if not _fields(hint):
        return str(text)
    needed = _required(hint)
    if len(needed) == 1 and isinstance(value, (str, int)) and not isinstance(value, bool) and "\n" not in str(value):
        return f"{{{needed[0]}: {text}}}"
    return ""


def _fields(hint: Any) -> list[str]:
    return [str(field.alias) for field in hint.model_fields.values()] if _is_section(hint) else []


def _required(hint: Any) -> list[str]:
    if not _is_section(hint):
        return []
    return [str(field.alias) for field in hint.model_fields.values() if field.is_required()]


def _is_section(hint: Any) -> bool:
    return get_origin(hint) is None and isinstance(hint, type) and issubclass(hint, BaseModel)
