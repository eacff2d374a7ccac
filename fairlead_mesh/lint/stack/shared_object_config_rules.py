"""Do the stack's own objects leave alone the mesh that it shares with others?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fairlead_mesh.config import Config
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import config_rule
from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.security.others import beyond

_REMEDY = "move it to a namespace of this stack, or to the stack that brings Istio"
_EXPORT = "write exportTo: ['.'], or move it to the stack that brings Istio"


@config_rule(needs=("istio", "namespaces", "apps", "samples", "gateways"), of_objects=True)
def objects_leave_shared_meshes_alone(config: Config, objects: Sequence[Item]) -> Iterator[Hit]:
    """Objects of a stack with `controlPlane: shared` apply to its own namespaces.

    A policy, a Telemetry, an EnvoyFilter or a Sidecar in Istio's namespace applies to the pods of every other stack,
    also after this stack has gone and come up again with other settings. What is only exported to everybody, a
    ServiceEntry or routing for somebody else's host, is a warning: others may want it.
    """
    if not config.istio.is_shared:
        return
    root = config.istio.namespace
    whole = graph(objects, closed=False, root_namespace=root)
    own = {each.name for each in config.all_namespaces} | {item.namespace for item in objects} - {root}
    for item in objects:
        for each in beyond(whole, item, own):
            message = f"{each.text}, and this stack shares its control plane"
            if each.certain:
                yield item.hit(each.path, message, _REMEDY)
            else:
                yield item.hit(each.path, message, _EXPORT, severity="warning")
