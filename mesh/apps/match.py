"""Which requests does a route take? Conditions on path, method, headers and query parameters."""

from __future__ import annotations

import json
from typing import Any

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from mesh.keys.scalars import HeaderName, HttpMethod, NonEmpty, Regex
from mesh.keys.section import Section
from mesh.keys.together import exactly_one


class StringMatch(Section):
    """How a string is matched; a plain string means exact."""

    together = (exactly_one("exact", "prefix", "regex", what="match in one way: exact, prefix or regex"),)

    exact: NonEmpty | None = None
    """The whole string."""
    prefix: NonEmpty | None = None
    """Its beginning."""
    regex: Regex | None = None
    """An RE2 expression that matches the whole string."""

    @model_validator(mode="before")
    @classmethod
    def _plain_string_is_exact(cls, value: Any) -> Any:
        if isinstance(value, (bool, int, float)):
            raise ValueError(f'write a string, in quotes: "{json.dumps(value)}"')
        return {"exact": value} if isinstance(value, str) else value


_FROM_A_SLASH: JsonDict = {"pattern": "^/", "errorMessage": "write a path that starts with /"}
_PATH: JsonDict = {**_FROM_A_SLASH, "properties": {"exact": _FROM_A_SLASH, "prefix": _FROM_A_SLASH}}


class Match(Section):
    """A condition on a request; all of its parts must match."""

    uri: StringMatch | None = Field(default=None, json_schema_extra=_PATH)
    """Path, such as {prefix: /api}."""
    method: HttpMethod | None = None
    """HTTP method."""
    headers: dict[HeaderName, StringMatch] = Field(default_factory=dict[str, StringMatch])
    """Headers, by lower-case name."""
    query_params: dict[NonEmpty, StringMatch] = Field(default_factory=dict[str, StringMatch])
    """Query parameters, by name (exact or regex)."""

    @field_validator("uri")
    @classmethod
    def _path_starts_with_a_slash(cls, uri: StringMatch | None) -> StringMatch | None:
        path = (uri.exact or uri.prefix) if uri else None
        if path and not path.startswith("/"):
            raise ValueError(f"no path matches this, because each starts with /; write /{path}")
        return uri
