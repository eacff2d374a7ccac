"""How does every part of the config behave? Frozen, camelCase in the stack file, no unknown keys."""

from __future__ import annotations

from typing import Any, cast

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

Manifest = dict[str, Any]
"""One Kubernetes object as it would stand in a YAML file."""

Values = dict[str, Any]
"""The values of one Helm chart."""


class Section(BaseModel):
    """A part of the stack file: keys are camelCase there and snake_case here."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        populate_by_name=False,
        strict=True,
        use_attribute_docstrings=True,
    )


def merged(values: Values, over: Values) -> Values:
    """`values` with `over` laid on top, maps key by key, everything else replaced, as Helm merges values files."""
    result = dict(values)
    for key, value in over.items():
        below = result.get(key)
        both_maps = isinstance(below, dict) and isinstance(value, dict)
        result[key] = merged(cast("Values", below), cast("Values", value)) if both_maps else value
    return result


def given(**fields: Any) -> dict[str, Any]:
    """The fields that hold something: Kubernetes objects and chart values leave out what is not set."""
    return {key: value for key, value in fields.items() if value not in (None, {}, [])}
