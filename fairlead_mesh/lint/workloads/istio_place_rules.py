"""Do the objects take Istio from where it is published?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.istio_places import namings
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph

_LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


@object_rule()
def images_and_charts_come_from_where_they_stay(graph: Graph) -> Iterator[Hit]:
    """Images and charts come from locations that Istio keeps: it leaves Google Cloud in December 2026.

    A running pod is not affected; the next one, on another node, waits with `ImagePullBackOff`, and a release or an
    Argo CD application with a chart from an old location is no longer updated. The rule checks all texts of all objects
    except Secrets, and of documents that are not objects: values of charts, kustomizations, Chart.yaml. Where a
    location is only mentioned, as in a script or a description, it is a warning.
    """
    for item in (*graph.items, *graph.others):
        if not item.brought and item.kind != "Secret":
            for path, _, found in namings(item.manifest):
                if not _is_left_out(path):
                    yield item.hit(path, found.message, found.remedy, severity=found.severity)


def _is_left_out(path: Path) -> bool:
    """What the API server or kubectl wrote says the same again, and nobody fixes it there."""
    return path[0] == "status" or path[:2] == ("metadata", "managedFields") or path[-1] == _LAST_APPLIED
