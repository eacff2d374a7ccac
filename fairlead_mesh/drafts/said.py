"""What of an object has a section no word for? Then the object stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from fairlead_mesh.model.objects.yaml_values import as_map

Section = TypeVar("Section", bound=BaseModel)


class UnsaidError(Exception):
    """A section cannot say this: the words tell which part of the object it is."""


def part(holder: Mapping[str, Any], *known: str) -> dict[str, Any]:
    """What is set in a part of an object. Raises UnsaidError where it has other keys than these."""
    found = {key: value for key, value in as_map(holder).items() if value not in (None, {}, [], "")}
    if others := sorted(found.keys() - set(known)):
        raise UnsaidError(", ".join(others))
    return found


def read(section: Mapping[str, Any], of: type[Section]) -> Section:
    """A drafted section as the stack file would be read. Raises UnsaidError where it would be rejected."""
    try:
        return of.model_validate(section)
    except ValidationError as error:
        raise UnsaidError(str(error.errors()[0]["msg"])) from None
