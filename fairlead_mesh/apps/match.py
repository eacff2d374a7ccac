"""Which requests does a route take? Conditions on path, method, headers, query parameters and the client."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import Field, field_validator, model_validator
from pydantic.config import JsonDict

from fairlead_mesh.keys.scalars import (
    CookieName,
    CookieValue,
    DnsLabel,
    HeaderName,
    HttpMethod,
    NonEmpty,
    PortNumber,
    Regex,
)
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import exactly_one


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


class CookieMatch(Section):
    """A cookie and its value."""

    name: CookieName
    """Name of the cookie."""
    value: CookieValue
    """Its value."""

    @property
    def regex(self) -> str:
        """What a whole Cookie header with it matches, wherever in it the cookie is."""
        return rf"(.*;\s*)?{re.escape(self.name)}={re.escape(self.value)}(;.*)?"


class Match(Section):
    """A condition on a request; all of its parts must match."""

    uri: StringMatch | None = Field(default=None, json_schema_extra=_PATH)
    """Path, such as {prefix: /api}."""
    method: HttpMethod | None = None
    """HTTP method."""
    headers: dict[HeaderName, StringMatch] = Field(default_factory=dict[str, StringMatch])
    """Headers, by lower-case name."""
    without_headers: dict[HeaderName, StringMatch] = Field(default_factory=dict[str, StringMatch])
    """Headers that a request must not have with this value, such as `{x-stage: beta}`; `{x-stage: {regex: .+}}` is any
    value."""
    query_params: dict[NonEmpty, StringMatch] = Field(default_factory=dict[str, StringMatch])
    """Query parameters, by name (exact or regex)."""
    port: PortNumber | None = None
    """Port of the gateway, where it has several."""
    user: NonEmpty | None = None
    """Name of the user, in the header that `clients.userHeader` names."""
    device: DnsLabel | None = None
    """Class of the client's device, one of `clients.devices`."""
    cookie: CookieMatch | None = None
    """A cookie of the client, such as {name: group, value: beta}."""

    @field_validator("uri")
    @classmethod
    def _path_starts_with_a_slash(cls, uri: StringMatch | None) -> StringMatch | None:
        path = (uri.exact or uri.prefix) if uri else None
        if path and not path.startswith("/"):
            raise ValueError(f"no path matches this, because each starts with /; write /{path}")
        return uri
