"""What would a stack file say of a gateway that exists? That it exists, as one of another stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from fairlead_mesh.drafts.alike import plain_spec
from fairlead_mesh.drafts.said import UnsaidError, part
from fairlead_mesh.gateway_values import gateway_object
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps

Draft = dict[str, Any]


def gateway_draft(item: Item, graph: Graph) -> Draft:
    """The section of an Istio Gateway with pods and a Service of its name in its namespace. Raises UnsaidError."""
    if (item.namespace, item.name) not in graph.services:
        raise UnsaidError("no Service of its name in its namespace")
    said = part(item.spec, "selector", "servers")
    selector = {key: str(value) for key, value in as_map(said.get("selector")).items()}
    section: Draft = {"name": item.name, "namespace": item.namespace, "external": True}
    if selector != {"istio": item.name.removeprefix("istio-")}:
        section["selector"] = selector
    section["ports"] = [_port(each) for each in as_maps(said.get("servers"))]
    try:
        made = gateway_object(Gateway.model_validate(section))
    except ValidationError as error:
        raise UnsaidError(str(error.errors()[0]["msg"])) from None
    if made is None or plain_spec(Item(made), graph) != plain_spec(item, graph):
        raise UnsaidError("servers")
    return section


def _port(server: Mapping[str, Any]) -> Draft:
    said = part(server, "port", "hosts", "tls")
    port = part(said.get("port") or {}, "number", "name", "protocol")
    found: Draft = {"port": port.get("number")}
    protocol = str(port.get("protocol", ""))
    found |= {"protocol": protocol} if protocol != "HTTP" else {}
    label = f"{protocol.lower()}-{port.get('number')}"
    found |= {"name": port["name"]} if port.get("name") not in (None, label) else {}
    hosts = [str(each) for each in as_list(said.get("hosts"))]
    found |= {"hosts": hosts} if hosts != ["*"] else {}
    tls = part(said.get("tls") or {}, "mode", "credentialName", "httpsRedirect")
    if tls.pop("httpsRedirect", False):
        found["httpsRedirect"] = True
    return found | ({"tls": tls} if tls else {})
