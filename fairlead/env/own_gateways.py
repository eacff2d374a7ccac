"""Which gateways does an environment have? Those of its source, as they are there, or copies of its own."""

from __future__ import annotations

from typing import Any

from fairlead.env.own_limits import drop_global_limits
from fairlead.env.wanted import Wanted
from fairlead_mesh.model.objects.yaml_values import as_list, as_map

_SAID = ("name", "namespace", "direction", "expose", "selector", "ports", "external", "pods")


def own_gateways(gateways: list[dict[str, Any]], wanted: Wanted) -> set[str]:
    """Change the entries; the source's names of those that are copied."""
    copied: set[str] = set()
    for each in gateways:
        if wanted.entrance == "own" and not each.get("external"):
            copied.add(str(each.get("name")))
            _copy(each, wanted)
            continue
        for key in [key for key in each if key not in _SAID]:
            del each[key]
        each["external"] = True
    return copied


def _copy(gateway: dict[str, Any], wanted: Wanted) -> None:
    """With a name, and so a namespace and labels of pods, of its own: a Gateway object applies to pods by labels."""
    gateway["name"] = wanted.own(str(gateway.get("name")))
    gateway.pop("selector", None)
    gateway.pop("namespace", None)
    drop_global_limits(gateway)
    for port in as_list(gateway.get("ports")):
        if isinstance(hosts := as_map(port).get("hosts"), list):
            hosts[:] = [wanted.host(str(host)) or host for host in as_list(hosts)]
