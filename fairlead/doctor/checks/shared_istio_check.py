"""Is the Istio that a stack shares there, and does it fit: its namespace, its version, its revisions?

Istio supports proxies and clients of one minor version on either side of istiod (istio.io,
releases/supported-releases).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.doctor.examined import Examined, metadata
from fairlead.doctor.finding import Seen, Skip, failed, ok, warning
from fairlead_mesh.config import Config
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

ORDER = 31
QUICK = True
_ISTIOD = ("apps/v1", "Deployment")
_APP = "app=istiod"
_WEBHOOKS = ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", "istio.io/rev")
_REV, _TAG = "istio.io/rev", "istio.io/tag"
_VERSION = re.compile(r":v?(\d+)\.(\d+)\.(\d+)")
_NONE = "bring it up with another stack, or set istio.namespace, or istio.controlPlane: own"

Objects = Mapping[Ref, dict[str, Any]]


def check(examined: Examined) -> Iterator[Seen]:
    """What the stack needs of it; nothing of it is changed."""
    istio = examined.config.istio
    if not istio.is_shared:
        raise Skip("the stack brings its own Istio")
    if not examined.cluster.knows({"apiVersion": "networking.istio.io/v1", "kind": "VirtualService"}):
        yield failed("the cluster does not have Istio's CRDs, and this stack brings none", _NONE)
        return
    istiods = examined.live(*_ISTIOD, istio.namespace, _APP)
    if not istiods:
        yield failed(f"there is no istiod in {istio.namespace}, and this stack brings none", _NONE)
        return
    wrong = [*_versions(istiods, istio.version), *_revisions(examined, istiods), *_readiness(examined, istiods)]
    yield from wrong
    if not wrong:
        shown = ", ".join(f"{ref.namespace}/{ref.name}" for ref in sorted(istiods))
        yield ok(f"istiod {shown} fits version {istio.version} and the stack's revisions")


def _versions(istiods: Objects, wanted: str) -> Iterator[Seen]:
    major, minor = (int(part) for part in wanted.split(".")[:2])
    for ref, live in sorted(istiods.items()):
        found = _VERSION.search(_image(live))
        if found is None:
            text = f"which version istiod {ref.namespace}/{ref.name} is cannot be told by its image {_image(live)}"
            yield warning(text, f"see that it is about {wanted}, the istio.version of this stack")
            continue
        version = ".".join(found.groups())
        if int(found.group(1)) != major or abs(int(found.group(2)) - minor) > 1:
            text = f"istiod {ref.namespace}/{ref.name} is {version}, and this stack is for {wanted}"
            yield failed(text, f"write istio.version: {version}")


def _image(live: Mapping[str, Any]) -> str:
    containers = as_maps(as_map(as_map(as_map(live.get("spec")).get("template")).get("spec")).get("containers"))
    return next((str(each.get("image")) for each in containers if each.get("name") == "discovery"), "")


def _revisions(examined: Examined, istiods: Objects) -> Iterator[Seen]:
    served = {_label(live, _REV) or "default" for live in istiods.values()}
    for live in examined.live(*_WEBHOOKS).values():
        if _label(live, _REV) in served and _label(live, _TAG):
            served.add(_label(live, _TAG))
    for revision, who in sorted(wanted_revisions(examined.config).items()):
        if revision not in served:
            text = f"no istiod in {examined.config.istio.namespace} has the revision {revision}, which {who} uses"
            yield failed(text, f"use one that it has: {', '.join(sorted(served))}, as labels: {{{_REV}: ...}}")


def _label(live: Mapping[str, Any], name: str) -> str:
    return str(as_map(metadata(dict(live)).get("labels")).get(name) or "")


def wanted_revisions(config: Config) -> dict[str, str]:
    """Revision -> the first namespace or gateway whose pods need its istiod."""
    found: dict[str, str] = {}
    labelled = {each.name: each.labels.get(_REV) for each in config.namespaces}
    for each in config.namespaces:
        if each.is_injected:
            revision = "default" if each.injection else str(labelled[each.name] or "default")
            found.setdefault(revision, f"namespace {each.name}")
    for gateway in config.own_gateways:
        revision = gateway.values.get("revision") or labelled.get(gateway.home) or "default"
        found.setdefault(str(revision), f"gateway {gateway.name}")
    return found


def _readiness(examined: Examined, istiods: Objects) -> Iterator[Seen]:
    ready = [live for live in istiods.values() if as_map(live.get("status")).get("readyReplicas")]
    if not ready and examined.config.wait:
        text = f"no pod of istiod in {examined.config.istio.namespace} is ready: no pod would get a sidecar"
        yield failed(text, f"see kubectl -n {examined.config.istio.namespace} get pods -l {_APP}")
