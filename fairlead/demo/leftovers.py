"""What is left when everything has been removed? All that is there and was not before, and why it may stay."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import MANAGER

KEEP = "helm.sh/resource-policy"
DEFINITION = "CustomResourceDefinition"
AUTOMANAGED = "kube-aggregator.kubernetes.io/automanaged"
ISTIOD_CERTIFICATES = ("istio-ca-root-cert", "istio-ca-crl")
Inventory = Mapping[Ref, Mapping[str, Any]]


@dataclass(frozen=True)
class Leftovers:
    """`kept` by chart policy or by istiod, which is as it should be, and `stray`, which is not."""

    kept: list[Ref]
    stray: list[str]


def leftovers(before: Inventory, after: Inventory) -> Leftovers:
    """What the second inventory has and the first has not."""
    new = {ref: each for ref, each in after.items() if ref not in before and not _is_servers_own(each)}
    kept = sorted(ref for ref, metadata in new.items() if _stays(ref, metadata))
    stray = [str(ref) for ref in sorted(new) if ref not in kept]
    stray += [f"fields of {ref}" for ref in sorted(after) if ref in before and _has_our_fields(after[ref])]
    return Leftovers(kept, stray)


def settled_leftovers(before: Inventory, inventory: Callable[[], Inventory], within: float) -> Leftovers:
    """What is left once pods had time to end; looked at again until nothing strays or the time is over."""
    deadline = time.monotonic() + within
    while (left := leftovers(before, inventory())).stray and time.monotonic() < deadline:
        time.sleep(1)
    return left


def _stays(ref: Ref, metadata: Mapping[str, Any]) -> bool:
    """What chart policy keeps, and the certificate that istiod writes into every namespace and takes out of none."""
    if ref.kind == "ConfigMap":
        return ref.name in ISTIOD_CERTIFICATES
    return ref.kind == DEFINITION and kept_by_chart(metadata)


def kept_by_chart(metadata: Mapping[str, Any]) -> bool:
    """Whether its chart asks for it to stay after an uninstall, as Istio's does for its definitions."""
    annotations: Mapping[str, str] = metadata.get("annotations") or {}
    return annotations.get(KEEP) == "keep"


def _is_servers_own(metadata: Mapping[str, Any]) -> bool:
    """Whether the API server made it itself and removes it itself: an APIService for the kinds of a definition."""
    return AUTOMANAGED in (metadata.get("labels") or {})


def _has_our_fields(metadata: Mapping[str, Any]) -> bool:
    managed: list[dict[str, Any]] = metadata.get("managedFields") or []
    return any(str(each.get("manager")).startswith(MANAGER) for each in managed)
