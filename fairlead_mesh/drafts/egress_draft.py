"""What would a stack file say of a ServiceEntry that exists? A host outside the mesh, in `egress`."""

from __future__ import annotations

from typing import Any

from fairlead_mesh.drafts.alike import plain_spec
from fairlead_mesh.drafts.said import UnsaidError, part, read
from fairlead_mesh.egress.egress_objects import service_entry
from fairlead_mesh.egress.external_host import ExternalHost
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_maps

Draft = dict[str, Any]


def egress_draft(item: Item, graph: Graph) -> Draft:
    """The section of one host. Raises UnsaidError."""
    said = part(item.spec, "hosts", "addresses", "location", "ports", "resolution")
    ports = as_maps(said.get("ports"))
    if len(ports) != 1:
        raise UnsaidError("several ports" if ports else "no port")
    port = part(ports[0], "number", "name", "protocol")
    protocol = str(port.get("protocol", "")).upper()
    # What HTTPS is to Istio is TLS in both: the server name tells where it goes.
    section: Draft = {"name": item.name, "namespace": item.namespace}
    section |= {"hosts": [str(each) for each in as_list(said.get("hosts"))], "port": port.get("number")}
    section |= {"protocol": "TLS" if protocol == "HTTPS" else protocol}
    section |= {"addresses": said["addresses"]} if "addresses" in said else {}
    made = Item(service_entry(read(section, ExternalHost)))
    if plain_spec(made, graph) != plain_spec(item, graph):
        raise UnsaidError("location or resolution")
    return section
