"""Which rate limits has an environment? Those of each pod: the service that counts for all stays the source's, and one
count for both would let the environment use up what the source's clients may send."""

from __future__ import annotations

from typing import Any, cast

from fairlead_mesh.model.objects.yaml_values import as_map

_KEY = "rateLimits"


def drop_global_limits(owner: dict[str, Any]) -> None:
    """Take them out of an app or a gateway; what is kept keeps its place."""
    if isinstance(owner.get(_KEY), list):
        limits = cast("list[Any]", owner[_KEY])
        limits[:] = [each for each in limits if as_map(each).get("scope") != "global"]
        if not limits:
            del owner[_KEY]
