"""How does every part of the config behave? Frozen, camelCase in the stack file, no unknown keys."""

from __future__ import annotations

from typing import Any, ClassVar, Self, cast

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, model_validator
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from fairlead_mesh.keys.key_words import key_words
from fairlead_mesh.keys.together import Together

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
    )

    # Which of its keys exclude each other, or of which one must be there.
    together: ClassVar[tuple[Together, ...]] = ()

    @model_validator(mode="after")
    def _keys_go_together(self) -> Self:
        there = {str(field.alias): getattr(self, name) for name, field in type(self).model_fields.items()}
        wrong = dict.fromkeys(rule.what for rule in self.together if not rule.holds(there))
        if wrong:
            raise ValueError("; ".join(wrong))
        return self

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        found = handler.resolve_ref_schema(handler(schema))
        for name, text in key_words(cls).items():
            found["properties"][str(cls.model_fields[name].alias)].setdefault("description", text)
        conditions = [condition for rule in cls.together for condition in rule.conditions()]
        return found | ({"allOf": conditions} if conditions else {})


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
