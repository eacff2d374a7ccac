"""What does a key mean? The string under its field, read from the source where somebody asks: at each start of a
command it would take longer than all the checks of shape together."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from textwrap import dedent

from pydantic import BaseModel


@cache
def key_words(section: type[BaseModel]) -> dict[str, str]:
    """What the fields of a section mean, by their names in Python; of those that it inherits too."""
    inherited = (key_words(each) for each in reversed(section.__bases__) if issubclass(each, BaseModel))
    words = {name: text for each in inherited for name, text in each.items()}
    said = {name: field.description for name, field in section.model_fields.items() if field.description}
    return words if section is BaseModel else words | dict(_written(section)) | said


def _written(section: type[BaseModel]) -> Iterator[tuple[str, str]]:
    body = ast.parse(dedent(inspect.getsource(section))).body[0]
    for field, below in pairwise(body.body if isinstance(body, ast.ClassDef) else []):
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and isinstance(below, ast.Expr):
            text = below.value.value if isinstance(below.value, ast.Constant) else None
            if isinstance(text, str):
                yield field.target.id, inspect.cleandoc(text)
