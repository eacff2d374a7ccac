"""Which headers change on the way? Those of requests before the app gets them, and those of answers."""

from __future__ import annotations

from pydantic import Field

from fairlead_mesh.keys.scalars import HeaderName, NonEmpty
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_least_one


class HeaderChanges(Section):
    """What happens to headers, in this order: removed, set, added."""

    together = (at_least_one("set", "add", "remove", what="say which headers: set, add or remove"),)

    set: dict[HeaderName, NonEmpty] = Field(default_factory=dict[str, str])
    """Headers with their only value, such as {x-stage: beta}."""
    add: dict[HeaderName, NonEmpty] = Field(default_factory=dict[str, str])
    """Headers with one more value."""
    remove: list[HeaderName] = Field(default_factory=list[str])
    """Headers to take away, such as [x-internal]."""


class Headers(Section):
    """Changes of headers."""

    together = (at_least_one("request", "response", what="say whose headers: request, response or both"),)

    request: HeaderChanges | None = None
    """Of requests, before the app gets them, such as {remove: [x-internal]}."""
    response: HeaderChanges | None = None
    """Of answers, before the client gets them, such as {set: {cache-control: no-store}}."""
