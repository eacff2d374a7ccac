"""What does `doctor` say of an Istio that the stack shares? A real API server with one, fitting or not."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from fairlead.cluster.api_server import ApiServer
from fairlead.cluster.helm import Helm
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.cluster.toolchain import Toolchain
from tests.fixtures.examined import examined, seen
from tests.fixtures.placed import there, thing

pytestmark = pytest.mark.apiserver

SHARED: dict[str, Any] = {"istio": {"controlPlane": "shared", "version": "1.31.1"}, "wait": False}
INJECTED = {"name": "shop", "injection": True}
HOME = thing("v1", "Namespace", "istio-system")


@pytest.fixture(scope="module", name="with_crds")
def _with_crds(api_server: ApiServer, live_cluster: LiveCluster, toolchain: Toolchain) -> Iterator[LiveCluster]:
    live_cluster.apply(HOME)
    helm = Helm(toolchain.helm(), api_server.kubeconfig)
    helm.install("istio-base", "istio-system", toolchain.istio_charts() / "base", {}, skip_crds=False)
    _established(live_cluster)
    yield live_cluster
    helm.uninstall("istio-base", "istio-system")
    live_cluster.delete(live_cluster.ref(HOME))
    assert live_cluster.wait_until_gone([live_cluster.ref(HOME)]) == []


def _established(cluster: LiveCluster) -> None:
    """A kind of a new CRD is served a moment later."""
    deadline = time.monotonic() + 30
    cluster.forget_kinds()
    while not cluster.knows({"apiVersion": "networking.istio.io/v1", "kind": "VirtualService"}):
        assert time.monotonic() < deadline
        time.sleep(0.1)
        cluster.forget_kinds()


def istiod(version: str, revision: str = "default") -> dict[str, Any]:
    labels = {"app": "istiod", "istio.io/rev": revision}
    pod = {"containers": [{"name": "discovery", "image": f"docker.io/istio/pilot:{version}"}]}
    spec = {"selector": {"matchLabels": labels}, "template": {"metadata": {"labels": labels}, "spec": pod}}
    return thing("apps/v1", "Deployment", "istiod", "istio-system", metadata={"labels": labels}, spec=spec)


def tag(name: str, revision: str) -> dict[str, Any]:
    labels = {"istio.io/rev": revision, "istio.io/tag": name}
    kind = ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", f"istio-revision-tag-{name}")
    return thing(*kind, metadata={"labels": labels}, webhooks=[])


def test_a_cluster_without_an_istiod_cannot_be_shared(with_crds: LiveCluster) -> None:
    assert seen("shared_istio", examined(with_crds, **SHARED)) == [
        ("failed", "there is no istiod in istio-system, and this stack brings none")
    ]
    elsewhere = {**SHARED, "istio": {**SHARED["istio"], "namespace": "mesh"}}
    with there(with_crds, istiod("1.31.1")):
        ((_, text),) = seen("shared_istio", examined(with_crds, **elsewhere))
    assert text.startswith("there is no istiod in mesh")


def test_one_that_is_ready_and_of_a_near_version_fits(with_crds: LiveCluster) -> None:
    for version in ("1.31.1", "1.30.0-distroless", "1.32.4"):
        with there(with_crds, istiod(version)):
            ((verdict, _),) = seen("shared_istio", examined(with_crds, **SHARED, namespaces=[INJECTED]))
        assert verdict == "ok"
    with there(with_crds, istiod("1.31.1")):
        waiting = examined(with_crds, **{**SHARED, "wait": True})
        ((_, text),) = seen("shared_istio", waiting)
    assert text == "no pod of istiod in istio-system is ready: no pod would get a sidecar"


def test_a_version_that_is_too_far_away_fails_and_one_that_nobody_knows_warns(with_crds: LiveCluster) -> None:
    with there(with_crds, istiod("1.28.2")):
        assert seen("shared_istio", examined(with_crds, **SHARED)) == [
            ("failed", "istiod istio-system/istiod is 1.28.2, and this stack is for 1.31.1")
        ]
    with there(with_crds, istiod("latest")):
        assert [verdict for verdict, _ in seen("shared_istio", examined(with_crds, **SHARED))] == ["warning"]


def test_each_revision_that_pods_use_is_one_that_is_there(with_crds: LiveCluster) -> None:
    gateways = [{"name": "front", "expose": "clusterIP"}]
    stack = examined(with_crds, **SHARED, namespaces=[INJECTED], gateways=gateways)
    with there(with_crds, istiod("1.31.1", "1-31-1")):
        assert seen("shared_istio", stack) == [
            ("failed", "no istiod in istio-system has the revision default, which namespace shop uses")
        ]
        labelled = {"name": "shop", "labels": {"istio.io/rev": "1-31-1"}}
        ((verdict, _),) = seen("shared_istio", examined(with_crds, **SHARED, namespaces=[labelled]))
        assert verdict == "ok"
        with there(with_crds, tag("default", "1-31-1")):
            assert [verdict for verdict, _ in seen("shared_istio", stack)] == ["ok"]


def test_the_shared_istio_is_no_other_istio(with_crds: LiveCluster) -> None:
    with there(with_crds, istiod("1.31.1")):
        assert [verdict for verdict, _ in seen("other_istio", examined(with_crds, **SHARED))] == ["skipped"]
        assert "failed" in [verdict for verdict, _ in seen("other_istio", examined(with_crds))]
    assert seen("shared_istio", examined(with_crds)) == [("skipped", "the stack brings its own Istio")]


def test_a_gateway_of_others_exists_and_serves_the_hosts(with_crds: LiveCluster) -> None:
    external = {"name": "front", "namespace": "istio-system", "external": True, "expose": "clusterIP"}
    app = {"name": "shop", "port": 80, "external": True, "gateways": ["front"], "hosts": ["shop.example.com"]}
    stack = examined(with_crds, **SHARED, gateways=[external], apps=[app])
    assert seen("external_gateways", stack) == [("failed", "there is no Istio Gateway istio-system/front")]
    for host, verdicts in (("*.example.com", ["ok"]), ("shop/*", ["failed"]), ("default/*", ["ok"])):
        server = {"port": {"number": 80, "name": "http", "protocol": "HTTP"}, "hosts": [host]}
        spec = {"selector": {"istio": "front"}, "servers": [server]}
        with there(with_crds, thing("networking.istio.io/v1", "Gateway", "front", "istio-system", spec=spec)):
            assert [verdict for verdict, _ in seen("external_gateways", stack)] == verdicts
            visible = examined(with_crds, **SHARED, gateways=[{**external, "expose": "internal"}])
            assert (
                "failed",
                "there is no Service istio-system/front, from which the address of istio-system/front is read",
            ) in seen("external_gateways", visible)
