"""Is a proxy that lags told from one that has everything? Answers as istiod's /debug/syncz writes them."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.verify.live.pods import pods
from fairlead.verify.live.sync_state import connected, lags

pytestmark = pytest.mark.mesh

CDS = "type.googleapis.com/envoy.config.cluster.v3.Cluster"


def status(proxy: str, **fields: Any) -> dict[str, Any]:
    kinds = ("cluster", "listener", "route", "endpoint")
    synced = {f"{kind}_{state}": "n1" for kind in kinds for state in ("sent", "acked")}
    return {"proxy": proxy, "cluster_id": "Kubernetes", "istio_version": "1.31.1", **synced, **fields}


def test_what_was_acknowledged_is_in_sync_and_what_was_never_sent_too() -> None:
    states = [[status("web-1.shop"), status("edge.1.istio-ingress", route_sent="", route_acked="")]]
    assert lags(states) == []
    assert connected(states) == {"shop/web-1", "istio-ingress/edge.1"}


def test_each_kind_that_lags_is_named() -> None:
    said = [str(each) for each in lags([[status("web-1.shop", route_sent="n2", endpoint_acked="")]])]
    assert said == [
        "the proxy of shop/web-1 has not acknowledged the endpoints that istiod sent last",
        "the proxy of shop/web-1 has not acknowledged the routes that istiod sent last",
    ]


def test_a_proxy_that_rejects_says_why() -> None:
    resources = {CDS: {"sent": "n2", "acked": "n1", "lastError": "unknown cluster type"}}
    (lag,) = lags([[status("web-1.shop", cluster_sent="n2", resources=resources)]])
    assert str(lag) == "the proxy of shop/web-1 rejects its clusters: unknown cluster type"


def test_every_istiod_has_proxies_of_its_own() -> None:
    states = [[status("a.shop")], [status("b.shop", cluster_sent="n2")]]
    assert connected(states) == {"shop/a", "shop/b"}
    assert [each.proxy for each in lags(states)] == ["shop/b"]


def pod(name: str, owner: dict[str, Any] | None = None, **status_: Any) -> dict[str, Any]:
    metadata: dict[str, Any] = {"name": name, "namespace": "shop", "labels": {"pod-template-hash": "5f8d"}}
    if owner:
        metadata["ownerReferences"] = [{"controller": True, **owner}]
    ready = {"conditions": [{"type": "Ready", "status": "True"}], "phase": "Running", **status_}
    return {"metadata": metadata, "spec": {"containers": [{"name": "app"}]}, "status": ready}


def test_pods_are_named_by_what_makes_them() -> None:
    found = pods(
        [
            pod("web-5f8d-x", {"kind": "ReplicaSet", "name": "web-5f8d"}, podIP="10.0.0.1"),
            pod("db-0", {"kind": "StatefulSet", "name": "db"}, podIPs=[{"ip": "10.0.0.2"}, {"ip": "fd00::2"}]),
            pod("once-x", {"kind": "Job", "name": "once"}, podIP="192.0.2.1"),
            pod("alone", podIP="192.0.2.1"),
            pod("done", phase="Succeeded", podIP="10.0.0.9"),
        ]
    )
    assert [each.workload for each in found.all] == ["shop/alone", "shop/db", "shop/once", "shop/web"]
    # Two pods of the node's network have one address, which is then nobody's.
    assert found.at() == {"10.0.0.1": "shop/web", "10.0.0.2": "shop/db", "fd00::2": "shop/db"}
