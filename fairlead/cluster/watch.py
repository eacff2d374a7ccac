"""When does an object end? Watched, from a look at it on; the server says at once that it has deleted it.

A watch can break at any moment: the server no longer has the version that it begins at (410 Gone), a proxy between
ends the connection, a role allows to read and not to watch. Then the object is looked at again, after a pause that
grows.
"""

from __future__ import annotations

import math
import time
from collections.abc import Generator
from contextlib import closing, suppress
from typing import Any
from urllib.parse import urlencode

from fairlead.cluster.api_client import ApiClient, RefusedError
from fairlead.terminal.errors import UnreachableError
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

_METADATA = "application/json;as=PartialObjectMetadata{};g=meta.k8s.io;v=v1"
_FORBIDDEN = 403
_FIRST, _LONGEST = 0.1, 2.0
_SPARE = 1.0
"""Seconds in which a server ends its side of a watch whose time is over."""


def wait_for_end(api: ApiClient, listed_at: str, name: str, deadline: float) -> None:
    """Until an object is gone, or the time is over. Raises UnreachableError where the server does not answer."""
    pause = _FIRST
    while (more := deadline - time.monotonic()) > 0:
        found, version = _looked_at(api, listed_at, name)
        if not found:
            return
        if version and _ends(api, listed_at, name, version, more):
            continue
        time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
        pause = min(2 * pause, _LONGEST)


def changes(api: ApiClient, listed_at: str, within: float, **query: str) -> Generator[dict[str, Any]]:
    """What happens to the objects of a list from now on, event by event, until the time is over or the watch breaks."""
    with suppress(RefusedError, UnreachableError):
        version = _listed(api, listed_at, limit="1", **query)[1]
        yield from _watched(api, listed_at, version, within, **query)


def _looked_at(api: ApiClient, listed_at: str, name: str) -> tuple[bool, str]:
    """Whether it is there, and from which version on a watch would miss nothing; none where lists are forbidden."""
    try:
        return _listed(api, listed_at, fieldSelector=f"metadata.name={name}")
    except RefusedError as error:
        if error.status != _FORBIDDEN:
            raise
        return api.request("GET", f"{listed_at}/{name}") is not None, ""


def _listed(api: ApiClient, listed_at: str, **query: str) -> tuple[bool, str]:
    answer = api.request("GET", f"{listed_at}?{urlencode(query)}", accept=_METADATA.format("List")) or {}
    return bool(as_maps(answer.get("items"))), str(as_map(answer.get("metadata")).get("resourceVersion") or "")


def _ends(api: ApiClient, listed_at: str, name: str, version: str, within: float) -> bool:
    said = _watched(api, listed_at, version, within, fieldSelector=f"metadata.name={name}")
    with suppress(RefusedError, UnreachableError), closing(said):
        return any(each.get("type") == "DELETED" for each in said)
    return False


def _watched(api: ApiClient, listed_at: str, version: str, within: float, **query: str) -> Generator[dict[str, Any]]:
    """Raises RefusedError, UnreachableError."""
    asked = {**query, "watch": "true", "resourceVersion": version, "timeoutSeconds": str(math.ceil(within))}
    with closing(api.lines(f"{listed_at}?{urlencode(asked)}", within + _SPARE, accept=_METADATA.format(""))) as said:
        for each in said:
            if each.get("type") == "ERROR":
                return
            yield each
