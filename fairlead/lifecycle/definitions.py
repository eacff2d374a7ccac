"""What goes with Istio's CRDs? Every object of their kinds on the cluster, whoever it is of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster

_SHOWN = 3


def objects_of(cluster: LiveCluster, definitions: Iterable[Ref]) -> Iterator[str]:
    """A line for each kind of which there are objects: how many, and the names of the first."""
    names = {ref.name for ref in definitions}
    cluster.forget_kinds()
    for known in sorted(cluster.kinds().values(), key=lambda each: each.kind):
        if known.definition in names and known.preferred:
            there = sorted(cluster.labelled(known.api_version, known.kind, "", ""))
            if there:
                shown = ", ".join(
                    f"{ref.namespace}/{ref.name}" if ref.namespace else ref.name for ref in there[:_SHOWN]
                )
                more = f" and {len(there) - _SHOWN} more" if len(there) > _SHOWN else ""
                yield f"{len(there)} {known.kind}: {shown}{more}"


def without_definitions(cluster: LiveCluster, definitions: Iterable[Ref]) -> list[Ref]:
    """Delete them and wait; those that are still there in the end."""
    listed = list(definitions)
    for ref in listed:
        cluster.delete(ref)
    left = cluster.wait_until_gone(listed)
    cluster.forget_kinds()
    return left
