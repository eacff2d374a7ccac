"""Does the cluster have every kind that the stack applies? Those that it brings itself come before they are needed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, failed, ok
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

ORDER = 33
QUICK = True
_OF_ISTIO = ".istio.io"
_DEFINITION = "CustomResourceDefinition"
_SHOWN = 3
_REMEDIES = {
    "cert-manager.io": "install cert-manager first, or name a Secret that exists instead of an issuer",
    "monitoring.coreos.com": "install the Prometheus Operator's CRDs first, or remove these objects",
    "gateway.networking.k8s.io": "install the CRDs of the Gateway API first, or remove these objects",
}
_REMEDY = "install what brings {} first, or remove these objects"


def check(examined: Examined) -> Iterator[Seen]:
    """The API versions and kinds of the stack's objects, without those of its own charts and CRDs."""
    brought = {each for _, resource in examined.objects for each in _defined(resource.inputs)}
    brought |= {each for addon in examined.config.addons.installed for each in addon.product.defines}
    wanted: dict[tuple[str, str], list[str]] = {}
    for ref, _ in examined.objects:
        key = (ref.api_version, ref.kind)
        if key not in brought and not _is_of_istio(ref.api_version):
            wanted.setdefault(key, []).append(f"{ref.namespace}/{ref.name}" if ref.namespace else ref.name)
    missing = {
        key: names
        for key, names in sorted(wanted.items())
        if not examined.cluster.knows({"apiVersion": key[0], "kind": key[1]})
    }
    for (api_version, kind), names in missing.items():
        group = api_version.rpartition("/")[0]
        served = sorted(version for version, other in examined.cluster.kinds() if _is_same(version, other, group, kind))
        if served:
            yield failed(
                f"the cluster has {kind} as {' and '.join(served)}, not as {api_version}", f"write {served[-1]}"
            )
            continue
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        text = f"the cluster has no kind {kind} of {api_version}, which is for {', '.join(names[:_SHOWN])}{more}"
        yield failed(text, _REMEDIES.get(group, _REMEDY.format(kind)))
    if not missing:
        yield ok(f"the cluster has all {len(wanted)} kinds that the stack applies and does not bring")


def _is_of_istio(api_version: str) -> bool:
    """The chart of its CRDs is the stack's, or whether they exist is said of the shared Istio."""
    return api_version.partition("/")[0].endswith(_OF_ISTIO)


def _is_same(version: str, other: str, group: str, kind: str) -> bool:
    return (version.rpartition("/")[0], other) == (group, kind)


def _defined(given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What a CustomResourceDefinition of the stack's own files brings."""
    if given.get("kind") == _DEFINITION:
        spec = as_map(given.get("spec"))
        kind = str(as_map(spec.get("names")).get("kind"))
        yield from ((f"{spec.get('group')}/{each.get('name')}", kind) for each in as_maps(spec.get("versions")))
