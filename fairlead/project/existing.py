"""Which mesh exists already? That of a cluster, or of YAML that anybody has."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

from fairlead.explain.asked_mesh import AskedMesh, mesh_of_objects
from fairlead.terminal.errors import UserError
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.ownership import is_istios

_NETWORKING = "networking.istio.io"


@dataclass(frozen=True)
class Existing:
    """The mesh, what people call its place, and what of it could not be read, in words."""

    graph: Graph
    place: str
    refused: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    is_cluster: bool = False


def mesh_of_files(paths: Sequence[str]) -> Existing:
    """What YAML files and folders describe. Raises UserError where none of it is Istio's."""
    asked = mesh_of_objects(paths, None)
    place = ", ".join(paths)
    if not any(is_istios(each.manifest) for each in asked.mesh.graph.items):
        raise UserError(
            f"{place} has no object of Istio's, so there is no mesh to draft.",
            "Name files with VirtualServices, DestinationRules, Gateways or policies; or write a first stack file with"
            " fairlead new.",
        )
    return _existing(asked, place, ())


def mesh_on(kubeconfig: Path | None, context: str) -> Existing:
    """What a cluster has. Raises UserError where it has no Istio."""
    from fairlead.cluster.live_cluster import LiveCluster  # noqa: PLC0415 - files need no cluster
    from fairlead.explain.live_mesh import mesh_of_cluster  # noqa: PLC0415

    with closing(LiveCluster(kubeconfig, context)) as cluster:
        if not any(version.partition("/")[0] == _NETWORKING for version, _ in cluster.kinds()):
            raise UserError(
                f"The cluster of the context {context} has no Istio: it knows no kind of {_NETWORKING}.",
                "Name another context, or write a stack file that installs Istio with fairlead new.",
            )
        asked, unread = mesh_of_cluster(cluster)
        return replace(_existing(asked, f"the cluster of {context}", tuple(unread)), is_cluster=True)


def _existing(asked: AskedMesh, place: str, unread: tuple[str, ...]) -> Existing:
    return Existing(asked.mesh.graph, place, asked.refused, unread)
