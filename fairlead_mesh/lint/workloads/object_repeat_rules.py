"""Is every object defined once?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph

_MOST = 3
_OF_A_CLUSTER = "IstioOperator"


@object_rule(severity="warning")
def objects_are_defined_once(graph: Graph) -> Iterator[Hit]:
    """Of two definitions of one object the one that is applied last is the one that exists: files are read by name.

    Whoever edits the other sees no effect, and the next `kubectl apply` of that file alone undoes this one.
    """
    for item, others in graph.repeated:
        files = sorted({other.source for other in others if other.source and other.source != item.source})
        more = f" and {len(files) - _MOST} more files" if len(files) > _MOST else ""
        where = f"in {', '.join(files[:_MOST])}{more}" if files else "above in this file"
        message = f"it is defined otherwise {where}; what is applied last wins"
        at = ("metadata", "name")
        remedy = "keep one definition, or apply only one of the files"
        # Each of these is one cluster's, given to istioctl by itself.
        severity = "info" if item.kind == _OF_A_CLUSTER else None
        yield item.hit(at, message, remedy, severity=severity, others=[(other, at) for other in others])
