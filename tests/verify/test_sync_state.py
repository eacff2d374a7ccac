"""Is a proxy that lags told from one that has everything? Answers as istiod's /debug/syncz writes them."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.cluster.api_client import RefusedError
from fairlead.verify.live.live_pods import LivePods
from fairlead.verify.live.pods import pods
from fairlead.verify.live.sync_state import connected, lags
from fairlead.verify.sending import CannotSendError

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


class Cluster:
    """Lets its pods be listed, everywhere or in one namespace alone."""

    def __init__(self, *, everywhere: bool) -> None:
        self.everywhere, self.asked = everywhere, list[str]()

    def labelled(self, _api_version: str, _kind: str, namespace: str, _selector: str) -> dict[str, Any]:
        self.asked.append(namespace)
        if not namespace and not self.everywhere:
            raise RefusedError(403, "pods is forbidden")
        return {"a": pod("web-0", {"kind": "StatefulSet", "name": "web"}, podIP="10.0.0.1")}


def test_pods_are_listed_once_for_all_and_by_namespace_where_the_rights_end_there() -> None:
    wide: Any = Cluster(everywhere=True)
    known = LivePods(wide)
    assert [known.of("shop/web")[0].name, known.of("shop/web")[0].name] == ["web-0", "web-0"]
    assert wide.asked == [""]
    narrow: Any = Cluster(everywhere=False)
    known = LivePods(narrow)
    assert known.of("shop/web")
    assert known.of("shop/web")
    assert narrow.asked == ["", "shop"]
    with pytest.raises(CannotSendError, match="pods cannot be read: pods is forbidden"):
        LivePods(narrow).all()
