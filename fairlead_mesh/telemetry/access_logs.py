"""What do proxies log of requests? The key `accessLogs` of the mesh, a namespace or an app."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from pydantic import BeforeValidator

from fairlead_mesh.keys.scalars import NonEmpty
from fairlead_mesh.keys.section import Section
from fairlead_mesh.keys.together import at_most_one

WHAT_TO_WRITE = "write true, false, or a map such as {format: json, filter: response.code >= 400}"


class AccessLogs(Section):
    """Access logs of proxies; `true` stands for a line of text for each request."""

    together = (at_most_one("format", "provider", what="a provider has a format of its own: keep one of the two"),)

    enabled: bool = True
    """Whether requests are logged; `accessLogs: false` says the same."""
    format: Literal["text", "json"] | None = None
    """Format on standard output; defaults to that of the mesh config, which is text."""
    filter: NonEmpty | None = None
    """Expression (CEL) that says which requests are logged, such as `response.code >= 400`; defaults to all."""
    provider: NonEmpty | None = None
    """Name of one of `istio.meshConfig.extensionProviders` that gets the logs, instead of standard output."""


def _as_map(value: Any) -> Any:
    if isinstance(value, bool):
        return {"enabled": value}
    if not isinstance(value, dict) and value is not None:
        raise ValueError(WHAT_TO_WRITE)
    return cast("Any", value)


AccessLogsOrBool = Annotated[AccessLogs | None, BeforeValidator(_as_map)]
MeshAccessLogs = Annotated[AccessLogs, BeforeValidator(_as_map)]
NONE = AccessLogs(enabled=False)
"""What proxies log where nothing is said."""
