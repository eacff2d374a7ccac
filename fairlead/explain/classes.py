"""Which requests does a mesh tell apart? One of each class, at every entrance and between its pods."""

from __future__ import annotations

from dataclasses import dataclass, field

from fairlead_mesh.model.classes.cut import cut
from fairlead_mesh.model.classes.entrance import entrance
from fairlead_mesh.model.classes.entrances import entrances
from fairlead_mesh.model.classes.host_headers import UNNAMED
from fairlead_mesh.model.objects.yaml_values import as_maps
from fairlead_mesh.model.requests.request import INTERNET, Request
from fairlead_mesh.model.traffic.explanation import explanation
from fairlead_mesh.model.traffic.mesh import Mesh

_MOST = 20_000
_TOO_MANY = f"the mesh tells more than {_MOST:,} classes of requests apart"


@dataclass
class Classes:
    """The requests, those from outside first; `open`: where there may be more, and why."""

    requests: list[Request] = field(default_factory=list[Request])
    open: list[str] = field(default_factory=list[str])


def classes(mesh: Mesh) -> Classes:
    """All classes of a mesh."""
    issuers = {
        str(rule.get("issuer"))
        for item in mesh.graph.all_of_kind("RequestAuthentication")
        for rule in as_maps(item.get("spec", "jwtRules"))
    }
    found = Classes()
    for like in entrances((mesh,)):
        if like.caller != INTERNET and like.host == UNNAMED and explanation(mesh, like).open:
            continue  # What leaves the mesh as it is has no line: nothing here decides about it.
        here = cut((entrance(mesh, like),), like, issuers=issuers)
        if here.open:
            found.open.append(f"{like.scheme}://{like.authority} from {like.caller}: {here.open}")
        found.requests += [each.request for each in here.classes]
        if len(found.requests) > _MOST:
            del found.requests[_MOST:]
            found.open.append(_TOO_MANY)
            break
    return found
